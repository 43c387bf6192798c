// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// Group is nodes whose snapshots are equal.
type Group struct {
	Nodes     []string // sorted
	ConfigMap string   // its name; "" when the snapshot is not stored
	SHA256    string   // of the snapshot without its metadata
	// Snapshot of the first of the nodes.
	Snapshot document.Snapshot
	// Differences from the typical node, by "Type/subtype/key": what these nodes
	// say, nil for nothing.
	Differences map[string]*string
}

type sum = [sha256.Size]byte

// fleet is the snapshots of many nodes. Most of what they say is equal, and kept
// once.
type fleet struct {
	parts map[sum]measurement.Subtype
	nodes map[string]*member
}

type member struct {
	facts    sum // of the measurements
	snapshot document.Snapshot
}

func newFleet() *fleet {
	return &fleet{parts: map[sum]measurement.Subtype{}, nodes: map[string]*member{}}
}

func (f *fleet) add(node string, s document.Snapshot) {
	all := sha256.New()
	s.Measurements = s.Measurements.Sorted()
	for _, m := range s.Measurements {
		for i, part := range m.Subtypes {
			key := identity(m.Type, part)
			if known, ok := f.parts[key]; ok {
				m.Subtypes[i] = known
			} else {
				f.parts[key] = part
			}
			all.Write(key[:])
		}
	}
	f.nodes[node] = &member{facts: sum(all.Sum(nil)), snapshot: s}
}

// identity is equal for subtypes that say the same.
func identity(t measurement.Type, s measurement.Subtype) sum {
	text := fmt.Appendf(nil, "%q %q\n", t, s.Name)
	for _, key := range slices.Sorted(maps.Keys(s.Data)) {
		text = fmt.Appendf(text, "%q %T %q %q\n", key, s.Data[key].Any(), s.Data[key].String(), s.Context[key])
	}
	return sha256.Sum256(text)
}

// complete adds to every node what others know of its cluster. What a node says
// itself is right: others know it secondhand.
func (f *fleet) complete(others measurement.List) {
	for name, m := range f.nodes {
		all := m.snapshot
		for _, other := range others {
			for _, part := range other.Subtypes {
				if all.Measurements.Subtype(other.Type, part.Name) == nil {
					all.Measurements = withSubtype(all.Measurements, other.Type, part)
				}
			}
		}
		f.add(name, all)
	}
}

func withSubtype(list measurement.List, t measurement.Type, part measurement.Subtype) measurement.List {
	for i := range list {
		if list[i].Type == t {
			list[i].Subtypes = append(list[i].Subtypes, part)
			return list
		}
	}
	return append(list, measurement.Measurement{Type: t, Subtypes: []measurement.Subtype{part}})
}

// result groups the nodes: the typical one's group first, then the largest.
func (f *fleet) result() (*Result, error) {
	r := &Result{Nodes: map[string]NodeSnapshot{}, LeftOut: map[string]string{}}
	lists := make(map[string]measurement.List, len(f.nodes))
	byFacts := map[sum]*Group{}
	for _, name := range slices.Sorted(maps.Keys(f.nodes)) {
		m := f.nodes[name]
		lists[name] = m.snapshot.Measurements
		if byFacts[m.facts] == nil {
			byFacts[m.facts] = &Group{Snapshot: m.snapshot}
		}
		g := byFacts[m.facts]
		g.Nodes = append(g.Nodes, name)
	}
	r.Node, r.Disagreements = snapshot.Typical(lists)
	typical := byFacts[f.nodes[r.Node].facts]
	delete(byFacts, f.nodes[r.Node].facts)
	r.Groups = append([]*Group{typical}, slices.SortedFunc(maps.Values(byFacts), func(a, b *Group) int {
		return cmp.Or(cmp.Compare(len(b.Nodes), len(a.Nodes)), cmp.Compare(a.Nodes[0], b.Nodes[0]))
	})...)
	for _, g := range r.Groups {
		var err error
		if g.SHA256, err = factsSHA256(g.Snapshot); err != nil {
			return nil, err
		}
		g.Differences = differences(typical.Snapshot.Measurements, g.Snapshot.Measurements)
		for _, name := range g.Nodes {
			r.Nodes[name] = NodeSnapshot{Snapshot: f.nodes[name].snapshot}
		}
	}
	return r, nil
}

// factsSHA256 is of the snapshot's canonical YAML without its metadata.
func factsSHA256(s document.Snapshot) (string, error) {
	s.Metadata = document.SnapshotMetadata{}
	text, err := s.YAML()
	if err != nil {
		return "", fmt.Errorf("encoding a snapshot: %w", err)
	}
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:]), nil
}

// differences are the readings of a list that are not those of the other, nil for
// those that it lacks.
func differences(of, from measurement.List) map[string]*string {
	differing := map[string]*string{}
	each(from, func(path measurement.Path, reading measurement.Reading) {
		if of.Get(path.Type, path.Subtype, path.Key) != reading {
			differing[path.String()] = new(reading.String())
		}
	})
	each(of, func(path measurement.Path, _ measurement.Reading) {
		if from.Get(path.Type, path.Subtype, path.Key) == nil {
			differing[path.String()] = nil
		}
	})
	return differing
}

func each(list measurement.List, do func(measurement.Path, measurement.Reading)) {
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				do(measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}, reading)
			}
		}
	}
}
