// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"errors"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// nodeSubtype is the subtype of K8s that says what the nodes are.
const nodeSubtype = "node"

// recipe reads a recipe document. Its getters expect that check has found
// nothing: a key that is missing reads as "".
type recipe struct {
	document.Recipe
}

func (r recipe) get(path measurement.Path) measurement.Reading {
	return r.Measurements.Get(path.Type, path.Subtype, path.Key)
}

// context returns the reason that the recipe gives for a key, "" for none.
func (r recipe) context(path measurement.Path) string {
	s := r.Measurements.Subtype(path.Type, path.Subtype)
	if s == nil {
		return ""
	}
	return s.Context[path.Key]
}

func (r recipe) text(subtype, key string) string {
	return r.Measurements.Text(measurement.K8s, subtype, key)
}

func (r recipe) image(key string) string { return r.text("image", key) }

// kubernetes is the cluster's version, "" when it is not known.
func (r recipe) kubernetes() string { return r.text("server", "version") }

func recipePath(subtype, key string) string {
	return measurement.Path{Type: measurement.K8s, Subtype: subtype, Key: key}.String()
}

// check returns an error for every key whose value has another type than its
// reader expects, or is not one of the values it knows.
func (r recipe) check(keys []component.Key) error {
	var errs []error
	for _, k := range keys {
		if reading := r.get(k.Path()); reading != nil {
			if err := k.Check(reading); err != nil {
				errs = append(errs, &InputError{Field: "recipe", Err: fmt.Errorf("%s: %w", k.Key, err)})
			}
		}
	}
	return errors.Join(errs...)
}
