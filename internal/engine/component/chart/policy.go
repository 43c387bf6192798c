// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"fmt"
	"strings"
)

// policy is how a chart's values become the spec of its ClusterPolicy.
type policy struct {
	when   []condition // of the whole object
	fields []policyField
}

// policyField is one field that the chart's template writes.
type policyField struct {
	path   []string // below spec
	from   []string // the values key
	action string
	quoted bool // rendered as a string, whatever the value
	value  any  // the default of a copied value that is not set, or the constant
	when   []condition
}

// What a field of the policy takes; the words are those of the data.
const (
	actionCopy   = "copy"   // the value, or its default
	actionSet    = "set"    // the value if it is set, which is Helm's "if"
	actionConst  = "const"  // a constant
	actionLabels = "labels" // the labels of the operands
)

type condition struct {
	path []string
	test byte // '!' not set, '?' not null, 0 set
}

func (c condition) holds(values map[string]any) bool {
	v := lookup(values, c.path)
	switch c.test {
	case '!':
		return !truthy(v)
	case '?':
		return v != nil
	default:
		return truthy(v)
	}
}

func parseConditions(words []string) []condition {
	var out []condition
	for _, word := range words {
		c := condition{}
		if word[0] == '!' || word[0] == '?' {
			c.test, word = word[0], word[1:]
		}
		c.path = strings.Split(word, ".")
		out = append(out, c)
	}
	return out
}

func (r *Release) readPolicy(file *releaseFile) error {
	if file.ClusterPolicy == nil {
		return nil
	}
	schema := r.objects["ClusterPolicy"].schema.field([]string{"spec"})
	if schema == nil {
		return fmt.Errorf("a cluster policy map without the ClusterPolicy's schema")
	}
	r.policy = &policy{when: parseConditions(strings.Fields(file.ClusterPolicy.When))}
	for _, line := range file.ClusterPolicy.Fields {
		field, err := parsePolicyField(line)
		if err != nil {
			return fmt.Errorf("cluster policy field %q: %w", line, err)
		}
		r.policy.fields = append(r.policy.fields, field)
		r.values.bind(field, schema, "ClusterPolicy of "+r.title())
	}
	return nil
}

// bind notes at a values key where its value is copied to.
func (k *key) bind(field policyField, spec *schema, owner string) {
	if field.from == nil {
		return
	}
	for _, segment := range field.from {
		if k = k.children[segment]; k == nil {
			return // below a free key
		}
	}
	if k.field == nil {
		k.field = &target{
			owner: owner, path: "spec." + strings.Join(field.path, "."), schema: spec.field(field.path), quoted: field.quoted,
		}
	}
}

// parsePolicyField reads "path action [json] [from key] [quoted] [default json] [when condition...]".
func parsePolicyField(line string) (policyField, error) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return policyField{}, fmt.Errorf("want at least a path and an action")
	}
	field := policyField{path: strings.Split(words[0], "."), action: words[1]}
	words = words[2:]
	switch field.action {
	case actionCopy, actionSet:
		field.from = field.path
	case actionConst:
		words = append([]string{"default"}, words...)
	case actionLabels:
	default:
		return policyField{}, fmt.Errorf("unknown action %q", field.action)
	}
	return field, field.options(words)
}

func (f *policyField) options(words []string) error {
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case word == "quoted":
			f.quoted = true
			continue
		case word == "when":
			f.when = parseConditions(words)
			return nil
		case len(words) == 0:
			return fmt.Errorf("nothing follows %q", word)
		case word == "from":
			f.from = strings.Split(words[0], ".")
		case word == "default":
			if err := f.setValue(words[0]); err != nil {
				return err
			}
		default:
			return fmt.Errorf("unknown word %q", word)
		}
		words = words[1:]
	}
	return nil
}

func (f *policyField) setValue(text string) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&f.value); err != nil {
		return fmt.Errorf("value %s: %w", text, err)
	}
	f.value = plainNumbers(f.value)
	return nil
}
