// SPDX-License-Identifier: Apache-2.0

// Package component holds what is known of each component as data: one folder a
// component below data, with component.yaml and the facts about its chart's
// releases, and data/common.yaml for what several share. Package bundle renders
// from it, package recipe chooses releases from it.
//
// The program embeds the YAML files as JSON, which is read many times faster:
// index.json has what is needed to choose components, component.json of a folder
// the rest, read when a bundle has the component. `make catalog` writes both.
package component

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

//go:embed data
var embedded embed.FS

// Facts returns the embedded facts about chart releases. It parses nothing.
func Facts() *chart.Facts { return chart.Open(data()) }

func data() fs.FS {
	tree, err := fs.Sub(embedded, "data")
	if err != nil {
		panic("component: embedded data: " + err.Error()) // "data" is a valid path: fs.Sub fails on no other ground
	}
	return tree
}

// Set is a set of components. It is safe for concurrent use.
type Set struct {
	Facts   *chart.Facts
	common  *Description
	entries []Entry          // by name
	keys    map[string]Key   // of all components
	reads   map[string][]Key // by component
	load    map[string]func() (*Description, error)
}

// index is the file that says of each component what choosing needs.
type index struct {
	Common     *Description `json:"common"`
	Entry      Entry        `json:"shared"` // of Common
	Components []Entry      `json:"components"`
}

const (
	indexName    = "index.json"
	compiledName = "component.json"
)

// Embedded returns the components that are part of this program. It is made
// anew at every call: call it once and keep the result.
func Embedded() (*Set, error) {
	text, err := fs.ReadFile(data(), indexName)
	if err != nil {
		return nil, err
	}
	var all index
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", indexName, err)
	}
	all.Common.Entry = all.Entry
	s := &Set{Facts: Facts(), common: all.Common, entries: all.Components, load: map[string]func() (*Description, error){}}
	s.noteKeys()
	for _, e := range s.entries {
		s.load[e.Name] = sync.OnceValues(func() (*Description, error) { return readCompiled(e) })
	}
	return s, nil
}

func readCompiled(e Entry) (*Description, error) {
	name := e.Name + "/" + compiledName
	text, err := fs.ReadFile(data(), name)
	if err != nil {
		return nil, err
	}
	var d Description
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d.Entry = e
	return &d, nil
}

func (s *Set) noteKeys() {
	s.keys, s.reads = map[string]Key{}, map[string][]Key{}
	for _, e := range s.entries {
		s.reads[e.Name] = e.reads()
		for _, k := range s.reads[e.Name] {
			s.keys[k.Key] = k
		}
	}
}

// Reads lists every recipe key that a component reads: its own, the version of
// its chart, the tags of its images, and the cluster's Kubernetes version. The
// list is shared: do not change it.
func (s *Set) Reads(name string) []Key { return s.reads[name] }

// Entries lists the components by name. The entries are shared: do not change
// them.
func (s *Set) Entries() []Entry { return s.entries }

// Names lists the names of the components, sorted.
func (s *Set) Names() []string {
	names := make([]string, len(s.entries))
	for i, e := range s.entries {
		names[i] = e.Name
	}
	return names
}

// Entry returns the entry of a component, false for an unknown one.
func (s *Set) Entry(name string) (Entry, bool) {
	i := slices.IndexFunc(s.entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return s.entries[i], true
}

// Common returns what belongs to no component.
func (s *Set) Common() *Description { return s.common }

// Description returns all that is known of a component of the set.
func (s *Set) Description(name string) (*Description, error) {
	load := s.load[name]
	if load == nil {
		return nil, fmt.Errorf("there is no component %q", name)
	}
	return load()
}

// Descriptions returns those of all components, by name, after the common one.
func (s *Set) Descriptions() ([]*Description, error) {
	all := []*Description{s.common}
	for _, e := range s.entries {
		d, err := s.Description(e.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Key returns the definition of a recipe key, of whatever component reads it.
func (s *Set) Key(path string) (Key, bool) {
	k, ok := s.keys[path]
	return k, ok
}

// Term returns the condition of that name, the component's own or a common one.
func (s *Set) Term(of []Named, name string) Condition {
	for _, terms := range [][]Named{of, s.common.Terms} {
		if i := slices.IndexFunc(terms, func(t Named) bool { return t.Name == name }); i >= 0 {
			return terms[i].When
		}
	}
	return nil
}
