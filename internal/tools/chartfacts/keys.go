// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// keyWriter turns values.yaml, and what the templates read, into lines of the
// data's notation.
type keyWriter struct {
	places
	notNull map[string]bool // paths still to be met
	lines   []member
	err     error // the first
}

// setting is a place in the values: what values.yaml sets there, if anything,
// and how the templates use it.
type setting struct {
	name  string
	path  string
	own   maybe               // what the chart's values.yaml sets
	given maybe               // what the parent chart sets instead
	use   *usage.Key          // nil when no template mentions the key
	above condition.Condition // when a template reads the key above
	whole condition.Condition // when some key above is rendered whole

	schema folder.ValuesSchema // what the chart's own schema of its values demands here
}

// maybe is a value that may be missing, which differs from a null.
type maybe struct {
	value any
	set   bool
}

func (m maybe) member(name string) maybe {
	members, _ := m.value.(map[string]any)
	v, ok := members[name]
	return maybe{v, ok}
}

// valueLines describes every key below a root, but for the keys named in without.
func valueLines(root setting, at places, notNull []string, without ...string) ([]member, error) {
	w := &keyWriter{places: at, notNull: map[string]bool{}}
	for _, path := range notNull {
		w.notNull[path] = true
	}
	members, _ := root.splitDotted()
	for _, below := range members {
		if !slices.Contains(without, below.path) {
			w.write(below)
		}
	}
	for _, path := range sortedKeys(w.notNull) {
		w.errorf("%s: notNull names %s, which is not a key of the chart", chart.TableName, path)
	}
	slices.SortFunc(w.lines, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return w.lines, w.err
}

func (w *keyWriter) errorf(format string, args ...any) {
	w.err = cmp.Or(w.err, fmt.Errorf(format, args...))
}

// members is the places directly below, set or mentioned.
func (s setting) members() []setting {
	names := map[string]bool{}
	for _, values := range []any{s.own.value, s.given.value} {
		members, _ := values.(map[string]any)
		for name := range members {
			names[name] = true
		}
	}
	if s.use != nil {
		for name, below := range s.use.Below {
			if below.Live() {
				names[name] = true
			}
		}
	}
	var out []setting
	for _, name := range sortedKeys(names) {
		out = append(out, setting{
			name: name, path: tree.Join(s.path, name), own: s.own.member(name), given: s.given.member(name),
			use: s.use.At(name), above: s.read(), whole: s.wholeBelow(), schema: s.schema.At(name),
		})
	}
	return out
}

// standard is the default that holds: the parent chart's before the chart's own.
func (s setting) standard() maybe {
	if s.given.set {
		return s.given
	}
	return s.own
}

// read is when a template reads the key, or one below it, or all of one above.
func (s setting) read() condition.Condition { return s.use.Read().Or(s.whole) }

// wholeBelow is when whatever is below the place is rendered.
func (s setting) wholeBelow() condition.Condition {
	if s.use == nil {
		return s.whole
	}
	return s.whole.Or(s.use.Whole).Or(s.use.Ranged)
}

// breaks is when a null is sure to make Helm fail.
func (s setting) breaks(path string) condition.Condition {
	if s.use == nil {
		return nil
	}
	return s.use.Walked.WhereNull(path)
}

func (s setting) free() bool { return !s.wholeBelow().Never() }

func (s setting) dead() bool { return s.read().Never() }

func (w *keyWriter) write(s setting) {
	members, dotted := s.splitDotted()
	typ := s.typ(len(members) > 0)
	if typ != "map" && len(members) > 0 && !s.standard().set {
		w.errorf("the templates read below %s, which is not a map", s.path)
	}
	words := typ
	for _, flag := range []struct {
		word string
		on   bool
	}{
		{" unset", typ == "map" && !s.standard().set},
		{" dead", s.dead()},
		{" notnull", w.notNull[s.path] || w.breaks(s).IsAlways()},
	} {
		if flag.on {
			words += flag.word
		}
	}
	words = strings.Join(append([]string{words}, w.uses(s, typ)...), "; ")
	if breaks := w.breaks(s); w.notNull[s.path] && !breaks.Never() {
		w.errorf("%s: strike %s from notNull: the templates say it", chart.TableName, s.path)
	}
	delete(w.notNull, s.path)
	w.lines = append(w.lines, member{s.path, s.notation(typ, words, dotted)})
	if typ != "map" {
		return
	}
	for _, below := range members {
		w.write(below)
	}
}

// splitDotted parts the members of a place into those with a path of their own and
// those that are content: where a map of whatever content has a name with a dot, such
// as the label openshift.io/scc, it stands in the map's default.
func (s setting) splitDotted() (members []setting, dotted map[string]any) {
	for _, below := range s.members() {
		if !strings.Contains(below.name, ".") || !s.free() || !below.standard().set {
			members = append(members, below)
			continue
		}
		if dotted == nil {
			dotted = map[string]any{}
		}
		dotted[below.name] = below.standard().value
	}
	return members, dotted
}

func (s setting) notation(typ, words string, dotted map[string]any) any {
	switch {
	case dotted != nil:
		return []any{words, dotted}
	case typ == "map" || !s.standard().set:
		return words
	default:
		return []any{words, s.standard().value}
	}
}

// typ is the type of the chart's own default, or what the templates' use says.
// Where only the parent chart mentions a key, its value shows the type.
func (s setting) typ(hasMembers bool) string {
	if s.own.value != nil {
		return s.typeOf(s.own.value)
	}
	if _, isMap := s.given.value.(map[string]any); isMap && !s.own.set || s.given.set && !s.use.Live() {
		return s.typeOf(s.given.value)
	}
	switch {
	case jsonType(s.schema.Type.Single()) != "":
		return jsonType(s.schema.Type.Single())
	case s.own.set && (s.free() || hasMembers || s.dead()):
		return "any"
	case s.printsElements():
		return "strings"
	case hasMembers && !s.standard().set: // asked for by name, whether it is rendered whole or not
		return "map"
	case !s.use.Whole.Never() || s.use.Named:
		return "any"
	case !s.use.Ranged.Never():
		return "list"
	case hasMembers:
		return "map"
	case s.name == "nameOverride" || s.name == "fullnameOverride":
		return "string" // the helpers cut it to length
	default:
		return "scalar"
	}
}

// jsonType is the data's word for a scalar JSON type. Maps and lists say more by
// how they are used.
func jsonType(name string) string {
	switch name {
	case "string", "number":
		return name
	case "boolean":
		return "bool"
	case "integer":
		return "number"
	default:
		return ""
	}
}

func (s setting) typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case int64, float64:
		return "number"
	case map[string]any:
		return "map"
	case []any:
		if s.printsElements() {
			return "strings"
		}
		return "list"
	default:
		return "any"
	}
}

// printsElements reports whether all that the templates do with a list is to
// print its elements.
func (s setting) printsElements() bool {
	if s.use == nil || !s.whole.Never() || !s.use.Whole.Never() || s.use.Element == nil {
		return false
	}
	element := s.use.Element
	return !element.Used.Never() && element.Whole.Never() && len(element.Below) == 0
}
