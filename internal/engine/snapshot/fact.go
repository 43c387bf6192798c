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

// facts are what one node says, or most nodes do, by "Type/subtype/key". The
// operating system is one fact, osRelease, of ID and VERSION_ID with a blank
// between them: the version of one distribution says nothing of another.
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
	nodes int
	said  map[string]map[measurement.Reading]int
}

func newFactCount() *factCount {
	return &factCount{said: map[string]map[measurement.Reading]int{}}
}

func (c *factCount) add(f facts) {
	c.nodes++
	for path, reading := range f {
		if c.said[path] == nil {
			c.said[path] = map[measurement.Reading]int{}
		}
		c.said[path][reading]++
	}
}

// majority returns what most nodes say, and for each fact that they disagree
// about how many say what. The keys of the variance are those of K8s/node, or
// the path of a fact that is not there.
func (c *factCount) majority() (most facts, variance map[string]measurement.Reading) {
	most, variance = facts{}, map[string]measurement.Reading{}
	for path, counts := range c.said {
		sorted := byCount(counts)
		most[path] = sorted[0]
		if len(sorted) > 1 {
			variance[strings.TrimPrefix(path, "K8s/node/")] = measurement.Str(tally(sorted, counts))
		}
	}
	return most, variance
}

// byCount returns what is said, the most frequent first.
func byCount(counts map[measurement.Reading]int) []measurement.Reading {
	return slices.SortedFunc(maps.Keys(counts), func(a, b measurement.Reading) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.String(), b.String()))
	})
}

// tally returns such as "H100: 3, A100: 1".
func tally(sorted []measurement.Reading, counts map[measurement.Reading]int) string {
	parts := make([]string, len(sorted))
	for i, reading := range sorted {
		parts[i] = fmt.Sprintf("%s: %d", reading, counts[reading])
	}
	return strings.Join(parts, ", ")
}
