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
}

func (f *flattener) errorf(node parse.Node, format string, args ...any) error {
	location, _ := f.tree.ErrorContext(node)
	return fmt.Errorf("%s: %s", location, fmt.Sprintf(format, args...))
}

func (f *flattener) walk(list *parse.ListNode, conditions []string) error {
	if list == nil {
		return nil
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			if err := f.text(n, conditions); err != nil {
				return err
			}
		case *parse.ActionNode:
			if err := f.action(n); err != nil {
				return err
			}
		case *parse.IfNode:
			if err := f.branch(n, conditions); err != nil {
				return err
			}
		default:
			return f.unknown(node)
		}
	}
	return nil
}

// text continues the last line and begins the next ones. A line depends on
// what its beginning depends on.
func (f *flattener) text(n *parse.TextNode, conditions []string) error {
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
			return f.unknown(n)
		}
	}
	return nil
}

// action puts a value behind the last line's text.
func (f *flattener) action(n *parse.ActionNode) error {
	if len(f.lines) == 0 {
		f.lines = append(f.lines, line{node: n})
	}
	last := &f.lines[len(f.lines)-1]
	if last.action != nil {
		return f.unknown(n)
	}
	last.action, last.node = n.Pipe, n
	return nil
}

func (f *flattener) branch(n *parse.IfNode, conditions []string) error {
	taken, err := f.conditions(n.Pipe)
	if err != nil {
		return err
	}
	if err := f.walk(n.List, slices.Concat(conditions, taken)); err != nil {
		return err
	}
	if n.ElseList == nil {
		return nil
	}
	refused, err := f.negation(n.Pipe)
	if err != nil {
		return err
	}
	return f.walk(n.ElseList, slices.Concat(conditions, refused))
}

func negated(condition string) string {
	if rest, ok := strings.CutPrefix(condition, "!"); ok {
		return rest
	}
	return "!" + condition
}

// conditions reads a value that is set, not one, ne one nil, or an and of such.
func (f *flattener) conditions(node parse.Node) ([]string, error) {
	if key, ok := valuesKey(node); ok {
		return []string{key}, nil
	}
	pipe, ok := node.(*parse.PipeNode)
	if !ok || len(pipe.Cmds) != 1 || len(pipe.Decl) > 0 {
		return nil, f.unknown(node)
	}
	args := pipe.Cmds[0].Args
	function, isCall := args[0].(*parse.IdentifierNode)
	switch {
	case !isCall && len(args) == 1:
		return f.conditions(args[0])
	case isCall && function.Ident == "and":
		return f.all(args[1:])
	case isCall && function.Ident == "not" && len(args) == 2:
		return f.negation(args[1])
	case isCall && function.Ident == "ne" && len(args) == 3 && args[2].Type() == parse.NodeNil:
		if key, ok := valuesKey(args[1]); ok {
			return []string{"?" + key}, nil
		}
	}
	return nil, f.unknown(node)
}

func (f *flattener) all(nodes []parse.Node) ([]string, error) {
	var out []string
	for _, node := range nodes {
		conditions, err := f.conditions(node)
		if err != nil {
			return nil, err
		}
		out = append(out, conditions...)
	}
	return out, nil
}

// negation is of one condition only: the data cannot say "not both".
func (f *flattener) negation(node parse.Node) ([]string, error) {
	conditions, err := f.conditions(node)
	if err != nil {
		return nil, err
	}
	if len(conditions) != 1 || strings.HasPrefix(conditions[0], "?") {
		return nil, f.unknown(node)
	}
	return []string{negated(conditions[0])}, nil
}

// valuesKey is the path of .Values.path.
func valuesKey(node parse.Node) (string, bool) {
	field, ok := node.(*parse.FieldNode)
	if !ok || len(field.Ident) < 2 || field.Ident[0] != "Values" {
		return "", false
	}
	return strings.Join(field.Ident[1:], "."), true
}
