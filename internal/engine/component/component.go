// SPDX-License-Identifier: Apache-2.0

// Package component holds what is known of each component as data. Each has a
// folder below data, with component.yaml and the facts about its chart's releases;
// data/common/component.yaml has what several share. Package bundle renders from
// it, and package recipe chooses releases from it.
//
// The program embeds the YAML files as JSON, which is read many times faster:
// index.json has what choosing components takes, and the component.json of a
// folder has the rest, which is read when a bundle has the component. `make
// catalog` writes them.
package component

import (
	"cmp"
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
		panic("component: embedded data: " + err.Error()) // "data" is a valid path, and fs.Sub fails for nothing else
	}
	return tree
}

// Set is a set of components. It is safe for concurrent use.
type Set struct {
	Facts   *chart.Facts
	terms   []Named // of all components
	entries []Entry // by name
	load    map[string]func() (*Description, error)
}

// index is the file that holds what choosing components needs.
type index struct {
	Terms      []Named `json:"terms"`
	Components []Entry `json:"components"`
}

// The names of the files that Embedded reads, and of the common description.
const (
	indexName    = "index.json"
	compiledName = "component.json"
	commonFolder = "common"
)

// Embedded returns the components that are part of this program. It is made
// anew at every call: call it once and keep the result.
func Embedded() (*Set, error) {
	var all index
	if err := readJSON(indexName, &all); err != nil {
		return nil, err
	}
	s := &Set{Facts: Facts(), terms: all.Terms, entries: all.Components, load: map[string]func() (*Description, error){}}
	for _, e := range append([]Entry{{}}, s.entries...) {
		s.load[e.Name] = sync.OnceValues(func() (*Description, error) {
			d := &Description{Entry: e}
			return d, readJSON(cmp.Or(e.Name, commonFolder)+"/"+compiledName, d)
		})
	}
	return s, nil
}

func readJSON(name string, to any) error {
	text, err := fs.ReadFile(data(), name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

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

// Common returns the description of what components share.
func (s *Set) Common() (*Description, error) { return s.Description("") }

// Description returns all that is known of a component of the set.
func (s *Set) Description(name string) (*Description, error) {
	load := s.load[name]
	if load == nil {
		return nil, fmt.Errorf("there is no component %q", name)
	}
	return load()
}

// Descriptions returns the common description, then those of all components by
// name.
func (s *Set) Descriptions() ([]*Description, error) {
	var all []*Description
	for _, name := range append([]string{""}, s.Names()...) {
		d, err := s.Description(name)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// States lists how objects of kinds that are special say whether they are up.
func (s *Set) States() ([]State, error) {
	all, err := s.Descriptions()
	var states []State
	for _, d := range all {
		states = append(states, d.States...)
	}
	return states, err
}

// Term returns the condition of that name, a component's own or a common one.
func (s *Set) Term(own []Named, name string) Condition {
	for _, terms := range [][]Named{own, s.terms} {
		for i := range terms {
			if terms[i].Name == name {
				return terms[i].When
			}
		}
	}
	return nil
}
