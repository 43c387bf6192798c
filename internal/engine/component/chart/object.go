// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// object is one kind of custom resource.
type object struct {
	apiVersion string
	namespaced bool
	schema     func() (*schema, error) // read when an object is first checked
}

func (r *Release) readObjects(from *reader) error {
	for kind := range from.members() {
		o, fields := &object{}, raw("")
		for name := range from.members() {
			switch name {
			case "apiVersion":
				o.apiVersion = from.text()
			case "namespaced":
				o.namespaced = from.skip() == "true"
			case "fields":
				fields = from.skip()
			default:
				return fmt.Errorf("objects: %s: unknown field %q", kind, name)
			}
		}
		o.schema = sync.OnceValues(func() (*schema, error) {
			s, err := readSchema(fields)
			if err != nil {
				return nil, fmt.Errorf("reading chart facts %s: schema of %s: %w", r.file(), kind, err)
			}
			return &s, nil
		})
		r.objects[kind] = o
	}
	return nil
}

// Verify reads the parts of a data file that are otherwise read when they are
// first needed, so that a test finds what is wrong with any.
func (r *Release) Verify() error {
	if err := json.Unmarshal([]byte(r.text), new(any)); err != nil {
		return fmt.Errorf("reading chart facts %s: %w", r.file(), err)
	}
	for _, kind := range slices.Sorted(maps.Keys(r.objects)) {
		s, err := r.objects[kind].schema()
		if err != nil {
			return err
		}
		if err := s.verify(); err != nil {
			return fmt.Errorf("reading chart facts %s: schema of %s: %w", r.file(), kind, err)
		}
	}
	return r.verifyUses()
}

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
			Message: fmt.Sprintf("%q is not a custom resource of %s; it has %s", kind, r.title(), quoted(kinds)),
		}}
	}
	schema, err := known.schema()
	if err != nil {
		return []Problem{{Path: "kind", Kind: Unknown, Message: err.Error()}}
	}
	check := &validation{owner: kind + " of " + r.title()}
	check.check(schema, obj, "")
	if version, isText := obj["apiVersion"].(string); !isText || version != known.apiVersion {
		check.report("apiVersion", Enum, "is %q for the %s, got %s", known.apiVersion, check.owner, describe(obj["apiVersion"]))
	}
	check.metadata(known, obj["metadata"])
	return check.problems
}

func (c *validation) metadata(known *object, v any) {
	metadata, _ := v.(map[string]any) // a wrong type is reported with the schema
	if name, ok := metadata["name"].(string); !ok || name == "" {
		c.report("metadata.name", Required, "is required and a string")
	}
	if _, ok := metadata["namespace"]; ok && !known.namespaced {
		c.report("metadata.namespace", Unknown, "has no place here: the %s is cluster-scoped", c.owner)
	}
}

func (s Summary) title() string { return s.Name + " " + s.Version }

func (s Summary) file() string { return s.Name + "/" + s.Version + ".json" }
