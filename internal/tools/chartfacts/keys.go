// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A chart's own imagePullSecrets are names; a sub-chart's may be anything.
const (
	ownChart = false
	subchart = true
)

// keyLine is a values key on its way into the data's notation.
type keyLine struct {
	typ     string
	flags   []string
	value   any
	set     bool // value is the default
	free    bool
	mapLike bool
}

type keyLines map[string]*keyLine

// valueLines turns the keys of a chart into "path": "type flags" or
// "path": ["type flags", default].
func valueLines(file keysFile, isSubchart bool, notNull []string) ([]member, error) {
	lines := keyLines{}
	for _, path := range sortedKeys(file.Keys) {
		line, err := newKeyLine(path, file.Keys, isSubchart)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", path, err)
		}
		lines[path] = line
	}
	lines.foldDottedNames()
	for _, name := range sortedKeys(file.ParentDefaults) {
		lines.overlay("", name, file.ParentDefaults[name])
	}
	for _, path := range notNull {
		if lines[path] == nil {
			return nil, fmt.Errorf("a null is said to break %s, which is no key", path)
		}
		lines[path].addFlag("notnull")
	}
	var out []member
	for _, path := range sortedKeys(lines) {
		out = append(out, member{path, lines[path].notation()})
	}
	return out, nil
}

func newKeyLine(path string, keys map[string]sourceKey, isSubchart bool) (*keyLine, error) {
	key := keys[path]
	line := &keyLine{typ: key.Type, free: key.Free}
	if key.Default != nil {
		line.value, line.set = key.Default.value, true
	}
	switch key.Type {
	case "any":
		line.readAny(hasKeysBelow(path, keys), key.Free)
	case "null":
		line.typ, line.set = "any", true
	case "map", "list", "string", "bool", "number":
	default:
		return nil, fmt.Errorf("unknown type %q", key.Type)
	}
	line.mapLike = line.typ == "map"
	if line.mapLike && key.Free {
		line.addFlag("free")
	}
	if key.Dead {
		line.addFlag("dead")
	}
	switch name := path[strings.LastIndex(path, ".")+1:]; {
	case name == "imagePullSecrets" && !isSubchart:
		line.typ = "strings"
	case (line.typ == "any" || line.typ == "scalar") && (name == "nameOverride" || name == "fullnameOverride"):
		line.typ = "string" // the helpers cut it to length
	}
	return line, nil
}

// readAny says what a key that only templates mention can be.
func (l *keyLine) readAny(isMap, free bool) {
	switch {
	case isMap:
		l.typ = "map"
		l.addFlag("unset")
	case !free:
		l.typ = "scalar"
	}
}

func hasKeysBelow(path string, keys map[string]sourceKey) bool {
	for other := range keys {
		if strings.HasPrefix(other, path+".") {
			return true
		}
	}
	return false
}

func (l *keyLine) addFlag(flag string) {
	if !slices.Contains(l.flags, flag) {
		l.flags = append(l.flags, flag)
	}
}

func (l *keyLine) notation() any {
	words := strings.Join(append([]string{l.typ}, l.flags...), " ")
	if !l.set {
		return words
	}
	return []any{words, l.value}
}

// foldDottedNames moves a default whose own name has dots, such as the label
// openshift.io/scc, into the default of the free map that holds it.
func (k keyLines) foldDottedNames() {
	for _, path := range sortedKeys(k) {
		parent := k.declaredParent(path)
		if name := strings.TrimPrefix(path, parent+"."); parent != "" && k[parent].free && strings.Contains(name, ".") {
			k[parent].addMember(name, k[path].value)
			delete(k, path)
		}
	}
}

// declaredParent is the longest proper prefix of a path that is a key.
func (k keyLines) declaredParent(path string) string {
	for i := strings.LastIndex(path, "."); i > 0; i = strings.LastIndex(path[:i], ".") {
		if k[path[:i]] != nil {
			return path[:i]
		}
	}
	return ""
}

func (l *keyLine) addMember(name string, value any) {
	members, ok := l.value.(map[string]any)
	if !ok {
		members = map[string]any{}
	}
	members[name] = value
	l.value, l.set = members, true
}

// overlay lays a default of the parent chart over the sub-chart's. One that no
// key takes is dead.
func (k keyLines) overlay(parent, name string, value any) {
	path := strings.TrimPrefix(parent+"."+name, ".")
	line := k[path]
	members, isMap := value.(map[string]any)
	switch {
	case isMap && (line == nil && k.implies(path) || line != nil && line.mapLike):
		for _, below := range sortedKeys(members) {
			k.overlay(path, below, members[below])
		}
	case line != nil:
		line.value, line.set = value, true
	case k[parent] != nil && k[parent].free:
		k[parent].addMember(name, value)
	default:
		k[path] = &keyLine{typ: typeOf(value), flags: []string{"dead"}, value: value, set: true}
	}
}

// implies reports whether a path has keys below it without being one.
func (k keyLines) implies(path string) bool {
	for other := range k {
		if strings.HasPrefix(other, path+".") {
			return true
		}
	}
	return false
}

func typeOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case json.Number:
		return "number"
	case []any:
		return "list"
	case map[string]any:
		return "map"
	default:
		return "any"
	}
}
