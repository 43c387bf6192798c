// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// line is one line of YAML that a template writes, with what it depends on.
type line struct {
	text       string          // up to the action, if there is one
	action     *parse.PipeNode // what the template puts behind the text
	conditions []string        // in the data's notation, outermost first
	node       parse.Node      // for errors
}

// flattener turns a template into the lines that it may write.
type flattener struct {
	tree  *parse.Tree
	lines []line
	err   error // the first
}

func (f *flattener) errorf(node parse.Node, format string, args ...any) {
	if f.err == nil {
		location, _ := f.tree.ErrorContext(node)
		f.err = fmt.Errorf("%s: %s", location, fmt.Sprintf(format, args...))
	}
}

func (f *flattener) unknown(node parse.Node) {
	f.errorf(node, "%s is not understood in the template of a ClusterPolicy; teach package policy what it does", node)
}

func (f *flattener) walk(list *parse.ListNode, conditions []string) {
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			f.text(n, conditions)
		case *parse.ActionNode:
			f.action(n)
		case *parse.IfNode:
			f.walk(n.List, slices.Concat(conditions, f.conditions(n.Pipe)))
			if n.ElseList != nil {
				f.walk(n.ElseList, slices.Concat(conditions, f.negation(n.Pipe)))
			}
		default:
			f.unknown(node)
		}
	}
}

// text continues the last line and begins the next ones. A line depends on
// what its beginning depends on.
func (f *flattener) text(n *parse.TextNode, conditions []string) {
	for i, text := range strings.Split(string(n.Text), "\n") {
		if i > 0 || len(f.lines) == 0 {
			f.lines = append(f.lines, line{text: text, conditions: conditions, node: n})
			continue
		}
		last := &f.lines[len(f.lines)-1]
		switch {
		case last.action == nil:
			last.text += text
		case strings.TrimSpace(text) != "":
			f.unknown(n)
		}
	}
}

// action puts a value behind the last line's text.
func (f *flattener) action(n *parse.ActionNode) {
	if len(f.lines) == 0 {
		f.lines = append(f.lines, line{node: n})
	}
	last := &f.lines[len(f.lines)-1]
	if last.action != nil {
		f.unknown(n)
	}
	last.action, last.node = n.Pipe, n
}

// conditions reads a value that is set, not one, ne one nil, or an and of such.
func (f *flattener) conditions(node parse.Node) []string {
	if key, ok := valuesKey(node); ok {
		return []string{key}
	}
	pipe, ok := node.(*parse.PipeNode)
	if !ok || len(pipe.Cmds) != 1 || len(pipe.Decl) > 0 {
		f.unknown(node)
		return nil
	}
	args := pipe.Cmds[0].Args
	function, isCall := args[0].(*parse.IdentifierNode)
	switch {
	case !isCall && len(args) == 1:
		return f.conditions(args[0])
	case isCall && function.Ident == "and":
		var all []string
		for _, arg := range args[1:] {
			all = append(all, f.conditions(arg)...)
		}
		return all
	case isCall && function.Ident == "not" && len(args) == 2:
		return f.negation(args[1])
	case isCall && function.Ident == "ne" && len(args) == 3 && args[2].Type() == parse.NodeNil:
		if key, ok := valuesKey(args[1]); ok {
			return []string{"?" + key}
		}
	}
	f.unknown(node)
	return nil
}

// negation is of one condition only: the data cannot say "not both".
func (f *flattener) negation(node parse.Node) []string {
	conditions := f.conditions(node)
	if len(conditions) != 1 || strings.HasPrefix(conditions[0], "?") {
		f.unknown(node)
		return nil
	}
	if rest, ok := strings.CutPrefix(conditions[0], "!"); ok {
		return []string{rest}
	}
	return []string{"!" + conditions[0]}
}

// valuesKey is the path of .Values.path.
func valuesKey(node parse.Node) (string, bool) {
	field, ok := node.(*parse.FieldNode)
	if !ok || len(field.Ident) < 2 || field.Ident[0] != "Values" {
		return "", false
	}
	return strings.Join(field.Ident[1:], "."), true
}
