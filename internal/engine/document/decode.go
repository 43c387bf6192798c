// SPDX-License-Identifier: Apache-2.0

package document

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// DecodeSnapshot reads a snapshot document. The metadata keys of older files
// (snapshot-timestamp, snapshot-version, source-node) are read as well.
func DecodeSnapshot(data []byte) (Snapshot, error) {
	var s Snapshot
	root, err := Parse(data)
	if err != nil {
		return s, err
	}
	fields, err := root.header(SnapshotKind, SnapshotAPIVersion, []string{"measurements"}, nil)
	if err != nil {
		return s, err
	}
	if metadata, ok := fields["metadata"]; ok {
		if s.Metadata, err = metadata.snapshotMetadata(); err != nil {
			return s, err
		}
	}
	s.Measurements, err = fields["measurements"].Measurements(RefuseNulls)
	return s, err
}

func (v Value) snapshotMetadata() (SnapshotMetadata, error) {
	texts, err := v.metadata(map[string]string{
		"snapshot-timestamp": "created", "snapshot-version": "version", "source-node": "hostname",
	}, "created", "hostname", "version")
	return SnapshotMetadata{Created: texts["created"], Hostname: texts["hostname"], Version: texts["version"]}, err
}

// DecodeRecipe reads a recipe document. The older recipe-timestamp and
// request.withContext are read as well, and versions written as mappings of
// major, minor, patch, precision and extras.
func DecodeRecipe(data []byte) (Recipe, error) {
	var r Recipe
	root, err := Parse(data)
	if err != nil {
		return r, err
	}
	fields, err := root.header(RecipeKind, RecipeAPIVersion, []string{"measurements"}, []string{"request", "matchedRules", "constraints"})
	if err != nil {
		return r, err
	}
	for _, optional := range []struct {
		name   string
		decode func(Value) error
	}{
		{"metadata", r.decodeMetadata},
		{"request", r.decodeRequest},
		{"matchedRules", r.decodeMatchedRules},
		{"constraints", r.decodeConstraints},
	} {
		if field, ok := fields[optional.name]; ok {
			if err := optional.decode(field); err != nil {
				return Recipe{}, err
			}
		}
	}
	r.Measurements, err = fields["measurements"].Measurements(RefuseNulls)
	return r, err
}

func (r *Recipe) decodeMetadata(v Value) error {
	texts, err := v.metadata(map[string]string{"recipe-timestamp": "created"}, "recipe-version", "created")
	r.Metadata = RecipeMetadata{Version: texts["recipe-version"], Created: texts["created"]}
	return err
}

func (r *Recipe) decodeRequest(v Value) error {
	var err error
	r.Request, err = v.Query(true)
	return err
}

func (r *Recipe) decodeMatchedRules(v Value) error {
	items, err := v.Items()
	if err != nil {
		return err
	}
	for _, item := range items {
		rule, err := item.Text()
		if err != nil {
			return err
		}
		r.MatchedRules = append(r.MatchedRules, rule)
	}
	return nil
}

func (r *Recipe) decodeConstraints(v Value) error {
	items, err := v.Items()
	if err != nil {
		return err
	}
	for _, item := range items {
		var c Constraint
		if err := item.texts(map[string]*string{"field": &c.Field, "range": &c.Range, "layer": &c.Layer}, "field", "range", "layer"); err != nil {
			return err
		}
		r.Constraints = append(r.Constraints, c)
	}
	return nil
}

// texts decodes a mapping whose fields are all required texts.
func (v Value) texts(into map[string]*string, names ...string) error {
	fields, err := v.required(names, nil)
	if err != nil {
		return err
	}
	for _, name := range names {
		if *into[name], err = fields[name].Text(); err != nil {
			return err
		}
	}
	return nil
}

// header checks kind and apiVersion before anything else, so that a document of
// another kind is called by its name instead of by its first unknown field.
func (v Value) header(kind, apiVersion string, must, may []string) (map[string]Value, error) {
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	want := map[string]string{"kind": kind, "apiVersion": apiVersion}
	for _, f := range fields {
		text, ok := want[f.Key]
		if !ok {
			continue
		}
		if got, err := f.Value.Text(); err != nil {
			return nil, err
		} else if got != text {
			return nil, f.Value.Errorf("got %s, want %s: this is not a %s document", words.Quote(got), words.Quote(text), kind)
		}
	}
	return v.required(append([]string{"kind", "apiVersion"}, must...), append([]string{"metadata"}, may...))
}

// metadata reads text fields by their names or by the older names given.
func (v Value) metadata(older map[string]string, names ...string) (map[string]string, error) {
	allowed := slices.Concat(names, slices.Sorted(maps.Keys(older)))
	if _, err := v.Object(allowed...); err != nil {
		return nil, err
	}
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(fields))
	for _, f := range fields {
		name := cmp.Or(older[f.Key], f.Key)
		if _, twice := texts[name]; twice {
			return nil, f.Value.Errorf("%s is given under two names", words.Quote(name))
		}
		if texts[name], err = f.Value.Text(); err != nil {
			return nil, err
		}
	}
	return texts, v.checkCreated(texts["created"])
}

func (v Value) checkCreated(created string) error {
	if created == "" {
		return nil
	}
	if _, err := time.Parse(time.RFC3339, created); err != nil {
		return v.Errorf("the time %s is not of the form 2026-01-02T15:04:05Z (RFC 3339)", words.Quote(created))
	}
	return nil
}
