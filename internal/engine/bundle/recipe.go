// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// Subtypes of K8s that bundlers read.
const (
	serverSubtype  = "server"
	imageSubtype   = "image"
	configSubtype  = "config"
	networkSubtype = "network-config"
	nodeSubtype    = "node"
)

// ValueWithContext is a value together with the reason for it.
type ValueWithContext struct {
	Value   any
	Context string // "" when nobody gave one
}

// because returns the value with another reason, unless somebody gave one.
func (v ValueWithContext) because(reason string) ValueWithContext {
	if v.Context == "" {
		v.Context = reason
	}
	return v
}

// recipeKey is a key that a bundler reads from a recipe.
type recipeKey struct {
	subtype, name string
	// about is a sentence on what the key means. It is also the reason for a
	// value where the recipe gives none.
	about string

	flag  bool               // a bool; else a string
	oneOf []string           // the strings allowed; nil for any
	form  func(string) error // says what is wrong with a string; nil takes any
}

// recipe reads a recipe document. Its getters expect that check has found
// nothing: a key that is missing reads as "" or false.
type recipe struct {
	document.Recipe
}

func (r recipe) get(subtype, key string) measurement.Reading {
	return r.Measurements.Get(measurement.K8s, subtype, key)
}

// value returns the value of a key; false means that the recipe has none.
func (r recipe) value(subtype, key string) (ValueWithContext, bool) {
	s := r.Measurements.Subtype(measurement.K8s, subtype)
	if s == nil || s.Data[key] == nil {
		return ValueWithContext{}, false
	}
	return ValueWithContext{Value: s.Data[key].Any(), Context: s.Context[key]}, true
}

func (r recipe) text(subtype, key string) string {
	return r.Measurements.Text(measurement.K8s, subtype, key)
}

func (r recipe) config(key string) string { return r.text(configSubtype, key) }

func (r recipe) image(key string) string { return r.text(imageSubtype, key) }

// flag reports whether a bool of K8s/config is set and true.
func (r recipe) flag(key string) bool {
	return r.get(configSubtype, key) == measurement.Bool(true)
}

// network reports whether a bool of K8s/network-config is set and true.
func (r recipe) network(key string) bool {
	return r.get(networkSubtype, key) == measurement.Bool(true)
}

func (r recipe) fabric() string { return r.text(networkSubtype, "fabric") }

// kubernetes is the cluster's version, "" when nobody knows it.
func (r recipe) kubernetes() string { return r.text(serverSubtype, "version") }

// check returns an error for every key whose value has another type than its
// reader expects, or is none of the values it knows.
func (r recipe) check(keys []recipeKey) error {
	var errs []error
	for _, k := range keys {
		if reading := r.get(k.subtype, k.name); reading != nil {
			if err := k.check(reading); err != nil {
				errs = append(errs, &InputError{Field: "recipe", Err: fmt.Errorf("%s: %w", k.path(), err)})
			}
		}
	}
	return errors.Join(errs...)
}

func (k recipeKey) path() string { return recipePath(k.subtype, k.name) }

func recipePath(subtype, key string) string {
	return measurement.Path{Type: measurement.K8s, Subtype: subtype, Key: key}.String()
}

func (k recipeKey) check(reading measurement.Reading) error {
	text, isText := reading.Any().(string)
	_, isFlag := reading.Any().(bool)
	switch {
	case k.flag && !isFlag:
		return fmt.Errorf("got %s, want a bool: true or false without quotes", described(reading))
	case !k.flag && !isText:
		return fmt.Errorf("got %s, want a string: put it into quotes", described(reading))
	case !k.flag && strings.TrimSpace(text) == "":
		return errors.New("the string is empty, which says nothing: give a value, or remove the key with null in an overlay")
	case k.oneOf != nil && !slices.Contains(k.oneOf, text):
		return fmt.Errorf("got %q, want one of %s%s", text, strings.Join(k.oneOf, ", "), suggest.Question(text, k.oneOf))
	case k.form != nil:
		return k.form(text)
	default:
		return nil
	}
}

func described(reading measurement.Reading) string {
	switch v := reading.Any().(type) {
	case string:
		return fmt.Sprintf("the string %q", v)
	case bool:
		return fmt.Sprintf("the bool %t", v)
	default:
		return "the number " + reading.String()
	}
}
