// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// Account returns how the recipe came about: the layer of each value, the reason, also
// where the recipe was asked for without contexts, and what layers below say.
func (r *Result) Account() *document.Account {
	a := &document.Account{Provenance: make(map[string]document.Origin, len(r.entries))}
	for _, e := range r.entries {
		a.Provenance[e.name] = document.Origin{Layer: e.layer.name, Reason: e.context, Replaced: r.replaced(e)}
	}
	for _, f := range r.Findings {
		a.Findings = append(a.Findings, document.Finding{Rule: f.Rule, Field: f.Field, Path: f.Path, Message: f.Message})
	}
	return a
}

// replaced are what the layers below that of an entry say at its path, the nearest
// first. A layer that says what the one below it says replaces nothing.
func (r *Result) replaced(e *entry) []document.Former {
	var formers []document.Former
	last := e
	for _, l := range slices.Backward(r.below(e.layer)) {
		former := find(l.entries(), e.path)
		if former == nil || former.value == last.value {
			continue
		}
		f := document.Former{Layer: l.name}
		if former.value != nil {
			text := former.value.String()
			f.Value = &text
		}
		formers, last = append(formers, f), former
	}
	return formers
}

// below are the layers below one, in order of application: all, where the recipe itself
// says it, as with releases and the Kubernetes version of the request.
func (r *Result) below(top *layer) []*layer {
	if i := slices.Index(r.layers, top); i >= 0 {
		return r.layers[:i]
	}
	return r.layers
}
