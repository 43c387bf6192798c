// SPDX-License-Identifier: Apache-2.0

// Package tree reads and changes trees of Helm values and Kubernetes objects
// by dotted paths, and merges them as Helm does.
//
// A tree is a map[string]any that holds maps, lists ([]any) and scalars. A path
// is the names of the maps' members with dots between them: driver.version. A
// name that holds a dot, is empty or begins with a quote is written as a Go
// string: nodeSelector."kubernetes.io/os".
package tree

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// cut returns the first name of a path, and what follows its dot. What looks
// like a quoted name but is not one is taken as it is.
func cut(path string) (name, rest string, more bool) {
	if strings.HasPrefix(path, `"`) {
		quoted, _ := strconv.QuotedPrefix(path)
		unquoted, err := strconv.Unquote(quoted)
		rest, more = strings.CutPrefix(path[len(quoted):], ".")
		if err == nil && (more || rest == "") {
			return unquoted, rest, more
		}
	}
	if dot := strings.IndexByte(path, '.'); dot >= 0 {
		return path[:dot], path[dot+1:], true
	}
	return path, "", false
}

// Names yields the names in a path.
func Names(path string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for more := true; more; {
			var name string
			if name, path, more = cut(path); !yield(name) {
				return
			}
		}
	}
}

// Join returns the path of a member of the map at a path; the path of the
// whole tree is "".
func Join(parent, name string) string {
	if name == "" || name[0] == '"' || strings.Contains(name, ".") {
		name = strconv.Quote(name)
	}
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// Lookup returns the value at a path; false means that the tree does not set
// it. A null is a value.
func Lookup(tree map[string]any, path string) (any, bool) {
	var value any = tree
	for more := true; more; {
		below, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		var name string
		name, path, more = cut(path)
		if value, ok = below[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// Set puts a value at a path. A parent that is not a map gives way to one.
func Set(tree map[string]any, path string, value any) {
	name, rest, more := cut(path)
	for more {
		tree = member(tree, name)
		name, rest, more = cut(rest)
	}
	tree[name] = value
}

// Map returns the map at a path, and makes it where there is none. What is not a
// map there or above gives way to one. At "" is the tree itself.
func Map(tree map[string]any, path string) map[string]any {
	if path == "" {
		return tree
	}
	for name := range Names(path) {
		tree = member(tree, name)
	}
	return tree
}

func member(tree map[string]any, name string) map[string]any {
	below, ok := tree[name].(map[string]any)
	if !ok {
		below = map[string]any{}
		tree[name] = below
	}
	return below
}

// Covers reports whether the tree sets a value at the path or above it, where
// it replaces whatever a tree below has there.
func Covers(tree map[string]any, path string) bool {
	for name := range Names(path) {
		below, ok := tree[name]
		if !ok {
			return false
		}
		if tree, ok = below.(map[string]any); !ok {
			return true
		}
	}
	return true
}

// Leaves lists the paths of all values that are not maps, or are empty maps,
// sorted by name in each map.
func Leaves(tree map[string]any) []string { return leaves(nil, "", tree) }

func leaves(paths []string, parent string, tree map[string]any) []string {
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		path := Join(parent, name)
		if below, ok := tree[name].(map[string]any); ok && len(below) > 0 {
			paths = leaves(paths, path, below)
			continue
		}
		paths = append(paths, path)
	}
	return paths
}
