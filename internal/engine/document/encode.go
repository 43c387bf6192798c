// SPDX-License-Identifier: Apache-2.0

package document

import (
	"maps"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// YAML encodes the snapshot.
func (s Snapshot) YAML() ([]byte, error) { return canonical.YAML(s.node()) }

// JSON encodes the snapshot.
func (s Snapshot) JSON() ([]byte, error) { return canonical.JSON(s.node()) }

// YAML encodes the recipe.
func (r Recipe) YAML() ([]byte, error) { return canonical.YAML(r.node()) }

// JSON encodes the recipe.
func (r Recipe) JSON() ([]byte, error) { return canonical.JSON(r.node()) }

// JSONMaps encodes the recipe as JSON on one line whose measurements are one map,
// {K8s/image/driver: "595.91.07"}, next to a map of their contexts: of a map a
// reader of differences, such as Terraform, shows only the keys that change. It is
// the same document.
func (r Recipe) JSONMaps() ([]byte, error) {
	data, contexts := canonical.Mapping(), canonical.Mapping()
	for _, m := range r.Measurements.Sorted() {
		for _, s := range m.Subtypes {
			for _, key := range slices.Sorted(maps.Keys(s.Data)) {
				path := canonical.String(measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String())
				data.Content = append(data.Content, path, readingNode(s.Data[key]))
				if context, ok := s.Context[key]; ok {
					contexts.Content = append(contexts.Content, path, canonical.String(context))
				}
			}
		}
	}
	pairs := append(r.pairs(), canonical.Pair{Key: "measurements", Value: data})
	if len(contexts.Content) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "contexts", Value: contexts})
	}
	return canonical.JSONLine(canonical.Mapping(pairs...))
}

func (s Snapshot) node() *yaml.Node {
	metadata := texts([2]string{"created", s.Metadata.Created}, [2]string{"hostname", s.Metadata.Hostname}, [2]string{"version", s.Metadata.Version})
	return canonical.Mapping(slices.Concat(
		header(SnapshotKind, SnapshotAPIVersion, metadata),
		[]canonical.Pair{{Key: "measurements", Value: measurementsNode(s.Measurements)}},
	)...)
}

func (r Recipe) node() *yaml.Node {
	pairs := append(r.pairs(), canonical.Pair{Key: "measurements", Value: measurementsNode(r.Measurements)})
	if r.Account != nil {
		pairs = append(pairs,
			canonical.Pair{Key: "provenance", Value: mapping(r.Account.Provenance, Origin.node)},
			canonical.Pair{Key: "findings", Value: sequence(r.Account.Findings, Finding.node)})
	}
	return canonical.Mapping(pairs...)
}

func (o Origin) node() *yaml.Node {
	pairs := texts([2]string{"layer", o.Layer}, [2]string{"reason", o.Reason})
	if len(o.Replaced) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "replaced", Value: sequence(o.Replaced, Former.node)})
	}
	return canonical.Mapping(pairs...)
}

func (f Former) node() *yaml.Node {
	pairs := texts([2]string{"layer", f.Layer})
	if f.Value != nil {
		pairs = append(pairs, canonical.Pair{Key: "value", Value: canonical.String(*f.Value)})
	}
	return canonical.Mapping(pairs...)
}

func (f Finding) node() *yaml.Node {
	return canonical.Mapping(texts([2]string{"rule", f.Rule}, [2]string{"field", f.Field}, [2]string{"path", f.Path}, [2]string{"message", f.Message})...)
}

// pairs returns the document but for its measurements.
func (r Recipe) pairs() []canonical.Pair {
	pairs := header(RecipeKind, RecipeAPIVersion, texts([2]string{"created", r.Metadata.Created}, [2]string{"recipe-version", r.Metadata.Version}))
	if request := r.Request.pairs(); len(request) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "request", Value: canonical.Mapping(request...)})
	}
	if len(r.MatchedRules) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "matchedRules", Value: sequence(r.MatchedRules, canonical.String)})
	}
	if len(r.Constraints) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "constraints", Value: sequence(r.Constraints, Constraint.node)})
	}
	return pairs
}

func (c Constraint) node() *yaml.Node {
	return canonical.Mapping(texts([2]string{"field", c.Field}, [2]string{"range", c.Range}, [2]string{"layer", c.Layer})...)
}

func header(kind, apiVersion string, metadata []canonical.Pair) []canonical.Pair {
	pairs := texts([2]string{"apiVersion", apiVersion}, [2]string{"kind", kind})
	if len(metadata) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "metadata", Value: canonical.Mapping(metadata...)})
	}
	return pairs
}

func (q Query) pairs() []canonical.Pair {
	var pairs []canonical.Pair
	for _, name := range QueryFields() {
		pairs = append(pairs, texts([2]string{name, *q.Field(name)})...)
	}
	if q.Context {
		pairs = append(pairs, canonical.Pair{Key: "context", Value: canonical.Scalar("!!bool", strconv.FormatBool(true))})
	}
	return pairs
}

// texts returns pairs of names and texts, without those whose text is empty.
func texts(namesAndTexts ...[2]string) []canonical.Pair {
	var pairs []canonical.Pair
	for _, t := range namesAndTexts {
		if name, text := t[0], t[1]; text != "" {
			pairs = append(pairs, canonical.Pair{Key: name, Value: canonical.String(text)})
		}
	}
	return pairs
}

func sequence[T any](list []T, node func(T) *yaml.Node) *yaml.Node {
	all := canonical.Sequence()
	for _, element := range list {
		all.Content = append(all.Content, node(element))
	}
	return all
}

func mapping[T any](values map[string]T, node func(T) *yaml.Node) *yaml.Node {
	all := canonical.Mapping()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all.Content = append(all.Content, canonical.String(key), node(values[key]))
	}
	return all
}

func measurementsNode(list measurement.List) *yaml.Node {
	return sequence(list.Sorted(), measurementNode)
}

func measurementNode(m measurement.Measurement) *yaml.Node {
	return canonical.Mapping(
		canonical.Pair{Key: "type", Value: canonical.String(string(m.Type))},
		canonical.Pair{Key: "subtypes", Value: sequence(m.Subtypes, subtypeNode)},
	)
}

func subtypeNode(s measurement.Subtype) *yaml.Node {
	pairs := []canonical.Pair{
		{Key: "subtype", Value: canonical.String(s.Name)},
		{Key: "data", Value: mapping(s.Data, readingNode)},
	}
	if len(s.Context) > 0 {
		pairs = append(pairs, canonical.Pair{Key: "context", Value: mapping(s.Context, canonical.String)})
	}
	return canonical.Mapping(pairs...)
}

func readingNode(r measurement.Reading) *yaml.Node {
	switch r.Any().(type) {
	case string:
		return canonical.String(r.String())
	case bool:
		return canonical.Scalar("!!bool", r.String())
	case float64:
		return canonical.Scalar("!!float", r.String())
	default:
		return canonical.Scalar("!!int", r.String())
	}
}
