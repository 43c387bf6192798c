// SPDX-License-Identifier: Apache-2.0

// Package compare holds a recipe against a snapshot: what nodes and the cluster say
// of each value that the recipe states.
package compare

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// State says how a value of a recipe compares.
type State string

// The states of a value.
const (
	Same      State = "same"
	Different State = "different"
	Unknown   State = "unknown" // the snapshot does not say
)

// Value is a value of a recipe, and what a snapshot says of it.
type Value struct {
	// Path is that of the recipe's reading, such as K8s/image/driver, or request/gpu
	// and constraints/k8s for what the recipe was made for and what it demands.
	Path  string `json:"path"`
	State State  `json:"state"`
	Want  string `json:"want"` // what the recipe says
	// Have is what the snapshot says: "" where it does not say, and where the node
	// does not have what is asked for. Where nodes or GPUs disagree it is how many
	// say what.
	Have   string `json:"have"`
	From   string `json:"from,omitempty"`   // the snapshot's reading
	Reason string `json:"reason,omitempty"` // the recipe's context, or the layer that demands it
}

// Compare returns the values of a recipe that a snapshot can say something of: the
// request and the constraints first, then the readings in canonical order.
func Compare(c *recipe.Catalog, s document.Snapshot, r document.Recipe) ([]Value, error) {
	keys, err := Keys()
	if err != nil {
		return nil, err
	}
	components, err := c.Components()
	if err != nil {
		return nil, err
	}
	j := &job{keys: keys, running: map[string][]string{}, snapshot: s.Measurements, recipe: r.Measurements, facts: c.Extract(s)}
	for i := range components {
		e := &components[i]
		j.running[component.ImageKey(e.Name)] = e.RunningReadings()
	}
	all := append(j.request(r.Request), j.constraints(r.Constraints)...)
	for _, m := range r.Measurements.Sorted() {
		for _, sub := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(sub.Data)) {
				path := measurement.Path{Type: m.Type, Subtype: sub.Name, Key: key}
				if v, compared := j.reading(path, sub.Data[key]); compared {
					v.Reason = sub.Context[key]
					all = append(all, v)
				}
			}
		}
	}
	return all, nil
}

// Differences returns the values that differ.
func Differences(all []Value) []Value {
	return slices.DeleteFunc(slices.Clone(all), func(v Value) bool { return v.State != Different })
}

type job struct {
	keys             []Key
	running          map[string][]string // by K8s/image/COMPONENT
	recipe, snapshot measurement.List
	facts            recipe.Extraction
}

// request compares what the recipe was made for with what the snapshot shows.
func (j *job) request(q document.Query) []Value {
	var all []Value
	for _, field := range document.QueryFields() {
		want, have := *q.Field(field), *j.facts.Query.Field(field)
		if want == "" {
			continue
		}
		v := Value{Path: "request/" + field, State: Unknown, Want: want, Have: have, From: j.facts.Sources[field]}
		if have != "" {
			v.State = state(want == have || beginsWith(have, want))
		}
		all = append(all, v)
	}
	return all
}

// constraints compares the versions that layers of the recipe demand.
func (j *job) constraints(list []document.Constraint) []Value {
	var all []Value
	for _, c := range list {
		v := Value{Path: "constraints/" + c.Field, State: Unknown, Want: c.Range, From: j.facts.Sources[c.Field], Reason: "demanded by " + c.Layer}
		query := j.facts.Query
		if stated := query.Field(c.Field); stated != nil {
			v.Have = *stated
		} else if k, found := Find(j.keys, component.ImageKey(c.Field)); found {
			v.Have, v.From = j.first(k.Snapshot)
		}
		if inside, err := version.Satisfies(v.Have, c.Range); v.Have != "" && err == nil {
			v.State = state(inside)
		}
		all = append(all, v)
	}
	return all
}

// reading compares a reading of the recipe, false for one that is not compared.
func (j *job) reading(path measurement.Path, want measurement.Reading) (Value, bool) {
	v := Value{Path: path.String(), State: Unknown, Want: want.String()}
	k, found := Find(j.keys, v.Path)
	expected, sayable := k.expected(want)
	if !found || len(k.Snapshot) == 0 || !sayable || !j.holds(k.When) {
		return v, false
	}
	if images := j.running[v.Path]; images != nil {
		k.Snapshot = images
	}
	if varies := j.variance(k.Snapshot[0]); varies != nil {
		v.State, v.Have, v.From = Different, varies.String(), k.Snapshot[0]
		return v, true
	}
	v.Have, v.From = j.first(k.Snapshot)
	switch {
	case v.From != "":
		if same, told := k.same(expected, v.Have); told {
			v.State = state(same)
		}
	case k.Lists && j.lists(k.Snapshot[0]):
		v.From = k.Snapshot[0]
		v.State = state(want == measurement.Bool(false))
	}
	return v, true
}

// expected is what a snapshot is to say for a value, false where it says nothing.
func (k *Key) expected(want measurement.Reading) (string, bool) {
	if k.Words == nil {
		return want.String(), true
	}
	word, known := k.Words[want.String()]
	return word, known
}

func (j *job) holds(when map[string]string) bool {
	for path, value := range when {
		if reading := get(j.recipe, path); reading == nil || reading.String() != value {
			return false
		}
	}
	return true
}

// first returns the first reading that the snapshot has, and its path.
func (j *job) first(paths []string) (have, path string) {
	for _, path := range paths {
		if reading := get(j.snapshot, path); reading != nil {
			return reading.String(), path
		}
	}
	return "", ""
}

// variance returns how many nodes or GPUs say what, nil where all agree.
func (j *job) variance(path string) measurement.Reading {
	p := measurement.ParsePath(path)
	return j.snapshot.Get(p.Type, p.Subtype+"-variance", p.Key)
}

// lists reports whether the snapshot has the list that a reading would be in.
func (j *job) lists(path string) bool {
	p := measurement.ParsePath(path)
	return j.snapshot.Subtype(p.Type, p.Subtype) != nil
}

func get(list measurement.List, path string) measurement.Reading {
	p := measurement.ParsePath(path)
	return list.Get(p.Type, p.Subtype, p.Key)
}

func state(same bool) State {
	if same {
		return Same
	}
	return Different
}

// same reports whether a snapshot says what is expected, and whether that can be
// told.
func (k *Key) same(want, have string) (same, told bool) {
	switch k.How {
	case AtLeast:
		inside, err := version.Satisfies(have, ">= "+want)
		return inside, err == nil
	case Release:
		have, _, _ = strings.Cut(have, "@")
		digest := strings.HasPrefix(have, "sha256:")
		have = strings.TrimPrefix(have, "v")
		return version.SameRelease(want, have) || strings.HasPrefix(have, strings.TrimPrefix(want, "v")+"-"), !digest
	case Prefix:
		return beginsWith(have, want), true
	case OneOf:
		return slices.Contains(strings.Fields(want), have), true
	default:
		return slices.Equal(strings.Fields(want), strings.Fields(have)), true
	}
}

// beginsWith reports whether a version has the numbers of another one at its
// beginning.
func beginsWith(text, beginning string) bool {
	v, err := version.Parse(text)
	p, prefixErr := version.Parse(beginning)
	return cmp.Or(err, prefixErr) == nil && v.HasPrefix(p)
}
