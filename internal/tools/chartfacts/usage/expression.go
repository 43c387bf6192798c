// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"text/template/parse"
)

// pipe evaluates a pipeline and declares or assigns its variable.
func (s *scope) pipe(n *parse.PipeNode) (value, error) {
	v, err := s.commands(n)
	if err != nil {
		return value{}, err
	}
	for _, declared := range n.Decl {
		if n.IsAssign {
			s.assign(declared.Ident[0], v)
		} else {
			s.vars = append(s.vars, variable{declared.Ident[0], v})
		}
	}
	return v, nil
}

// assign adds to what a variable may be: whether the assignment is reached is
// not known.
func (s *scope) assign(name string, v value) {
	for i := len(s.vars) - 1; i >= 0; i-- {
		if s.vars[i].name == name {
			s.vars[i].value = s.vars[i].value.or(v)
			return
		}
	}
}

func (s *scope) commands(n *parse.PipeNode) (value, error) {
	var piped []value
	for _, command := range n.Cmds {
		v, err := s.command(command, piped)
		if err != nil {
			return value{}, err
		}
		piped = []value{v}
	}
	return join(piped...), nil
}

// command evaluates one command of a pipeline; piped is the value of the
// command before it.
func (s *scope) command(n *parse.CommandNode, piped []value) (value, error) {
	if s.steps++; s.steps > mostSteps {
		return value{}, errEndless
	}
	var args []value
	for _, arg := range n.Args[1:] {
		v, err := s.operand(arg)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	args = append(args, piped...)
	if function, ok := n.Args[0].(*parse.IdentifierNode); ok {
		return s.call(function.Ident, args)
	}
	v, err := s.operand(n.Args[0])
	if err == nil && len(args) > 0 { // a method such as .Capabilities.APIVersions.Has
		join(args...).use()
	}
	return v, err
}

func (s *scope) operand(node parse.Node) (value, error) {
	switch n := node.(type) {
	case *parse.DotNode:
		return s.dot, nil
	case *parse.FieldNode:
		return walkFields(s.dot, n.Ident), nil
	case *parse.VariableNode:
		return walkFields(s.variable(n.Ident[0]), n.Ident[1:]), nil
	case *parse.ChainNode:
		v, err := s.operand(n.Node)
		return walkFields(v, n.Field), err
	case *parse.PipeNode:
		return s.pipe(n)
	case *parse.StringNode:
		return constant(n.Text), nil
	case *parse.IdentifierNode: // a function without arguments
		return s.call(n.Ident, nil)
	default: // numbers, booleans, nil
		return value{}, nil
	}
}

func (s *scope) variable(name string) value {
	for i := len(s.vars) - 1; i >= 0; i-- {
		if s.vars[i].name == name {
			return s.vars[i].value
		}
	}
	return value{} // the parser refuses an undeclared variable
}

func walkFields(v value, names []string) value {
	for _, name := range names {
		v = v.field(name)
	}
	return v
}
