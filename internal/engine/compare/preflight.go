// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"context"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// The states of a look at a cluster before an install, besides Unknown.
const (
	Clear State = "clear" // nothing would be there twice
	Twice State = "twice"
)

// Look is what a snapshot says of something that an install would bring.
type Look struct {
	Rule string `json:"rule"`
	// Path is the component that would bring it, or the recipe's reading.
	Path    string `json:"path,omitempty"`
	State   State  `json:"state"`
	Message string `json:"message,omitempty"` // what is there, and what to do
}

// Preflight holds the bundle of a request against its snapshot before it is installed.
func Preflight(ctx context.Context, c *recipe.Catalog, r *bundle.Renderer, req bundle.Request) ([]Look, error) {
	presences, err := r.Presences(ctx, req)
	if err != nil {
		return nil, err
	}
	var all []Look
	for _, p := range presences {
		for _, f := range p.Twice {
			all = append(all, Look{f.Rule, f.Path, Twice, f.Message})
		}
		switch {
		case len(p.Twice) > 0:
		case p.Known:
			all = append(all, Look{bundle.RuleElsewhere, p.Component, Clear, ""})
		default:
			all = append(all, Look{bundle.RuleElsewhere, p.Component, Unknown, "the snapshot does not say whether the cluster has " + p.Component})
		}
	}
	found, err := c.Twice(req.Recipe, *req.Snapshot)
	for _, rule := range slices.Sorted(maps.Keys(found)) {
		for _, f := range found[rule] {
			all = append(all, Look{rule, f.Path, Twice, f.Message})
		}
		if len(found[rule]) == 0 {
			all = append(all, Look{rule, "", Clear, ""})
		}
	}
	return all, err
}
