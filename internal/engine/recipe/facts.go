// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// snapshotName is the layer of what the snapshot says besides the query.
const snapshotName = "snapshot"

// knowledge is what a catalog makes of snapshots and recipes: facts that become
// the layer of the snapshot, and rules that recipes are held against.
type knowledge struct {
	// Facts are recipe keys to set, of one key the first whose condition holds and
	// whose operand has a value. They read the request, the snapshot, what the
	// request states as arguments, and facts above.
	Facts []component.Setting
	// Rules read the request, the snapshot and the recipe.
	Rules []component.Rule
}

// decoded reads a section of a catalog that has a type of package component, and
// checks the operands of its conditions.
func decoded[T any](v document.Value, into *T) error {
	if err := component.Decode(v.Node(), into); err != nil {
		return v.Errorf("%v", err)
	}
	return nil
}

// readable returns an error for a condition that reads what a recipe does not
// know: values of charts, and what else there is of a bundle alone.
func readable(c component.Condition, kinds ...component.Kind) error {
	for _, clause := range c.Clauses() {
		kind, _, name := clause.Operand.Parts()
		if !slices.Contains(kinds, kind) || kind == component.DraftField && name != fieldDriver {
			return fmt.Errorf("line %d: %q cannot be read here: conditions read fields of the request such as service, recipe keys such as K8s/config/rdma, and what the snapshot says, such as \"snapshot OS/kmod/nouveau\"", clause.Line, clause.Operand)
		}
	}
	return nil
}

func (l *loader) addFacts(v document.Value) error {
	var facts []component.Setting
	if err := decoded(v, &facts); err != nil {
		return err
	}
	for _, f := range facts {
		if path := measurement.ParsePath(f.Set); path.Key == "" || !slices.Contains(measurement.Types(), path.Type) {
			return v.Errorf("%q is not a recipe key, such as K8s/config/rdma", f.Set)
		}
		if err := readable(f.When, component.RequestField, component.RecipeKey, component.Snapshot); err != nil {
			return v.Errorf("%v", err)
		}
	}
	l.facts = append(l.facts, facts...)
	return nil
}

func (l *loader) addRules(v document.Value) error {
	var rules []component.Rule
	if err := decoded(v, &rules); err != nil {
		return err
	}
	for _, r := range rules {
		for _, c := range r.Cases {
			if err := readable(c.When, component.RequestField, component.RecipeKey, component.Snapshot, component.DraftField); err != nil {
				return v.Errorf("the rule %s: %v", r.Name, err)
			}
		}
	}
	l.rules = append(l.rules, rules...)
	return nil
}

// readFacts makes the layer of the snapshot.
func (b *build) readFacts() error {
	b.facts = &layer{name: snapshotName}
	var sets settings
	env := b.early(func(path measurement.Path) measurement.Reading { return sets.get(path) })
	for _, f := range b.catalog.knowledge().Facts {
		path := measurement.ParsePath(f.Set)
		if sets.get(path) != nil || !f.When.Holds(env) {
			continue
		}
		value, known := f.Value, true
		if f.From != "" {
			value, known = env(f.From)
		}
		if !known || value == nil {
			continue
		}
		reading, err := measurement.FromAny(value)
		if err != nil {
			return &Error{Field: fieldCatalog, Err: fmt.Errorf("%s: %w", f.Set, err)}
		}
		sets = append(sets, entry{path: path, value: reading, context: component.Fill(f.Why.Text, written(env))})
	}
	if len(b.catalog.knowledge().Facts) > 0 {
		sets = append(sets, b.systemFact()...)
	}
	slices.SortFunc(sets, byPath)
	c := b.facts.with(sets, nil)
	b.facts.content = func() content { return c }
	return nil
}

// systemFact is the system whose recipe is that of its family: of one family not
// every system has driver containers.
func (b *build) systemFact() settings {
	family := b.subject.query.OS
	if family == "" || b.system == family || b.known.systems.family(b.system) != family {
		return nil
	}
	path := measurement.Path{Type: measurement.OS, Subtype: "release", Key: "ID"}
	return settings{{path: path, value: measurement.Str(b.system), context: "The system itself, whose recipe is that of its family"}}
}

// get returns the value that is set at a path, nil for none. It needs no order.
func (s settings) get(path measurement.Path) measurement.Reading {
	i := slices.IndexFunc(s, func(e entry) bool { return e.path == path })
	if i < 0 {
		return nil
	}
	return s[i].value
}

// early is what facts and the conditions of overlays read: the request, the
// snapshot, the arguments and the facts so far.
func (b *build) early(fact func(measurement.Path) measurement.Reading) component.Env {
	return b.reads(nil, func(path measurement.Path) measurement.Reading {
		if e := find(b.stated.entries(), path); e != nil {
			return e.value
		}
		return fact(path)
	})
}

// environment is what conditions read of the merged recipe.
func (b *build) environment(set *component.Set) component.Env {
	return b.reads(set, func(path measurement.Path) measurement.Reading {
		if e := find(b.entries, path); e != nil {
			return e.value
		}
		return nil
	})
}

// reads returns an environment in which recipe keys have the values of a function.
func (b *build) reads(set *component.Set, recipe func(measurement.Path) measurement.Reading) component.Env {
	var env component.Env
	env = func(o component.Operand) (any, bool) {
		kind, _, name := o.Parts()
		var reading measurement.Reading
		switch kind {
		case component.RequestField:
			text := *b.subject.query.Field(name)
			return text, text != ""
		case component.Term:
			return set.Term(nil, name).Holds(env), true
		case component.RecipeKey:
			reading = recipe(measurement.ParsePath(name))
		case component.Snapshot:
			path := measurement.ParsePath(name)
			reading = b.readings().Get(path.Type, path.Subtype, path.Key)
		case component.DraftField: // the driver: see readable
			reading = b.driver()
		}
		if reading == nil {
			return nil, false
		}
		return reading.Any(), true
	}
	return env
}

// driver is the version that will run: what the operator installs, or what the
// nodes have.
func (b *build) driver() measurement.Reading {
	if e := find(b.entries, component.ImagePath(fieldDriver)); e != nil {
		return e.value
	}
	if e := find(b.entries, nodesDriver()); e != nil {
		return e.value
	}
	return nil
}

// readings returns those of the snapshot, none without one.
func (b *build) readings() measurement.List {
	if b.request.Snapshot == nil {
		return nil
	}
	return b.request.Snapshot.Measurements
}

// written returns the function that writes operands into texts.
func written(env component.Env) func(string) string {
	return func(name string) string {
		value, has := env(component.Operand(name))
		if !has {
			return ""
		}
		return fmt.Sprint(value)
	}
}
