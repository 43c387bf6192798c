// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
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

// key is a place in a chart's values.
type key struct {
	path     string
	typ      keyType
	dead     bool   // nothing reads it
	notNull  bool   // a null makes Helm fail
	unset    bool   // a map that values.yaml lacks
	standard raw    // default, or "" for none; of a map, the members that are not keys
	uses     string // when it is read, and where it lands, in the data's notation
}

// readKeys reads the keys of a chart, or of the sub-chart that stands at the
// prefix. What that one reads below its .Values.global is shared with the chart.
func (r *Release) readKeys(prefix string, from *reader) error {
	for path := range from.members() {
		k, err := readKey(from)
		if err != nil {
			return fmt.Errorf("key %s: %w", path, err)
		}
		k.path = strings.TrimSuffix(prefix+path, ".") // the sub-chart itself is ""
		r.keys = append(r.keys, k)
		if prefix != "" && strings.HasPrefix(path, "global.") {
			k.path, k.standard, k.unset = path, "", true // the default is the sub-chart's
			r.keys = append(r.keys, k)
		}
	}
	return nil
}

// readKey reads "type flag ...; use; ..." or ["type flag ...; use; ...", default].
func readKey(from *reader) (k key, err error) {
	notation := ""
	if from.next() == '[' {
		elements := 0
		for range from.elements() {
			switch elements++; elements {
			case 1:
				notation = from.text()
			case 2:
				k.standard = from.skip()
			default:
				from.skip()
			}
		}
		if elements != 2 {
			return k, fmt.Errorf(`want ["type flags", default], got %d elements`, elements)
		}
	} else {
		notation = from.text()
	}
	if from.err != nil {
		return k, from.err
	}
	return k, k.describe(notation)
}

// describe reads "type flag ...; use; ...".
func (k *key) describe(notation string) error {
	notation, k.uses, _ = strings.Cut(notation, "; ")
	word, flags, _ := strings.Cut(notation, " ")
	k.typ = keyType(word)
	switch k.typ {
	case mapKey, listKey, stringsKey, stringKey, boolKey, numberKey, scalarKey, anyKey:
	case "":
		return errors.New("no type")
	default:
		return fmt.Errorf("unknown type %q", word)
	}
	for flag := range strings.FieldsSeq(flags) {
		if err := k.flag(flag); err != nil {
			return err
		}
	}
	return nil
}

func (k *key) flag(word string) error {
	switch word {
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

func (r *Release) indexKeys() map[string]*key {
	index := make(map[string]*key, len(r.keys))
	for i := range r.keys {
		index[r.keys[i].path] = &r.keys[i]
		index[shown(r.keys[i].path)] = &r.keys[i]
	}
	return index
}

// shown writes a path of the tree as problems do: a name with a dot in brackets.
func shown(path string) string {
	if !strings.Contains(path, `"`) {
		return path
	}
	shown := ""
	for name := range tree.Names(path) {
		shown = memberPath(shown, name)
	}
	return shown
}

// readDefaults is the tree of what the chart sets.
func (r *Release) readDefaults() map[string]any {
	all := map[string]any{}
	for _, k := range r.keys {
		switch {
		case k.typ != mapKey && k.standard != "":
			tree.Set(all, k.path, k.standard.reader().value())
		case k.typ == mapKey && !k.unset:
			members, _ := k.standard.reader().value().(map[string]any)
			maps.Copy(tree.Map(all, k.path), members)
		}
	}
	return all
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

// advice for what YAML reads as another scalar: 580, 1.10 or on.
func (k *key) advice(v any) string {
	if name := typeName(v); k.typ == stringKey && (name == "integer" || name == "number" || name == "bool") {
		return "; quote it"
	}
	return ""
}

// article names the type with its article.
func (k *key) article() string {
	switch k.typ {
	case stringsKey:
		return "a list of strings"
	case scalarKey:
		return "a single value"
	default:
		return "a " + string(k.typ)
	}
}
