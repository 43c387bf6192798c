// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Change is a value that is another one in the second of two things.
type Change struct {
	// Path is that of a reading, request/FIELD of a recipe, or of a bundle the file,
	// where it holds values followed by a colon and the path of one.
	Path   string  `json:"path"`
	Before *string `json:"before,omitempty"` // nil where it is not there
	After  *string `json:"after,omitempty"`
	Reason string  `json:"reason,omitempty"` // the context of what is after, or of what is gone
	// BeforeLayer and AfterLayer set the two values of recipes, as recipe.Explain knows.
	BeforeLayer string `json:"beforeLayer,omitempty"`
	AfterLayer  string `json:"afterLayer,omitempty"`
}

// Document is a recipe or a snapshot.
type Document struct {
	Recipe   *document.Recipe
	Snapshot *document.Snapshot
}

// ReadDocument reads a recipe, or else a snapshot.
func ReadDocument(v document.Value) (Document, error) {
	if v.DocumentKind() == document.RecipeKind {
		r, err := v.Recipe()
		return Document{Recipe: &r}, err
	}
	s, err := v.Snapshot()
	return Document{Snapshot: &s}, err
}

// Documents returns what two documents say differently. They are of one kind, or it is
// an error.
func Documents(ctx context.Context, c *recipe.Catalog, a, b Document) ([]Change, error) {
	switch {
	case (a.Recipe == nil) != (b.Recipe == nil):
		return nil, errors.New("one is a recipe, the other a snapshot: give two of one kind")
	case a.Recipe != nil:
		return Recipes(ctx, c, *a.Recipe, *b.Recipe), nil
	default:
		return Measurements(a.Snapshot.Measurements, b.Snapshot.Measurements), nil
	}
}

// Recipes returns what two recipes say differently: the request, then the
// readings by path, with the layers of the catalog that set them.
func Recipes(ctx context.Context, c *recipe.Catalog, a, b document.Recipe) []Change {
	readings := Measurements(a.Measurements, b.Measurements)
	if len(readings) > 0 {
		before, after := c.Explain(ctx, a), c.Explain(ctx, b)
		for i := range readings {
			change := &readings[i]
			change.BeforeLayer, change.AfterLayer = before[change.Path], after[change.Path]
		}
	}
	return append(changed(requested(a.Request), requested(b.Request)), readings...)
}

func requested(q document.Query) map[string]string {
	fields := map[string]string{}
	for _, field := range document.QueryFields() {
		if text := *q.Field(field); text != "" {
			fields["request/"+field] = text
		}
	}
	return fields
}

// Measurements returns the readings that differ, by path.
func Measurements(a, b measurement.List) []Change {
	before, reasons := readings(a)
	after, newer := readings(b)
	changes := changed(before, after)
	for i := range changes {
		if c := &changes[i]; c.After != nil {
			c.Reason = newer[c.Path]
		} else {
			c.Reason = reasons[c.Path]
		}
	}
	return changes
}

func readings(list measurement.List) (values, reasons map[string]string) {
	values, reasons = map[string]string{}, map[string]string{}
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				name := measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()
				values[name] = strings.Join(strings.Fields(reading.String()), " ")
				if reason := s.Context[key]; reason != "" {
					reasons[name] = reason
				}
			}
		}
	}
	return values, reasons
}

// Files returns what two bundles hold differently: of YAML and JSON the values, of
// other files the SHA-256. Lists of checksums are left out.
func Files(ctx context.Context, a, b map[string][]byte) ([]Change, error) {
	before, after := map[string]string{}, map[string]string{}
	all := map[string]bool{}
	for _, files := range []map[string][]byte{a, b} {
		for name := range files {
			all[name] = true
		}
	}
	for name := range all {
		if path.Base(name) == "checksums.txt" {
			continue
		}
		one, two := newContent(ctx, a, name), newContent(ctx, b, name)
		byValue := one.comparable() && two.comparable()
		if err := errors.Join(one.put(before, name, byValue), two.put(after, name, byValue)); err != nil {
			return nil, err
		}
	}
	return changed(before, after), ctx.Err()
}

// content is a file of a bundle, or none.
type content struct {
	there   bool
	text    []byte
	mapping map[string]any // nil for a file that does not hold one
}

func newContent(ctx context.Context, files map[string][]byte, name string) content {
	text, there := files[name]
	return content{there, text, valuesOf(ctx, name, text)}
}

// comparable reports whether the file does not keep the other one from being compared
// by value.
func (c content) comparable() bool { return !c.there || c.mapping != nil }

// put adds the values of a file, or its SHA-256 as a value of its own.
func (c content) put(values map[string]string, name string, byValue bool) error {
	switch {
	case !c.there:
		return nil
	case !byValue:
		values[name] = fmt.Sprintf("sha256:%x", sha256.Sum256(c.text))
		return nil
	}
	for _, leaf := range tree.Leaves(c.mapping) {
		value, _ := tree.Lookup(c.mapping, leaf)
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, leaf, err)
		}
		values[name+": "+leaf] = string(text)
	}
	return nil
}

// valuesOf returns the mapping that a file holds, nil for another file.
func valuesOf(ctx context.Context, name string, text []byte) map[string]any {
	if extension := path.Ext(name); extension != ".yaml" && extension != ".json" {
		return nil
	}
	root, err := document.Parse(ctx, text)
	if err != nil {
		return nil
	}
	mapping, err := root.Tree()
	if err != nil || len(mapping) == 0 {
		return nil
	}
	return mapping
}

// changed lists the values of two maps that differ, sorted by path.
func changed(before, after map[string]string) []Change {
	var changes []Change
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, had := before[name]
		is, has := after[name]
		if had && has && was == is {
			continue
		}
		c := Change{Path: name}
		if had {
			c.Before = &was
		}
		if has {
			c.After = &is
		}
		changes = append(changes, c)
	}
	return changes
}
