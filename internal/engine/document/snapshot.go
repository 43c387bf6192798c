// SPDX-License-Identifier: Apache-2.0

package document

import (
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
			return nil, f.Value.Errorf("got %s, want %s: this is no %s document", words.Quote(got), words.Quote(text), kind)
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
		name := f.Key
		if renamed, ok := older[name]; ok {
			name = renamed
		}
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
