// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"slices"
	"text/template/parse"
)

// pipe evaluates a pipeline and declares or assigns its variable. An assignment
// adds to what a variable may be: whether it is reached is not known.
func (s *scope) pipe(n *parse.PipeNode) value {
	v := s.commands(n)
	for _, declared := range n.Decl {
		name := declared.Ident[0]
		if !n.IsAssign {
			s.vars = append(s.vars, variable{name, v})
		} else if assigned := s.variable(name); assigned != nil {
			assigned.value = assigned.value.or(v)
		}
	}
	return v
}

func (s *scope) commands(n *parse.PipeNode) value {
	var piped []value
	for _, command := range n.Cmds {
		piped = []value{s.command(command, piped)}
	}
	return join(piped...)
}

// command evaluates one command of a pipeline; piped is the value of the
// command before it.
func (s *scope) command(n *parse.CommandNode, piped []value) value {
	if !s.step() {
		return value{}
	}
	var args []value
	for _, arg := range n.Args[1:] {
		args = append(args, s.operand(arg))
	}
	args = append(args, piped...)
	if function, ok := n.Args[0].(*parse.IdentifierNode); ok {
		return s.call(function.Ident, args)
	}
	join(args...).use() // of a method such as .Capabilities.APIVersions.Has
	return s.operand(n.Args[0])
}

func (s *scope) operand(node parse.Node) value {
	switch n := node.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return walkFields(s.dot, n.Ident)
	case *parse.VariableNode:
		if known := s.variable(n.Ident[0]); known != nil { // the parser refuses an undeclared one
			return walkFields(known.value, n.Ident[1:])
		}
	case *parse.ChainNode:
		return walkFields(s.operand(n.Node), n.Field)
	case *parse.PipeNode:
		return s.pipe(n)
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.IdentifierNode: // a function without arguments
		return s.call(n.Ident, nil)
	}
	return value{} // numbers, booleans, nil
}

// variable returns the innermost variable of that name, or nil.
func (s *scope) variable(name string) *variable {
	for i := range slices.Backward(s.vars) {
		if s.vars[i].name == name {
			return &s.vars[i]
		}
	}
	return nil
}

func walkFields(v value, names []string) value {
	for _, name := range names {
		v = v.field(name)
	}
	return v
}
