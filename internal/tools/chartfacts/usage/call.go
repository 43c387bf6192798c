// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"errors"
	"fmt"
	"strings"
)

// call evaluates a function of Helm's. One that is not listed makes a text of
// its arguments. A function's must variant, as mustToYaml, does the same.
func (s *scope) call(name string, args []value) value {
	if after, ok := strings.CutPrefix(name, "must"); ok && after != "" {
		name = strings.ToLower(after[:1]) + after[1:]
	}
	switch name {
	case "include":
		s.include(args)
		return value{}
	case "toYaml", "toJson", "toPrettyJson", "toRawJson", "toToml":
		join(args...).whole()
		return value{}
	case "and", "or", "coalesce", "default", "ternary":
		v := join(args...)
		v.test()
		return v
	case "not", "empty", "len", "kindIs", "kindOf", "typeIs", "typeOf", "has":
		join(args...).test()
		return value{}
	case "deepCopy", "merge", "mergeOverwrite", "omit", "unset",
		"concat", "compact", "uniq", "reverse", "sortAlpha", "without", "rest", "initial", "slice":
		return join(args...)
	case "required":
		return at(args, 1)
	case "dict", "set", "list", "tuple", "append", "prepend":
		return construct(name, args)
	case "get", "index", "dig", "pluck", "pick", "hasKey", "first", "last", "keys", "values":
		return choose(name, args)
	default:
		v := join(args...)
		v.use()
		return value{file: v.file}
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
func choose(name string, args []value) value {
	switch name {
	case "index", "get":
		v := at(args, 0)
		for _, name := range args[min(len(args), 1):] {
			v = v.at(name)
		}
		return v
	case "dig": // keys, a default, and the dict
		v := at(args, len(args)-1)
		for _, name := range args[:max(len(args)-2, 0)] {
			v = v.at(name)
		}
		return v.or(at(args, len(args)-2))
	case "pluck": // a key, and dicts
		return join(args[min(len(args), 1):]...).at(at(args, 0))
	case "pick": // a dict, and keys
		picked := &box{members: map[string]value{}}
		for _, name := range args[min(len(args), 1):] {
			picked.put(name, at(args, 0).at(name))
		}
		return value{boxes: []*box{picked}}
	case "hasKey":
		at(args, 0).at(at(args, 1)).test()
		return value{}
	case "keys":
		join(args...).element()
		return value{}
	case "values":
		return value{boxes: []*box{{elements: []value{join(args...).element()}}}}
	default: // first, last
		return join(args...).element()
	}
}

// at is the member that a constant names, or any element.
func (v value) at(name value) value {
	name.use()
	if len(name.texts) == 0 {
		return v.element()
	}
	var out value
	for _, text := range name.texts {
		out = out.or(v.field(text))
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
