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
func (f *flattener) pipe(to *field, pipe *parse.PipeNode) {
	for i, command := range pipe.Cmds {
		function, isCall := command.Args[0].(*parse.IdentifierNode)
		switch {
		case isCall:
			f.call(to, command, function.Ident, command.Args[1:])
		case i == 0 && len(command.Args) == 1:
			f.source(to, command.Args[0])
		default:
			f.unknown(command)
		}
	}
	if to.from == "" && !to.labels && !to.hasValue {
		f.unknown(pipe)
	}
}

// call reads one function. Where its last argument is piped, it stands before.
func (f *flattener) call(to *field, at parse.Node, name string, args []parse.Node) {
	switch {
	case (name == "nindent" || name == "indent") && len(args) == 1:
		return
	case name == "include" && len(args) == 2 && args[0].String() == `"`+operandLabels+`"`:
		to.labels = true
		return
	case name == "quote" && len(args) < 2:
		to.quoted = true
	case name == "toYaml" && len(args) < 2:
	case name == "default" && (len(args) == 1 || len(args) == 2):
		f.standard(to, args[0])
		args = args[1:]
	default:
		f.unknown(at)
		return
	}
	if len(args) == 1 {
		f.source(to, args[0])
	}
}

func (f *flattener) source(to *field, node parse.Node) {
	key, ok := valuesKey(node)
	if !ok {
		f.unknown(node)
	}
	to.from = key
}

// standard reads what stands in for an empty value.
func (f *flattener) standard(to *field, node parse.Node) {
	to.hasValue = true
	switch n := node.(type) {
	case *parse.BoolNode:
		to.value = n.True
		return
	case *parse.StringNode:
		to.value = n.Text
		return
	case *parse.NumberNode:
		if to.value = n.Int64; n.IsInt {
			return
		}
	case *parse.FieldNode:
		if to.value = appVersion; n.String() == ".Chart.AppVersion" {
			return
		}
	}
	f.unknown(node)
}
