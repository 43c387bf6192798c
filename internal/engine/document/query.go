// SPDX-License-Identifier: Apache-2.0

package document

import (
	_ "embed" // for the synonyms
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// QueryFields are the names of a query's fields in documents, in the order in
// which they are written.
func QueryFields() []string {
	return []string{"os", "osv", "kernel", "service", "k8s", "gpu", "intent"}
}

// Field returns the field of that name, or nil for an unknown name.
func (q *Query) Field(name string) *string {
	i := slices.Index(QueryFields(), name)
	if i < 0 {
		return nil
	}
	return []*string{&q.OS, &q.OSVersion, &q.Kernel, &q.Service, &q.K8s, &q.GPU, &q.Intent}[i]
}

// synonyms are what Terraform and other tools call the fields, with "_" between words.
//
//go:embed synonyms.json
var synonyms []byte

// FieldOf returns the field that Terraform, or another tool, calls by this name,
// in any of the usual ways to join words; "" for others.
func FieldOf(name string) string {
	var known map[string][]string
	if err := json.Unmarshal(synonyms, &known); err != nil {
		panic("document: synonyms.json: " + err.Error()) // a test reads it
	}
	name = strings.ReplaceAll(strings.ToLower(name), "-", "_")
	for field, names := range known {
		if slices.Contains(names, name) {
			return field
		}
	}
	return ""
}

// Query decodes a query: the request of a recipe, or (withContext false) the
// key of an overlay. Values are texts as written; "any" is left to the reader
// of the query.
func (v Value) Query(withContext bool) (Query, error) {
	var q Query
	allowed := QueryFields()
	if withContext {
		allowed = append(allowed, "context", "withContext")
	}
	o := v.Object(nil, allowed)
	for _, name := range QueryFields() {
		read := Value.Text
		if slices.Contains([]string{"osv", "kernel", "k8s"}, name) {
			read = Value.textOrVersion
		}
		*q.Field(name) = Get(o, name, read)
	}
	q.Context = renamed(o, "context", "withContext", Value.Bool)
	return q, o.Err()
}

// textOrVersion reads a scalar as written, or the mapping of a version that
// older recipes hold.
func (v Value) textOrVersion() (string, error) {
	if v.kind() != "a mapping" {
		return v.Text()
	}
	numbers := []string{"major", "minor", "patch"}
	o := v.Object(nil, append(numbers, "precision", "extras"))
	precision := 1
	parts := []string{"0", "0", "0"}
	for i, name := range numbers {
		if o.Has(name) {
			parts[i], precision = strconv.Itoa(Get(o, name, Value.Count)), i+1
		}
	}
	if o.Has("precision") {
		precision = Get(o, "precision", func(v Value) (int, error) {
			n, err := v.Count()
			if err == nil && (n < 1 || n > len(parts)) {
				return 0, v.Errorf("the precision of a version is 1, 2 or 3")
			}
			return n, err
		})
	}
	return strings.Join(parts[:precision], ".") + Get(o, "extras", Value.Text), o.Err()
}

// Count reads a number of 0 or more.
func (v Value) Count() (int, error) {
	text, err := v.Text()
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, v.Errorf("got %s, want a number of 0 or more", words.Quote(text))
	}
	return n, nil
}
