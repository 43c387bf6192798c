// SPDX-License-Identifier: Apache-2.0

// Package usage finds out which values a Helm chart's templates read, how, and
// under which conditions.
//
// It runs the templates on what may be rather than on what is: a value is the
// set of values keys that it may come from, both branches of an if are taken,
// and a loop's body is run for "any element". Nothing is rendered, so no
// function has to be known but those that pass a value on.
package usage

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

// Key is how the templates use one key of the values, or the elements of one.
type Key struct {
	Below   map[string]*Key
	Element *Key // of a list; nil when no template looks at one

	Used   condition.Condition // when it is printed, compared or tested
	Whole  condition.Condition // when it is rendered with everything below it, as by toYaml
	Ranged condition.Condition // when its members or elements are visited one by one
	Places []Place             // where it lands; without a kind where that is not known
	Named  bool                // the names of its members are used
	Walked condition.Condition // when a member of it is sure to be asked for by name, with which a null fails

	path      string // from the chart's values; "" for an element
	isElement bool
}

// Place is where in an object a value lands as it is, and when.
type Place struct {
	Kind   string
	Path   string // names with dots between them, [] for the elements of a list
	Bare   bool   // printed, not rendered as YAML
	Quoted bool   // printed as a text
	When   condition.Condition
}

// Live reports whether any template reads the key or one below it.
func (k *Key) Live() bool { return !k.Read().Never() }

// Read returns when any template reads the key or one below it.
func (k *Key) Read() condition.Condition {
	if k == nil {
		return nil
	}
	when := k.Used.Or(k.Whole).Or(k.Ranged).Or(k.Element.Read())
	for _, below := range k.Below {
		when = when.Or(below.Read())
	}
	return when
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
		k.Below[name] = &Key{path: tree.Join(k.path, name), isElement: k.isElement}
	}
	return k.Below[name]
}

func (k *Key) element(when condition.Condition) *Key {
	k.Ranged = k.Ranged.Or(when)
	if k.Element == nil {
		k.Element = &Key{isElement: true}
	}
	return k.Element
}

// Use marks the key at a path below k as read.
func (k *Key) Use(path ...string) {
	for _, name := range path {
		k = k.Member(name)
	}
	k.Used = condition.Always()
}

// land notes a place, or more conditions for one that is known.
func (k *Key) land(at Place) {
	for i := range k.Places {
		if known := &k.Places[i]; known.Kind == at.Kind && known.Path == at.Path && known.Bare == at.Bare && known.Quoted == at.Quoted {
			k.Places[i].When = k.Places[i].When.Or(at.When)
			return
		}
	}
	k.Places = append(k.Places, at)
}

// value is all that an expression may evaluate to, as far as it comes from the
// values. The zero value comes from nowhere.
type value struct {
	root   *Key     // the values of the top-level object, if it may be that
	keys   []*Key   // the values keys that it may be
	boxes  []*box   // the dicts and lists that it may be
	texts  []string // the constants that it may be
	file   bool     // made from the path of the chart's templates
	assets []string // the chart's other files whose text it may be, by path
	scalar string   // a number, a boolean or nil that it is for certain, in JSON
	truth  *truth   // what its truth depends on, where that is not a key's own
	yaml   *yaml    // the YAML that it is, if it was made by toYaml and its like

	message string // the text that printf made
	quoted  *Key   // the key of which it is the quoted value
}

// yaml is a value as YAML, from the column indent on; -1 where it was not indented.
type yaml struct {
	of     value
	indent int
}

// box is a dict or a list that a template made. Templates can change a dict in
// place, and even put it into itself.
type box struct {
	members  map[string]value
	elements []value
}

func constant(text string) value { return value{texts: []string{text}} }

func anyOf(values ...value) value {
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
		texts: union(v.texts, other.texts), file: v.file || other.file, assets: union(v.assets, other.assets),
		truth: &truth{may: condition.Always()}, yaml: v.yaml,
	}
	if out.root == nil {
		out.root = other.root
	}
	if out.yaml == nil {
		out.yaml = other.yaml
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
		out.keys = union(out.keys, []*Key{k.Member(name)})
	}
	for _, b := range v.boxes {
		out = out.joined(b.members[name])
	}
	return out
}

// joined is or, but for a value that comes from nowhere.
func (v value) joined(other value) value {
	switch {
	case v.isNothing():
		return other
	case other.isNothing():
		return v
	default:
		return v.or(other)
	}
}

func (v value) isNothing() bool {
	return v.root == nil && !v.file && v.scalar == "" && v.truth == nil && v.yaml == nil && len(v.keys)+len(v.boxes)+len(v.texts)+len(v.assets) == 0
}

// element is any element of v.
func (v value) element(when condition.Condition) value {
	var out value
	for _, k := range v.keys {
		out = out.or(value{keys: []*Key{k.element(when)}})
	}
	for _, b := range v.boxes {
		for _, member := range b.members {
			out = out.or(member)
		}
		out = out.or(anyOf(b.elements...))
	}
	return out
}

// named marks the keys as maps whose names count.
func (v value) named() {
	for _, k := range v.keys {
		k.Named = true
	}
}

// test marks the keys as read for their presence alone.
func (v value) test(when condition.Condition) {
	for _, k := range v.keys {
		k.Used = k.Used.Or(when)
	}
}

// use marks the keys, and those in dicts and lists, as read: the value is printed
// or compared. The top-level object stays out: nobody prints it.
func (v value) use(when condition.Condition) {
	v.each(map[*box]bool{}, true, func(k *Key, _ bool) { k.Used = k.Used.Or(when) })
	if v.yaml != nil {
		v.yaml.of.use(when)
	}
}

// each visits the keys, and those in dicts and lists. In a dict that the
// templates made, what stands under name is a Kubernetes name, so a text.
func (v value) each(seen map[*box]bool, isText bool, visit func(k *Key, isText bool)) {
	for _, k := range v.keys {
		visit(k, isText)
	}
	for _, b := range v.boxes {
		if seen[b] {
			continue
		}
		seen[b] = true
		for name, member := range b.members {
			member.each(seen, isText || name == "name", visit)
		}
		for _, element := range b.elements {
			element.each(seen, isText, visit)
		}
	}
}
