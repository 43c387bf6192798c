// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// places knows the objects in which the values of a chart or sub-chart land.
type places struct {
	prefix string                         // of the sub-chart's keys
	active condition.Condition            // when the sub-chart's templates are
	kinds  map[string]condition.Condition // custom resources whose schema the data holds, and when they are written
	policy []string                       // the fields of the ClusterPolicy, in the data's notation
}

// rendering is a place where a key is rendered whole; "" for one without a schema.
type rendering struct {
	into   string
	quoted bool
	always bool // also where it is empty, so that a null is left
	when   condition.Condition
}

func (r rendering) words() string {
	words := "into " + r.into
	switch {
	case r.into == "":
		return "free"
	case r.always:
		words = "copy " + r.into
	}
	if r.quoted {
		words += " quoted"
	}
	return words
}

// mostAlternatives bounds the conditions on which a key is read: one that many
// templates read has an effect.
const mostAlternatives = 4

// uses says when a key is read and where it lands, in the data's notation.
func (p places) uses(s setting, typ string) []string {
	if s.dead() {
		return nil
	}
	var out []string
	path := strings.TrimSuffix(p.prefix+s.path, ".")
	read := s.read().Without(path)
	if known := read.Given(p.active).Given(s.above); !known.IsAlways() && len(known) <= mostAlternatives {
		out = append(out, "when "+known.Notation(p.kinds))
	}
	if when := p.breaks(s); !when.Never() && !when.IsAlways() {
		out = append(out, "notnull when "+when.Notation(p.kinds))
	}
	for _, r := range p.renderings(s, path, typ) {
		words := r.words()
		if kind, _, isField := strings.Cut(r.into, "."); isField {
			r.when = r.when.Given(p.kinds[kind])
		}
		if when := r.when.Without(path).Given(p.active).Given(s.above).Given(read).Notation(p.kinds); when != "" {
			words += " when " + when
		}
		out = append(out, words)
	}
	if demanded := demands(s.schema); demanded != "" && !saysSo(typ, demanded) && !slices.Contains(out, "into "+demanded) {
		out = append(out, "as "+demanded)
	}
	return out
}

// saysSo reports whether the data's type of a key says all that is demanded.
func saysSo(typ, demanded string) bool {
	return typ == "strings" && demanded == "[string]" || typ == "map" && demanded == "object"
}

// breaks is when a null makes Helm fail, where a template reads the key at all.
func (p places) breaks(s setting) condition.Condition {
	path := strings.TrimSuffix(p.prefix+s.path, ".")
	return s.breaks(path).Given(p.active).Given(s.above).Given(s.read().Without(path))
}

// renderings lists the places of a key by their notation.
func (p places) renderings(s setting, path, typ string) []rendering {
	if s.use == nil {
		return nil
	}
	isTree := typ == "map" || typ == "list" || typ == "any"
	var all []rendering
	add := func(into string, at usage.Place) {
		isField := strings.Contains(into, ".")
		i := slices.IndexFunc(all, func(r rendering) bool { return r.into == into })
		if i < 0 {
			all = append(all, rendering{into, at.Quoted, isField && at.When.Lets(path), at.When})
		} else {
			all[i].when = all[i].when.Or(at.When)
		}
	}
	for _, at := range s.use.Places {
		into, known := p.into(at, path)
		switch {
		case known || at.Bare == isTree || at.Bare && !strings.Contains(into, "."):
		case into != "" || typ != "list":
			add(into, at)
		}
	}
	if isTree && typ != "list" && !s.use.Ranged.Never() {
		add("", usage.Place{When: s.use.Ranged})
	}
	return all
}

// into is the data's notation for a place: a field of a custom resource or a type
// of Kubernetes' own. A field of the ClusterPolicy may be known already.
func (p places) into(at usage.Place, path string) (notation string, known bool) {
	field := strings.TrimPrefix(at.Path, "spec.")
	switch {
	case at.Kind == "ClusterPolicy" && slices.ContainsFunc(p.policy, func(line string) bool { return takes(line, field, path) }):
		return "", true
	case p.kinds[at.Kind] != nil && strings.HasPrefix(at.Path, "spec.") && !strings.Contains(at.Path, "["):
		return at.Kind + "." + at.Path, false
	case strings.HasSuffix(at.Path, "metadata.labels") || strings.HasSuffix(at.Path, "metadata.annotations"):
		return "{string}", false
	default:
		return kubernetesType(at.Kind, at.Path), false
	}
}

// takes reports whether a line of the ClusterPolicy's map copies a key to a field.
func takes(line, field, path string) bool {
	words := strings.Fields(line)
	from := words[0]
	if i := slices.Index(words, "from"); i > 0 {
		from = words[i+1]
	}
	return words[0] == field && from == path && words[1] != "labels"
}
