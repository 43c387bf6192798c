// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// Offers returns the values of a query's field that go with what the query states in
// others: GPUs and operating systems of its service, versions of Kubernetes that its GPU
// works with. Where none goes, something else is wrong with the query, and it returns
// all.
func (c *Catalog) Offers(ctx context.Context, field string, q document.Query) ([]string, error) {
	all := c.Values(field)
	if field == "k8s" {
		var err error
		if all, err = c.KubernetesVersions(ctx); err != nil {
			return nil, err
		}
	}
	fits := slices.DeleteFunc(slices.Clone(all), func(value string) bool {
		*q.Field(field) = value
		return c.refusal(ctx, q) != ""
	})
	if len(fits) == 0 {
		return all, ctx.Err()
	}
	return fits, ctx.Err()
}
