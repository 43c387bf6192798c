// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// keyType is the type that a chart gives a value.
type keyType string

const (
	mapKey     keyType = "map"
	listKey    keyType = "list"
	stringsKey keyType = "strings" // a list of strings
	stringKey  keyType = "string"
	boolKey    keyType = "bool"
	numberKey  keyType = "number"
	scalarKey  keyType = "scalar" // read by a template, without a default that shows its type
	anyKey     keyType = "any"
)

// key is a node of a chart's values tree.
type key struct {
	path     string // dotted, from the root of the values
	typ      keyType
	free     bool // whatever is below is rendered whole
	dead     bool // nothing reads it
	notNull  bool // a null makes Helm fail
	unset    bool // a map that values.yaml lacks
	standard any  // default; of a free map, the members that are no keys
	hasValue bool // standard is set
	children map[string]*key

	field *target // what the chart makes of the value, nil where that is not known
}

// target is what a value becomes: a field of the ClusterPolicy, or a part of a
// pod.
type target struct {
	owner  string  // whose schema it is, e.g. "ClusterPolicy of gpu-operator v26.7.0"
	path   string  // in the ClusterPolicy
	schema *schema // nil: the release's ClusterPolicy has no such field
	quoted bool    // the value becomes a string on the way
}

func newMapKey(path string) *key {
	return &key{path: path, typ: mapKey, unset: true, children: map[string]*key{}}
}

// buildKeys makes a tree of dotted paths and their facts in the data's
// notation, below a root that stands at prefix.
func buildKeys(prefix string, facts map[string]any) (*key, error) {
	root := newMapKey(prefix)
	root.unset = false
	for _, path := range slices.Sorted(maps.Keys(facts)) {
		if err := root.find(strings.Split(path, ".")).describe(facts[path]); err != nil {
			return nil, fmt.Errorf("key %s: %w", path, err)
		}
	}
	return root, nil
}

// find returns the key at a path, made as an undeclared map where it is new.
func (k *key) find(path []string) *key {
	for _, segment := range path {
		below := k.children[segment]
		if below == nil {
			below = newMapKey(strings.TrimPrefix(k.path+"."+segment, "."))
			k.children[segment] = below
		}
		k = below
	}
	return k
}

// describe reads "type flag ..." or ["type flag ...", default].
func (k *key) describe(fact any) error {
	notation := fact
	if pair, ok := fact.([]any); ok && len(pair) == 2 {
		notation, k.standard, k.hasValue = pair[0], pair[1], true
	}
	text, ok := notation.(string)
	if !ok {
		return fmt.Errorf("want \"type flags\" or [\"type flags\", default], got %v", fact)
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return fmt.Errorf("no type")
	}
	k.typ, k.unset = keyType(words[0]), false
	if !slices.Contains([]keyType{mapKey, listKey, stringsKey, stringKey, boolKey, numberKey, scalarKey, anyKey}, k.typ) {
		return fmt.Errorf("unknown type %q", words[0])
	}
	for _, flag := range words[1:] {
		if err := k.flag(flag); err != nil {
			return err
		}
	}
	return nil
}

func (k *key) flag(word string) error {
	switch word {
	case "free":
		k.free = true
	case "dead":
		k.dead = true
	case "notnull":
		k.notNull = true
	case "unset":
		k.unset = true
	default:
		return fmt.Errorf("unknown flag %q", word)
	}
	return nil
}

// defaults builds the values tree of the defaults below the key; false means
// that the chart sets nothing there.
func (k *key) defaults() (any, bool) {
	if k.typ != mapKey {
		return k.standard, k.hasValue
	}
	tree := k.members()
	return tree, !k.unset || len(tree) > 0
}

// members is the defaults of the keys below a map.
func (k *key) members() map[string]any {
	tree := map[string]any{}
	if members, ok := k.standard.(map[string]any); ok {
		maps.Copy(tree, members)
	}
	for name, below := range k.children {
		if v, ok := below.defaults(); ok {
			tree[name] = v
		}
	}
	return tree
}

// accepts reports whether the key's type admits a value, which is not null.
func (k *key) accepts(v any) bool {
	switch k.typ {
	case mapKey:
		return typeName(v) == "map"
	case listKey, stringsKey:
		return typeName(v) == "list"
	case stringKey, boolKey:
		return typeName(v) == string(k.typ)
	case numberKey:
		return typeName(v) == "integer" || typeName(v) == "number"
	case scalarKey:
		return typeName(v) != "map" && typeName(v) != "list"
	default:
		return true
	}
}

// all yields the dotted path of every key below k that is worth setting.
func (k *key) all() iter.Seq[string] {
	return func(yield func(string) bool) { k.walk(yield) }
}

func (k *key) walk(yield func(string) bool) bool {
	for _, below := range k.children {
		if below.dead {
			continue
		}
		if !yield(below.path) || !below.walk(yield) {
			return false
		}
	}
	return true
}
