// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// CheckObject checks a custom resource against the schema that this release of
// the chart installs: unknown and missing fields, types, enums, patterns,
// bounds and nulls. Of metadata it checks only that there is a name, and a
// namespace on no cluster-scoped kind. A kind whose schema the facts lack, core
// kinds included, is a single problem of kind Unknown at the path "kind".
func (r *Release) CheckObject(obj map[string]any) []Problem {
	kind, _ := obj["kind"].(string)
	known, ok := r.objects[kind]
	if !ok {
		kinds := slices.Sorted(maps.Keys(r.objects))
		return []Problem{{
			Path: "kind", Kind: Unknown, Suggestion: suggest.Nearest(kind, kinds, suggest.Name),
			Message: fmt.Sprintf("%q is no custom resource of %s; it has %s", kind, r.title(), quoted(kinds)),
		}}
	}
	check := &validation{owner: kind + " of " + r.title()}
	check.check(known.schema, obj, "")
	if version, isText := obj["apiVersion"].(string); !isText || version != known.apiVersion {
		check.report("apiVersion", Enum, "is %q for the %s, got %s", known.apiVersion, check.owner, describe(obj["apiVersion"]))
	}
	check.metadata(known, obj["metadata"])
	return check.problems
}

func (c *validation) metadata(known object, v any) {
	metadata, _ := v.(map[string]any) // a wrong type is reported with the schema
	if name, ok := metadata["name"].(string); !ok || name == "" {
		c.report("metadata.name", Required, "is required and a string")
	}
	if _, ok := metadata["namespace"]; ok && !known.namespaced {
		c.report("metadata.namespace", Unknown, "has no place here: the %s is cluster-scoped", c.owner)
	}
}

func (r *Release) title() string { return r.Name + " " + r.Version }
