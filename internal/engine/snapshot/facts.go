// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Tally counts how many nodes, GPUs or containers say what.
type Tally[T comparable] map[T]int

// Sorted returns what is said, the most frequent first, and among equals in the
// order of the texts.
func (t Tally[T]) Sorted() []T {
	return slices.SortedFunc(maps.Keys(t), func(a, b T) int {
		return cmp.Or(cmp.Compare(t[b], t[a]), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
}

// String returns "H100: 3, A100: 1".
func (t Tally[T]) String() string {
	var parts []string
	for _, said := range t.Sorted() {
		parts = append(parts, fmt.Sprintf("%v: %d", said, t[said]))
	}
	return strings.Join(parts, ", ")
}

// facts are what one node says by "Type/subtype/key". The
// operating system is one fact, osRelease, of ID and VERSION_ID with a blank
// between them: the version of one distribution says nothing about another.
type facts map[string]measurement.Reading

const osRelease = "OS/release"

// text sets a fact unless the text is empty.
func (f facts) text(path, text string) {
	if text != "" {
		f[path] = measurement.Str(text)
	}
}

// prefixed returns the facts of one subtype by their keys.
func (f facts) prefixed(prefix string) map[string]measurement.Reading {
	data := map[string]measurement.Reading{}
	for path, reading := range f {
		if key, ok := strings.CutPrefix(path, prefix); ok {
			data[key] = reading
		}
	}
	return data
}

// release returns the data of OS/release.
func (f facts) release() map[string]measurement.Reading {
	system, known := f[osRelease]
	if !known {
		return nil
	}
	id, version, versioned := strings.Cut(system.String(), " ")
	data := map[string]measurement.Reading{"ID": measurement.Str(id)}
	if versioned {
		data["VERSION_ID"] = measurement.Str(version)
	}
	return data
}

// factCount counts how many nodes say what.
type factCount struct {
	nodes  int
	said   map[string]Tally[measurement.Reading]
	alike  map[string]facts // one node of those that say the same, by all that they say
	taints taintCount
}

func newFactCount() *factCount {
	return &factCount{said: map[string]Tally[measurement.Reading]{}, alike: map[string]facts{}, taints: taintCount{}}
}

func (c *factCount) add(f facts) {
	c.nodes++
	c.alike[f.String()] = f
	for path, reading := range f {
		if c.said[path] == nil {
			c.said[path] = Tally[measurement.Reading]{}
		}
		c.said[path][reading]++
	}
}

// String returns all that is said, in the order of the paths.
func (f facts) String() string {
	var out strings.Builder
	for _, path := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintf(&out, "%s=%v\n", path, f[path])
	}
	return out.String()
}

// typical returns what the node says that agrees with the others in most facts,
// among equals the first in the order of the texts, and for each fact that nodes
// disagree about how many say what. The keys of the variance are those of K8s/node,
// or the path of a fact that is not there.
func (c *factCount) typical() (most facts, variance map[string]measurement.Reading) {
	best := -1
	for _, text := range slices.Sorted(maps.Keys(c.alike)) {
		if n := c.agreement(c.alike[text]); n > best {
			most, best = c.alike[text], n
		}
	}
	variance = map[string]measurement.Reading{}
	for path, tally := range c.said {
		if len(tally) > 1 {
			variance[strings.TrimPrefix(path, "K8s/node/")] = measurement.Str(tally.String())
		}
	}
	return most, variance
}

// agreement sums, over the facts of one node, how many nodes say the same.
func (c *factCount) agreement(f facts) int {
	sum := 0
	for path, reading := range f {
		sum += c.said[path][reading]
	}
	return sum
}

// Typical returns the node whose measurements stand for those of all nodes: the
// one that agrees with the others in most readings, and among equals the first
// by name. Taken as a whole, they contradict each other no more than one machine
// does, where a majority for each key might make up a machine that does not
// exist.
//
// disagreements has a key for every reading that nodes disagree about, as
// "Type/subtype/key", and as its value what they say with how many do:
// "6.8.0-1034-azure: 3, 6.8.0-1029-azure: 1". A node that does not say counts
// for nothing.
func Typical(nodes map[string]measurement.List) (node string, disagreements map[string]string) {
	count := newFactCount()
	for _, list := range nodes {
		count.add(factsOf(list))
	}
	most := -1
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		if agreement := count.agreement(factsOf(nodes[name])); agreement > most {
			node, most = name, agreement
		}
	}
	disagreements = map[string]string{}
	for path, tally := range count.said {
		if len(tally) > 1 {
			disagreements[path] = tally.String()
		}
	}
	return node, disagreements
}

func factsOf(list measurement.List) facts {
	f := facts{}
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				f[measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()] = reading
			}
		}
	}
	return f
}
