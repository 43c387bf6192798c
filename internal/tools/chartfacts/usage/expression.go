// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"slices"
	"strings"
	"text/template/parse"
)

// pipe evaluates a pipeline and declares or assigns its variable. An assignment
// in a branch adds to what a variable may be: whether it is reached is not known.
func (s *scope) pipe(n *parse.PipeNode) value {
	v := s.commands(n)
	for _, declared := range n.Decl {
		name := declared.Ident[0]
		switch assigned := s.variable(name); {
		case !n.IsAssign:
			s.vars = append(s.vars, variable{name, v, s.nested})
		case assigned != nil && assigned.nested == s.nested:
			assigned.value = v
		case assigned != nil:
			assigned.value = assigned.value.or(v)
		}
	}
	return v
}

// layout reads how a pipeline's text is put into the manifest: from which
// column on, -1 for no indentation of its own. It is false where the text is
// made into another.
func layout(n *parse.PipeNode) (indent int, isPlain bool) {
	indent = -1
	for i, command := range n.Cmds {
		function, isCall := command.Args[0].(*parse.IdentifierNode)
		switch {
		case i == 0:
		case !isCall:
			return -1, false
		case function.Ident == "nindent" || function.Ident == "indent":
			if number, ok := command.Args[len(command.Args)-1].(*parse.NumberNode); ok && number.IsInt {
				indent = int(number.Int64)
			}
		case !keepsYAML(function.Ident):
			return -1, false
		}
	}
	return indent, true
}

// indented evaluates something whose text stands from a column on.
func (s *scope) indented(column int, evaluate func() value) value {
	if s.at == nil {
		return evaluate()
	}
	before := *s.at
	if column >= 0 {
		s.at.indent += column
		s.at.line = strings.Repeat(" ", s.at.indent)
	}
	v := evaluate()
	after := s.at
	s.at.indent, s.at.line = before.indent, before.line
	if after.written > before.written {
		s.at.above, s.at.kind, s.at.line = before.above, before.kind, before.line+"?"
	}
	return v
}

func (s *scope) commands(n *parse.PipeNode) value {
	var piped []value
	for _, command := range n.Cmds {
		piped = []value{s.command(command, piped)}
	}
	return anyOf(piped...)
}

// command evaluates one command of a pipeline; piped is the value of the
// command before it.
func (s *scope) command(n *parse.CommandNode, piped []value) value {
	if !s.step() {
		return value{}
	}
	function, isCall := n.Args[0].(*parse.IdentifierNode)
	args := s.arguments(n.Args[1:], isCall && function.Ident == "and", isCall && function.Ident == "or")
	args = append(args, piped...)
	if isCall {
		return s.call(function.Ident, args)
	}
	anyOf(args...).use(s.when.may)
	if len(args) > 0 { // of a method such as .Capabilities.APIVersions.Has
		s.operand(n.Args[0]).use(s.when.may)
		return value{assets: assets(n.Args[0], args[0])}
	}
	return s.operand(n.Args[0])
}

// assets is the files of a chart that .Files.Get or $.Files.Get reads.
func assets(method parse.Node, path value) []string {
	if strings.HasSuffix(method.String(), ".Files.Get") {
		return path.texts
	}
	return nil
}

// arguments evaluates the arguments of a call. Those of an and are evaluated while
// the ones before are true, those of an or while they are false.
func (s *scope) arguments(nodes []parse.Node, isAnd, isOr bool) []value {
	when := s.when
	var args []value
	for _, node := range nodes {
		arg := s.operand(node)
		args = append(args, arg)
		switch {
		case isAnd:
			s.when = s.when.and(arg.isTrue())
		case isOr:
			s.when = s.when.and(arg.isTrue().not())
		}
	}
	s.when = when
	return args
}

func (s *scope) operand(node parse.Node) value {
	switch n := node.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return s.fields(s.dot, n.Ident)
	case *parse.VariableNode:
		if known := s.variable(n.Ident[0]); known != nil { // the parser refuses an undeclared one
			return s.fields(known.value, n.Ident[1:])
		}
	case *parse.ChainNode:
		return s.fields(s.operand(n.Node), n.Field)
	case *parse.PipeNode:
		return s.aside(func() value { return s.pipe(n) })
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.BoolNode:
		return value{scalar: n.String()}
	case *parse.NumberNode:
		return value{scalar: n.Text}
	case *parse.NilNode:
		return value{scalar: "null"}
	case *parse.IdentifierNode: // a function without arguments
		return s.call(n.Ident, nil)
	}
	return value{}
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

// fields is v.name.name. Helm fails where one but the last is null.
func (s *scope) fields(v value, names []string) value {
	for _, name := range names {
		if v.isKey() {
			v.keys[0].Walked = v.keys[0].Walked.Or(s.when.must)
		}
		v = v.field(name)
	}
	return v
}
