// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

// call evaluates a function of Helm's. One that is not listed makes a text of
// its arguments. A function's must variant, as mustToYaml, does the same.
func (s *scope) call(name string, args []value) value {
	if after, ok := strings.CutPrefix(name, "must"); ok && after != "" {
		name = strings.ToLower(after[:1]) + after[1:]
	}
	if depends, ok := logic(name, args); ok {
		v := anyOf(args...)
		v.test(s.when.may)
		if !passesOn(name) {
			v = value{}
		}
		v.truth = &depends
		return v
	}
	switch name {
	case "include":
		s.include(args)
		return value{}
	case "tpl":
		if names := at(args, 0).assets; len(names) > 0 {
			s.runAssets(names, at(args, 1))
			return value{}
		}
		return s.text(name, args)
	case "fail":
		s.refuse(message(at(args, 0)), s.when.must)
		return value{}
	case "required":
		missing := exactly(condition.Condition{})
		if v := at(args, 1); v.isKey() {
			path := v.keys[0].path
			missing = exactly(condition.Equals(path, "null").Or(condition.Equals(path, `""`)))
		}
		s.refuse(message(at(args, 0)), s.when.and(missing).must)
		return at(args, 1)
	case "toYaml", "toJson", "toPrettyJson", "toRawJson", "toToml":
		return value{yaml: &yaml{anyOf(args...), -1}}
	case "nindent", "indent":
		return indent(args)
	case "len", "kindOf", "typeOf":
		anyOf(args...).test(s.when.may)
		return value{}
	case "deepCopy", "merge", "mergeOverwrite", "omit", "unset",
		"concat", "compact", "uniq", "reverse", "sortAlpha", "without", "rest", "initial", "slice":
		return anyOf(args...)
	case "dict", "set", "list", "tuple", "append", "prepend":
		return construct(name, args)
	case "get", "index", "dig", "pluck", "pick", "hasKey", "first", "last", "keys", "values":
		return s.choose(name, args)
	case "printf":
		return s.printf(args)
	default:
		return s.text(name, args)
	}
}

// passesOn reports whether the value of a logical function is one of its
// arguments.
func passesOn(name string) bool {
	return slices.Contains([]string{"and", "or", "coalesce", "default", "ternary"}, name)
}

// keepsYAML reports whether a function leaves YAML as it is, but for what stands
// around it.
func keepsYAML(name string) bool {
	return slices.Contains([]string{"nindent", "indent", "trim", "trimSuffix", "trimPrefix", "tpl", "toYaml", "toJson", "toRawJson"}, name)
}

// text is what a function makes a text of. A checksum of a value does not show
// what is below it.
func (s *scope) text(name string, args []value) value {
	for _, arg := range args {
		switch {
		case arg.yaml == nil || strings.HasSuffix(name, "sum"):
			arg.use(s.when.may)
		case keepsYAML(name):
			return value{yaml: arg.yaml}
		default:
			s.whole(arg.yaml.of, Place{When: s.when.may})
		}
	}
	out := value{file: anyOf(args...).file}
	if name == "quote" && len(args) == 1 && args[0].isKey() {
		out.quoted = args[0].keys[0]
	}
	return out
}

// indent moves YAML to a column.
func indent(args []value) value {
	v := anyOf(args...)
	if column, err := strconv.Atoi(at(args, 0).scalar); err == nil && v.yaml != nil {
		return value{yaml: &yaml{v.yaml.of, column}}
	}
	return v
}

// printf puts texts into a text. What is not known of it shows as an ellipsis.
func (s *scope) printf(args []value) value {
	out := s.text("printf", args)
	format := at(args, 0)
	if out.file || len(format.texts) != 1 {
		return out
	}
	var shown []any
	for _, arg := range args[1:] {
		shown = append(shown, message(arg))
	}
	out.message = fmt.Sprintf(format.texts[0], shown...)
	return out
}

// message is the text that a value is, as far as it is known.
func message(v value) string {
	switch {
	case v.message != "":
		return v.message
	case len(v.texts) == 1 && len(v.keys)+len(v.boxes) == 0:
		return v.texts[0]
	default:
		return "…"
	}
}

// refuse notes that the templates cannot be rendered on a condition.
func (s *scope) refuse(message string, when condition.Condition) {
	if !when.Never() {
		s.found.Failures = append(s.found.Failures, Failure{strings.Join(strings.Fields(message), " "), when})
	}
}

// include runs a template by its name, or each that the name may be. A file of
// the chart, as in include (print $.Template.BasePath "/configmap.yaml"), is run
// anyway.
func (s *scope) include(args []value) {
	switch {
	case len(args) != 2:
		s.fail(fmt.Errorf("include takes a name and a value, got %d arguments", len(args)))
	case len(args[0].texts) == 0 && !args[0].file:
		s.fail(errors.New("include of a name that is computed: which template that is cannot be told"))
	default:
		for _, text := range args[0].texts {
			s.run(text, args[1])
		}
	}
}

// runAssets runs files of the chart as templates. Helm takes one that is missing for
// an empty text.
func (s *scope) runAssets(names []string, dot value) {
	for _, name := range names {
		text, ok := s.chart.Assets[name]
		if !ok {
			continue
		}
		id := s.chart.Name + "/" + name
		trees, err := Parse(id, text)
		if err != nil {
			s.fail(err)
			return
		}
		maps.Copy(s.defined, trees)
		if s.defined[id] != nil { // an empty file has no tree
			s.run(id, dot)
		}
	}
}

// construct makes or extends a dict or a list.
func construct(name string, args []value) value {
	switch name {
	case "dict":
		made := &box{members: map[string]value{}}
		for i := 0; i+1 < len(args); i += 2 {
			made.put(args[i], args[i+1])
		}
		return value{boxes: []*box{made}}
	case "set":
		for _, b := range at(args, 0).boxes {
			b.put(at(args, 1), at(args, 2))
		}
		return at(args, 0)
	case "append", "prepend":
		added := &box{elements: args[min(len(args), 1):]}
		return at(args, 0).or(value{boxes: []*box{added}})
	default:
		return value{boxes: []*box{{elements: args}}}
	}
}

// put adds to what a dict may hold. A name that is computed may be any.
func (b *box) put(name, member value) {
	switch {
	case b.members == nil: // a list, which Helm would refuse
	case len(name.texts) == 0:
		b.elements = append(b.elements, member)
	default:
		for _, text := range name.texts {
			b.members[text] = b.members[text].or(member)
		}
	}
}

// choose takes something out of its argument. Where the key or the index is
// computed, that is any element.
func (s *scope) choose(name string, args []value) value {
	switch name {
	case "index", "get":
		v := at(args, 0)
		for _, name := range args[min(len(args), 1):] {
			v = s.member(v, name)
		}
		return v
	case "dig": // keys, a default, and the dict
		v := at(args, len(args)-1)
		for _, name := range args[:max(len(args)-2, 0)] {
			v = s.member(v, name)
		}
		return v.or(at(args, len(args)-2))
	case "pluck": // a key, and dicts
		return s.member(anyOf(args[min(len(args), 1):]...), at(args, 0))
	case "pick": // a dict, and keys
		picked := &box{members: map[string]value{}}
		for _, name := range args[min(len(args), 1):] {
			picked.put(name, s.member(at(args, 0), name))
		}
		return value{boxes: []*box{picked}}
	case "hasKey":
		s.member(at(args, 0), at(args, 1)).test(s.when.may)
		return value{}
	case "keys":
		anyOf(args...).element(s.when.may)
		anyOf(args...).named()
		return value{}
	case "values":
		return value{boxes: []*box{{elements: []value{anyOf(args...).element(s.when.may)}}}}
	default: // first, last
		return anyOf(args...).element(s.when.may)
	}
}

// member is the member that a constant names, the element of a list that a template
// made, or any element.
func (s *scope) member(v, name value) value {
	name.use(s.when.may)
	if i, err := strconv.Atoi(name.scalar); err == nil && len(v.keys) == 0 && len(v.boxes) == 1 && v.boxes[0].members == nil {
		return at(v.boxes[0].elements, i)
	}
	if len(name.texts) == 0 {
		return v.element(s.when.may)
	}
	var out value
	for _, text := range name.texts {
		out = out.joined(v.field(text))
	}
	return out
}

// at is an argument that may be missing.
func at(args []value, i int) value {
	if i < 0 || i >= len(args) {
		return value{}
	}
	return args[i]
}
