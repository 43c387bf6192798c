// SPDX-License-Identifier: Apache-2.0

// Package usage finds out which values a Helm chart's templates read, and how.
//
// It runs the templates on what may be rather than on what is: a value is the
// set of values keys that it may come from, both branches of an if are taken,
// and a loop's body is run for "any element". Nothing is rendered, so no
// function has to be known but those that pass a value on.
package usage

// Key is how the templates use one key of the values, or the elements of one.
type Key struct {
	Below   map[string]*Key
	Element *Key // of a list; nil when no template looks at one

	Used   bool // printed, compared or tested
	Whole  bool // rendered with everything below it, as by toYaml
	Ranged bool // its members or elements are visited one by one
}

// Live reports whether any template reads the key or one below it.
func (k *Key) Live() bool {
	if k == nil {
		return false
	}
	if k.Used || k.Whole || k.Ranged || k.Element.Live() {
		return true
	}
	for _, below := range k.Below {
		if below.Live() {
			return true
		}
	}
	return false
}

// At returns the key below k of that name, or nil.
func (k *Key) At(name string) *Key {
	if k == nil {
		return nil
	}
	return k.Below[name]
}

// Member returns the key below k of that name, made where it is new.
func (k *Key) Member(name string) *Key {
	if k.Below == nil {
		k.Below = map[string]*Key{}
	}
	if k.Below[name] == nil {
		k.Below[name] = &Key{}
	}
	return k.Below[name]
}

func (k *Key) element() *Key {
	k.Ranged = true
	if k.Element == nil {
		k.Element = &Key{}
	}
	return k.Element
}

// Use marks the key at a path below k as read.
func (k *Key) Use(path ...string) {
	for _, name := range path {
		k = k.Member(name)
	}
	k.Used = true
}
