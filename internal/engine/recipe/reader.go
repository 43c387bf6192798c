// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// Normal returns the request of a recipe document with its enumerated values in
// their one form, for readers that compare them. Any value is accepted: a
// catalogue may have more of them than the embedded one. A malformed version is
// an error.
func Normal(q document.Query) (document.Query, error) {
	var errs []error
	for _, field := range document.QueryFields() {
		text := q.Field(field)
		*text = normalText(field, *text)
		if *text == "" || isEnum(field) {
			continue
		}
		if _, err := version.Parse(*text); err != nil {
			errs = append(errs, fmt.Errorf("request.%s: %w", field, err))
		}
	}
	return q, errors.Join(errs...)
}
