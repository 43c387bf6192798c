// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// policy is how a chart's values become the spec of its ClusterPolicy.
type policy struct {
	when   condition // of the whole object
	fields []policyField
	byFrom func() map[string][]*policyField // by the values key
}

func (p *policy) index() map[string][]*policyField {
	index := make(map[string][]*policyField, len(p.fields))
	for i := range p.fields {
		f := &p.fields[i]
		index[f.from] = append(index[f.from], f)
	}
	return index
}

// policyField is one field that the chart's template writes.
type policyField struct {
	path   string // below spec
	parent string // the part of path before the name of the field
	name   string
	from   string // the values key; "" for a map, a constant and for labels
	action string
	quoted bool // rendered as a string, whatever the value
	value  any  // the default of a copied value that is not set, or the constant
	when   condition
}

// What a field of the policy takes; the words are those of the data.
const (
	actionCopy   = "copy"   // the value, or its default
	actionSet    = "set"    // the value if it is set, which is Helm's "if"
	actionConst  = "const"  // a constant
	actionLabels = "labels" // the labels of the operands
	actionMap    = "map"    // what fields below it write, or else a null
)

func (r *Release) readPolicy(from *reader) error {
	r.policy = &policy{}
	r.policy.byFrom = sync.OnceValue(r.policy.index)
	for name := range from.members() {
		switch name {
		case "when":
			r.policy.when = condition(from.text())
		case "fields":
			if err := r.policy.readFields(from); err != nil {
				return err
			}
		default:
			return fmt.Errorf("clusterPolicy: unknown field %q", name)
		}
	}
	return nil
}

func (p *policy) readFields(from *reader) error {
	for range from.elements() {
		line := from.text()
		if from.err != nil {
			return from.err
		}
		field, err := parsePolicyField(line)
		if err != nil {
			return fmt.Errorf("cluster policy field %q: %w", line, err)
		}
		p.fields = append(p.fields, field)
	}
	return nil
}

// parsePolicyField reads "path action [json] [from key] [quoted] [default json] [when condition...]".
func parsePolicyField(line string) (policyField, error) {
	path, rest, ok := strings.Cut(line, " ")
	if !ok {
		return policyField{}, errors.New("want at least a path and an action")
	}
	action, rest, _ := strings.Cut(rest, " ")
	dot := strings.LastIndexByte(path, '.')
	field := policyField{path: path, parent: path[:max(dot, 0)], name: path[dot+1:], action: action}
	switch action {
	case actionCopy, actionSet:
		field.from = path
	case actionConst:
		rest = "default " + rest
	case actionLabels, actionMap:
	default:
		return policyField{}, fmt.Errorf("unknown action %q", action)
	}
	return field, field.options(rest)
}

func (f *policyField) options(words string) error {
	for words != "" {
		word, rest, _ := strings.Cut(words, " ")
		if word == "when" {
			f.when = condition(rest)
			return nil
		}
		if word == "quoted" {
			f.quoted, words = true, rest
			continue
		}
		var argument string
		argument, words, _ = strings.Cut(rest, " ")
		if err := f.option(word, argument); err != nil {
			return err
		}
	}
	return nil
}

func (f *policyField) option(word, argument string) error {
	switch {
	case word != "from" && word != "default":
		return fmt.Errorf("unknown word %q", word)
	case argument == "":
		return fmt.Errorf("nothing follows %q", word)
	case word == "from":
		f.from = argument
		return nil
	}
	if !json.Valid([]byte(argument)) {
		return fmt.Errorf("value %s is not JSON", argument)
	}
	f.value = raw(argument).reader().value()
	return nil
}
