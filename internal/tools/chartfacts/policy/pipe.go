// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"text/template/parse"
)

// appVersion stands in the data for the release's own app version.
const appVersion = "<appVersion>"

// operandLabels is the chart's helper for the labels of what the operator runs.
const operandLabels = "gpu-operator.operand-labels"

// pipe reads a value and the functions that it goes through.
func (f *flattener) pipe(to *field, pipe *parse.PipeNode) error {
	for i, command := range pipe.Cmds {
		function, isCall := command.Args[0].(*parse.IdentifierNode)
		var err error
		switch {
		case isCall:
			err = f.call(to, command, function.Ident, command.Args[1:])
		case i == 0 && len(command.Args) == 1:
			err = f.source(to, command.Args[0])
		default:
			err = f.unknown(command)
		}
		if err != nil {
			return err
		}
	}
	if to.from == "" && !to.labels && !to.hasValue {
		return f.unknown(pipe)
	}
	return nil
}

// call reads one function. Where its last argument is piped, it stands before.
func (f *flattener) call(to *field, at parse.Node, name string, args []parse.Node) error {
	switch {
	case (name == "nindent" || name == "indent") && len(args) == 1:
		return nil
	case name == "include" && len(args) == 2 && args[0].String() == `"`+operandLabels+`"`:
		to.labels = true
		return nil
	case name == "quote" && len(args) < 2:
		to.quoted = true
	case name == "toYaml" && len(args) < 2:
	case name == "default" && (len(args) == 1 || len(args) == 2):
		if err := f.standard(to, args[0]); err != nil {
			return err
		}
		args = args[1:]
	default:
		return f.unknown(at)
	}
	if len(args) == 1 {
		return f.source(to, args[0])
	}
	return nil
}

func (f *flattener) source(to *field, node parse.Node) error {
	key, ok := valuesKey(node)
	if !ok {
		return f.unknown(node)
	}
	to.from = key
	return nil
}

// standard reads what stands in for an empty value.
func (f *flattener) standard(to *field, node parse.Node) error {
	to.hasValue = true
	switch n := node.(type) {
	case *parse.BoolNode:
		to.value = n.True
	case *parse.StringNode:
		to.value = n.Text
	case *parse.NumberNode:
		if !n.IsInt {
			return f.unknown(node)
		}
		to.value = n.Int64
	case *parse.FieldNode:
		if n.String() != ".Chart.AppVersion" {
			return f.unknown(node)
		}
		to.value = appVersion
	default:
		return f.unknown(node)
	}
	return nil
}

func (f *flattener) unknown(node parse.Node) error {
	return f.errorf(node, "%s is not understood in the template of a ClusterPolicy; teach package policy what it does", node)
}
