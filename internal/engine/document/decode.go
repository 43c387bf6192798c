// SPDX-License-Identifier: Apache-2.0

package document

import (
	"context"
	"slices"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// DecodeSnapshot reads a snapshot document. The metadata keys of older files
// (snapshot-timestamp, snapshot-version, source-node) are read as well.
func DecodeSnapshot(ctx context.Context, data []byte) (Snapshot, error) {
	root, err := Parse(ctx, data)
	if err != nil {
		return Snapshot{}, err
	}
	return root.Snapshot()
}

// Snapshot is DecodeSnapshot of what was parsed.
func (v Value) Snapshot() (s Snapshot, err error) {
	o := v.document(SnapshotKind, SnapshotAPIVersion)
	s.Metadata = Get(o, "metadata", Value.snapshotMetadata)
	s.Measurements = Get(o, "measurements", RefuseNulls.measurements)
	return s, o.Err()
}

func (v Value) snapshotMetadata() (m SnapshotMetadata, err error) {
	o := v.Object(nil, []string{"created", "hostname", "version", "snapshot-timestamp", "snapshot-version", "source-node"})
	m.Created = renamed(o, "created", "snapshot-timestamp", Value.time)
	m.Hostname = renamed(o, "hostname", "source-node", Value.Text)
	m.Version = renamed(o, "version", "snapshot-version", Value.Text)
	return m, o.Err()
}

// DecodeRecipe reads a recipe document. The older recipe-timestamp and
// request.withContext are read as well, and versions written as mappings of
// major, minor, patch, precision and extras. The measurements may be a map, as
// JSONMaps writes them. An account of how the recipe came about is dropped.
func DecodeRecipe(ctx context.Context, data []byte) (Recipe, error) {
	root, err := Parse(ctx, data)
	if err != nil {
		return Recipe{}, err
	}
	return root.Recipe()
}

// Recipe is DecodeRecipe of what was parsed.
func (v Value) Recipe() (r Recipe, err error) {
	o := v.document(RecipeKind, RecipeAPIVersion, "request", "matchedRules", "constraints", "contexts", "provenance", "findings")
	r.Metadata = Get(o, "metadata", Value.recipeMetadata)
	r.Request = Get(o, "request", func(v Value) (Query, error) { return v.Query(true) })
	r.MatchedRules = Get(o, "matchedRules", List(Value.Text))
	r.Constraints = Get(o, "constraints", List(Value.constraint))
	r.Measurements = Get(o, "measurements", Value.recipeMeasurements)
	o.Read("contexts", func(v Value) error { return v.contexts(r.Measurements) })
	_ = Get(o, "provenance", Value.Fields)
	_ = Get(o, "findings", Value.Items)
	return r, o.Err()
}

func (v Value) recipeMetadata() (m RecipeMetadata, err error) {
	o := v.Object(nil, []string{"recipe-version", "created", "recipe-timestamp"})
	m.Version = Get(o, "recipe-version", Value.Text)
	m.Created = renamed(o, "created", "recipe-timestamp", Value.time)
	return m, o.Err()
}

func (v Value) constraint() (c Constraint, err error) {
	o := v.Object([]string{"field", "range", "layer"}, nil)
	c.Field = Get(o, "field", Value.Text)
	c.Range = Get(o, "range", Value.Text)
	c.Layer = Get(o, "layer", Value.Text)
	return c, o.Err()
}

// document begins to read a document. It checks kind and apiVersion before
// anything else, so that a document of another kind is called by its name
// instead of by its first unknown field.
func (v Value) document(kind, apiVersion string, may ...string) *Object {
	fields, err := v.Fields()
	if err != nil {
		return &Object{err: err}
	}
	want := map[string][]string{"kind": {kind}, "apiVersion": {apiVersion, olderAPIVersion}}
	for _, f := range fields {
		texts, ok := want[f.Key]
		if !ok {
			continue
		}
		got, err := f.Value.Text()
		if err == nil && !slices.Contains(texts, got) {
			err = f.Value.Errorf("got %s, want %s: this is not a %s document", words.Quote(got), words.Quote(texts[0]), kind)
		}
		if err != nil {
			return &Object{err: err}
		}
	}
	return v.Object([]string{"kind", "apiVersion", "measurements"}, append([]string{"metadata"}, may...))
}

// time reads a time as it is written, which may be "".
func (v Value) time() (string, error) {
	text, err := v.Text()
	if err != nil || text == "" {
		return text, err
	}
	if _, err := time.Parse(time.RFC3339, text); err != nil {
		return "", v.Errorf("the time %s is not of the form 2026-01-02T15:04:05Z (RFC 3339)", words.Quote(text))
	}
	return text, nil
}
