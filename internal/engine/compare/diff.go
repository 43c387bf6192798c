// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Change is a value that is another one in the second of two things.
type Change struct {
	// Path is that of a reading, request/FIELD of a recipe, or of a bundle the file,
	// where it holds values followed by a colon and the path of one.
	Path   string  `json:"path"`
	Before *string `json:"before"` // nil where it is not there
	After  *string `json:"after"`
	Reason string  `json:"reason,omitempty"` // the context of what is after, or of what is gone
}

// Recipes returns what two recipes say differently: the request, then the
// readings by path.
func Recipes(a, b document.Recipe) []Change {
	changes := changed(requested(a.Request), requested(b.Request))
	return append(changes, Measurements(a.Measurements, b.Measurements)...)
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
				values[name] = plain(reading.String())
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
	before, err := contents(ctx, a, b)
	if err != nil {
		return nil, err
	}
	after, err := contents(ctx, b, a)
	return changed(before, after), err
}

// contents are the values in files. A file that both have and that is not a mapping
// in both is a value itself, its SHA-256.
func contents(ctx context.Context, files, others map[string][]byte) (map[string]string, error) {
	values := map[string]string{}
	for name, content := range files {
		if path.Base(name) == "checksums.txt" {
			continue
		}
		mapping, isMapping := valuesOf(ctx, name, content)
		if other, both := others[name]; both && isMapping {
			_, isMapping = valuesOf(ctx, name, other)
		}
		if !isMapping {
			values[name] = fmt.Sprintf("sha256:%x", sha256.Sum256(content))
			continue
		}
		for _, leaf := range tree.Leaves(mapping) {
			value, _ := tree.Lookup(mapping, leaf)
			text, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, leaf, err)
			}
			values[name+": "+leaf] = string(text)
		}
	}
	return values, ctx.Err()
}

func valuesOf(ctx context.Context, name string, content []byte) (map[string]any, bool) {
	if extension := path.Ext(name); extension != ".yaml" && extension != ".json" {
		return nil, false
	}
	root, err := document.Parse(ctx, content)
	if err != nil {
		return nil, false
	}
	mapping, err := root.Tree()
	return mapping, err == nil && len(mapping) > 0
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
