// SPDX-License-Identifier: Apache-2.0

// Package policy reads from a chart's template how its values become the spec
// of the ClusterPolicy.
package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"gopkg.in/yaml.v3"
)

// Map is how the values become the spec.
type Map struct {
	When   string   // what the whole object depends on
	Fields []string // one a field, in the template's order
}

// kindLine is the line by which the template of a ClusterPolicy is known.
const kindLine = "kind: ClusterPolicy"

func (l line) isKind() bool { return l.text == kindLine }

// Renders reports whether a template writes a ClusterPolicy.
func Renders(tree *parse.Tree) bool {
	return slices.ContainsFunc(tree.Root.Nodes, writesPolicy)
}

func writesPolicy(node parse.Node) bool {
	switch n := node.(type) {
	case *parse.TextNode:
		return slices.Contains(strings.Split(string(n.Text), "\n"), kindLine)
	case *parse.IfNode:
		return slices.ContainsFunc(n.List.Nodes, writesPolicy)
	default:
		return false
	}
}

// Read reads a template that renders a ClusterPolicy. Whatever it does not
// understand is an error that says where.
func Read(tree *parse.Tree) (*Map, error) {
	f := &flattener{tree: tree}
	f.walk(tree.Root, nil)
	fields := f.fields()
	if f.err != nil {
		return nil, f.err
	}
	kind := slices.IndexFunc(f.lines, line.isKind)
	if kind < 0 {
		return nil, fmt.Errorf("%s has no line %q", tree.ParseName, kindLine)
	}
	whole := f.lines[kind].conditions
	out := &Map{When: strings.Join(whole, " ")}
	for _, field := range fields {
		out.Fields = append(out.Fields, field.notation(whole))
	}
	return out, nil
}

// field is one field of the spec.
type field struct {
	path       string
	from       string // the values key; empty for a header, a constant and for labels
	header     bool   // a name whose fields may all be missing, which leaves a null
	labels     bool
	quoted     bool
	value      any // the default, or the constant
	hasValue   bool
	conditions []string
}

// fields reads the lines below spec.
func (f *flattener) fields() []field {
	var out []field
	var above []header
	for _, l := range f.lines {
		trimmed := strings.TrimSpace(l.text)
		if trimmed == "" && l.action == nil || strings.HasPrefix(trimmed, "#") {
			continue
		}
		indent := len(l.text) - len(strings.TrimLeft(l.text, " "))
		above = slices.DeleteFunc(above, func(h header) bool { return h.indent >= indent })
		if indent > 0 && (len(above) == 0 || above[0].name != "spec") {
			continue // metadata, which package chart knows
		}
		name, rest, ok := strings.Cut(trimmed, ":")
		if !ok {
			f.errorf(l.node, "%q is not understood; want a line of the form name: value", trimmed)
			return nil
		}
		above = append(above, header{indent, strings.TrimSpace(name)})
		if len(above) == 1 {
			continue
		}
		read := field{conditions: l.conditions, header: true}
		if rest = strings.TrimSpace(rest); rest != "" || l.action != nil {
			read = f.field(l, rest)
		}
		read.path = join(above[1:])
		out = append(out, read)
	}
	return slices.DeleteFunc(out, func(h field) bool { return h.header && slices.ContainsFunc(out, h.alwaysHolds) })
}

// alwaysHolds reports whether a header is never left without a field: one is
// written whenever the header is.
func (f field) alwaysHolds(below field) bool {
	isConditional := slices.ContainsFunc(below.conditions, func(c string) bool { return !slices.Contains(f.conditions, c) })
	return !below.header && strings.HasPrefix(below.path, f.path+".") && !isConditional
}

type header struct {
	indent int
	name   string
}

func join(headers []header) string {
	names := make([]string, len(headers))
	for i, h := range headers {
		names[i] = h.name
	}
	return strings.Join(names, ".")
}

// field reads what follows the colon: a constant, or a value.
func (f *flattener) field(l line, rest string) field {
	read := field{conditions: l.conditions}
	switch {
	case l.action == nil:
		read.hasValue = true
		if err := yaml.Unmarshal([]byte(rest), &read.value); err != nil {
			f.errorf(l.node, "the constant %q: %v", rest, err)
		}
	case rest != "" || len(l.action.Decl) > 0:
		f.errorf(l.node, "%s behind %q is not understood", l.action, rest)
	default:
		f.pipe(&read, l.action)
	}
	return read
}

// notation writes the field as a line of the data, without what the whole
// object depends on.
func (f field) notation(whole []string) string {
	var words []string
	conditions := slices.DeleteFunc(slices.Clone(f.conditions), func(c string) bool { return slices.Contains(whole, c) })
	switch isSet := slices.Index(conditions, f.from); {
	case f.header:
		words = []string{f.path, "map"}
	case f.labels:
		words = []string{f.path, "labels"}
	case f.from == "":
		words = []string{f.path, "const", jsonText(f.value)}
	case isSet >= 0 && !f.hasValue:
		words = []string{f.path, "set"}
		conditions = slices.Delete(conditions, isSet, isSet+1)
	default:
		words = []string{f.path, "copy"}
	}
	if f.from != "" && f.from != f.path {
		words = append(words, "from", f.from)
	}
	if f.quoted {
		words = append(words, "quoted")
	}
	if f.from != "" && f.hasValue {
		words = append(words, "default", jsonText(f.value))
	}
	if len(conditions) > 0 {
		words = append(append(words, "when"), conditions...)
	}
	return strings.Join(words, " ")
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%q", fmt.Sprint(v)) // a YAML value that JSON lacks, such as .inf
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
}
