// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// resolve finds the query: what is stated, then what the snapshot says.
func (b *build) resolve() error {
	words := b.catalog.values.with(b.users)
	q, err := words.normalize(b.request.Query, b.catalog.without)
	if err != nil {
		return err
	}
	var found Extraction
	if b.request.Snapshot != nil {
		found = b.catalog.extract(*b.request.Snapshot, words)
		if err := b.fill(&q, found); err != nil {
			return err
		}
	}
	if b.subject, err = newSubject(q); err != nil {
		return err
	}
	b.instance = b.instanceLayer(found.InstanceTypes)
	return nil
}

// required reports whether a recipe from a snapshot must know the field.
func required(field string) bool { return field == "os" || field == "service" || field == "gpu" }

// fill takes the fields that the request leaves empty from a snapshot. A field
// that is stated, even as any, is not looked at. A service, os or gpu that
// nobody knows is a gap in the coverage.
func (b *build) fill(q *document.Query, found Extraction) error {
	// The version belongs to the system that the snapshot saw, not to another
	// one that is stated, nor to any.
	if b.request.Query.OS != "" && q.OS != found.Query.OS {
		found.forget("osv")
	}
	b.result.Sources = map[string]string{}
	var gaps []*Error
	for _, field := range document.QueryFields() {
		if *b.request.Query.Field(field) != "" {
			continue
		}
		*q.Field(field) = *found.Query.Field(field)
		if source, ok := found.Sources[field]; ok {
			b.result.Sources[field] = source
		}
		for _, w := range found.Warnings {
			if w.Field == field {
				b.warn(w)
			}
		}
		if tried, ok := found.Missing[field]; ok && required(field) {
			gaps = append(gaps, &Error{Field: field, Err: fmt.Errorf("the snapshot does not tell the %s (%s); state it", field, tried)})
		}
	}
	return b.tolerate(gaps)
}
