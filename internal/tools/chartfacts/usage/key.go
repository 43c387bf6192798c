// SPDX-License-Identifier: Apache-2.0

// Package usage finds out which values a Helm chart's templates read, and how.
//
// It runs the templates on what may be rather than on what is: a value is the
// set of values keys that it may come from, both branches of an if are taken,
// and a loop's body is run for "any element". Nothing is rendered, so no
// function has to be known but those that pass a value on.
package usage

import (
	"slices"
)

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

// value is all that an expression may evaluate to, as far as it comes from the
// values. The zero value comes from nowhere.
type value struct {
	root  *Key     // the values of the top-level object, if it may be that
	keys  []*Key   // the values keys that it may be
	boxes []*box   // the dicts and lists that it may be
	texts []string // the constants that it may be
	file  bool     // made from the path of the chart's templates
}

// box is a dict or a list that a template made. Templates can change a dict in
// place, and even put it into itself.
type box struct {
	members  map[string]value
	elements []value
}

func constant(text string) value { return value{texts: []string{text}} }

func join(values ...value) value {
	if len(values) == 0 {
		return value{}
	}
	out := values[0]
	for _, v := range values[1:] {
		out = out.or(v)
	}
	return out
}

func (v value) or(other value) value {
	out := value{
		root: v.root, keys: union(v.keys, other.keys), boxes: union(v.boxes, other.boxes),
		texts: union(v.texts, other.texts), file: v.file || other.file,
	}
	if out.root == nil {
		out.root = other.root
	}
	return out
}

func union[T comparable](a, b []T) []T {
	out := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// field is v.name.
func (v value) field(name string) value {
	out := value{file: v.file || v.root != nil && name == "Template"} // as in .Template.BasePath
	if v.root != nil && name == "Values" {
		out.keys = []*Key{v.root}
	}
	for _, k := range v.keys {
		out = out.or(value{keys: []*Key{k.Member(name)}})
	}
	for _, b := range v.boxes {
		out = out.or(b.members[name])
	}
	return out
}

// element is any element of v.
func (v value) element() value {
	var out value
	for _, k := range v.keys {
		out = out.or(value{keys: []*Key{k.element()}})
	}
	for _, b := range v.boxes {
		for _, member := range b.members {
			out = out.or(member)
		}
		out = out.or(join(b.elements...))
	}
	return out
}

// test marks the keys as read for their presence alone.
func (v value) test() {
	for _, k := range v.keys {
		k.Used = true
	}
}

// use marks the keys, and those in dicts and lists, as read: the value is printed
// or compared. The top-level object stays out: nobody prints it.
func (v value) use() {
	v.mark(map[*box]bool{}, true)
}

// whole marks the keys as rendered with all that is below them. In a dict that
// the templates made, what stands under name is a Kubernetes name, so a text.
func (v value) whole() {
	v.mark(map[*box]bool{}, false)
}

func (v value) mark(seen map[*box]bool, asText bool) {
	for _, k := range v.keys {
		k.Used = k.Used || asText
		k.Whole = k.Whole || !asText
	}
	for _, b := range v.boxes {
		if seen[b] {
			continue
		}
		seen[b] = true
		for name, member := range b.members {
			member.mark(seen, asText || name == "name")
		}
		for _, element := range b.elements {
			element.mark(seen, asText)
		}
	}
}
