// SPDX-License-Identifier: Apache-2.0

package document

import (
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
	switch name {
	case "os":
		return &q.OS
	case "osv":
		return &q.OSVersion
	case "kernel":
		return &q.Kernel
	case "service":
		return &q.Service
	case "k8s":
		return &q.K8s
	case "gpu":
		return &q.GPU
	case "intent":
		return &q.Intent
	}
	return nil
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
	fields, err := v.Object(allowed...)
	if err != nil {
		return q, err
	}
	for _, name := range QueryFields() {
		field, ok := fields[name]
		if !ok {
			continue
		}
		if *q.Field(name), err = field.textOrVersion(name); err != nil {
			return q, err
		}
	}
	if _, both := fields["context"]; both && fields["withContext"].node != nil {
		return q, fields["withContext"].Errorf(`"context" is given under two names`)
	}
	for _, name := range []string{"context", "withContext"} {
		if field, ok := fields[name]; ok {
			if q.Context, err = field.Bool(); err != nil {
				return q, err
			}
		}
	}
	return q, nil
}

// textOrVersion reads a scalar as written or, for the version fields, the
// mapping that older recipes hold.
func (v Value) textOrVersion(name string) (string, error) {
	if !slices.Contains([]string{"osv", "kernel", "k8s"}, name) || v.kind() != "a mapping" {
		return v.Text()
	}
	fields, err := v.Object("major", "minor", "patch", "precision", "extras")
	if err != nil {
		return "", err
	}
	precision := 1
	parts := []string{"0", "0", "0"}
	for i, name := range []string{"major", "minor", "patch"} {
		field, ok := fields[name]
		if !ok {
			continue
		}
		number, err := field.count()
		if err != nil {
			return "", err
		}
		parts[i] = strconv.Itoa(number)
		precision = i + 1
	}
	if field, ok := fields["precision"]; ok {
		if precision, err = field.count(); err != nil {
			return "", err
		}
		if precision < 1 || precision > len(parts) {
			return "", field.Errorf("the precision of a version is 1, 2 or 3")
		}
	}
	version := strings.Join(parts[:precision], ".")
	if field, ok := fields["extras"]; ok {
		extras, err := field.Text()
		if err != nil {
			return "", err
		}
		version += extras
	}
	return version, nil
}

func (v Value) count() (int, error) {
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
