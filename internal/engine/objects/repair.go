// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// mayRepair reports whether a conflict is drift: the owner has applied all of the
// fields before, and somebody has edited them since. What others have written where
// the owner has not is a conflict.
func (c *Client) mayRepair(ctx context.Context, o Object, conflict error) bool {
	var failed *Error
	i := slices.IndexFunc(c.Last, func(last Object) bool { return last.ID == o.ID })
	if i < 0 || !errors.As(conflict, &failed) || failed.Reason != Conflict {
		return false
	}
	for _, field := range cluster.Conflicts(failed.cause) {
		path, _, _ := strings.Cut(field, ": ")
		if !covers(c.Last[i].Fields, path) {
			return false
		}
	}
	p, err := c.place(ctx, o.Reference)
	if err != nil {
		return false
	}
	live, err := p.Get(ctx, o.Name, metav1.GetOptions{})
	return err == nil && live.GetAnnotations()[ownerAnnotation] == c.Owner
}

// covers reports whether a value says something at a path as the API server writes
// it: .spec.containers[name="web"].image, .metadata.labels.example.com/a. Names are
// not quoted there, so each that fits is tried.
func covers(value any, path string) bool {
	if path == "" {
		return true
	}
	switch value := value.(type) {
	case map[string]any:
		rest, ok := strings.CutPrefix(path, ".")
		for name, below := range value {
			if after, fits := strings.CutPrefix(rest, name); ok && fits && (after == "" || after[0] == '.' || after[0] == '[') && covers(below, after) {
				return true
			}
		}
	case []any:
		keys, rest, ok := cutKeys(path)
		return ok && slices.ContainsFunc(value, func(element any) bool { return hasKeys(element, keys) && covers(element, rest) })
	}
	return false
}

// cutKeys reads [name="web",port=80] at the beginning of a path; the name of [="x"],
// an element of a set, is "".
func cutKeys(path string) (keys map[string]any, rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, "[")
	keys = map[string]any{}
	for ok {
		name, value, isKey := strings.Cut(rest, "=")
		decoder := json.NewDecoder(strings.NewReader(value))
		var key any
		if !isKey || decoder.Decode(&key) != nil {
			return nil, "", false
		}
		keys[name] = key
		rest = value[decoder.InputOffset():]
		if after, more := strings.CutPrefix(rest, ","); more {
			rest = after
			continue
		}
		rest, ok = strings.CutPrefix(rest, "]")
		return keys, rest, ok
	}
	return nil, "", false
}

func hasKeys(element any, keys map[string]any) bool {
	for name, key := range keys {
		value := element
		if name != "" {
			fields, _ := element.(map[string]any)
			value = fields[name]
		}
		// A number of a manifest is an int64, and a key that it lacks has a default.
		if number, isNumber := value.(int64); isNumber {
			value = float64(number)
		}
		if value != nil && !reflect.DeepEqual(value, key) {
			return false
		}
	}
	return true
}
