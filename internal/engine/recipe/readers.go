// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// Reader is what reads a reading of snapshots.
type Reader struct {
	Reading string // such as K8s/node/os-image; all of a subtype end in /*
	Kind    ReaderKind
	Name    string // the field of the query, the recipe key, the overlay or the rule
}

// ReaderKind says what a reading decides.
type ReaderKind string

// The kinds of readers.
const (
	ReaderQuery   ReaderKind = "query"
	ReaderFact    ReaderKind = "fact"
	ReaderOverlay ReaderKind = "overlay"
	ReaderRule    ReaderKind = "rule"
)

// Readers lists what reads which reading of snapshots, each once, in the order of
// the readings. What is compared with the recipe as a whole is not among them.
func (c *Catalog) Readers() ([]Reader, error) {
	all := c.queryReaders()
	for _, f := range c.knowledge().Facts {
		all = append(all, readersOf(ReaderFact, f.Set, f.When, f.From, f.Why.Text)...)
	}
	for _, l := range c.overlays {
		all = append(all, readersOf(ReaderOverlay, l.name, l.when, "")...)
	}
	for _, r := range c.knowledge().Rules {
		for _, example := range r.Cases {
			all = append(all, readersOf(ReaderRule, r.Name, example.When, "", example.Message, example.Advice)...)
		}
	}
	general, err := c.generalReaders()
	all = append(all, general...)
	slices.SortFunc(all, func(a, b Reader) int {
		return cmp.Or(cmp.Compare(a.Reading, b.Reading), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return slices.Compact(all), err
}

// queryReaders are the fields of the query, by what they are tried from.
func (c *Catalog) queryReaders() []Reader {
	var all []Reader
	for _, f := range c.extractor(nil, c.values).fields() {
		for _, clue := range f.clues {
			if clue.source == imageSource {
				clue.source += "/*"
			}
			all = append(all, Reader{clue.source, ReaderQuery, f.name})
		}
	}
	return all
}

// generalReaders are the rules of every catalog.
func (c *Catalog) generalReaders() ([]Reader, error) {
	components, err := c.Components()
	all := []Reader{{"K8s/node/instance-type", ReaderOverlay, instanceName}}
	for _, e := range components {
		for _, rule := range []string{ruleInstalledNewer, ruleInstalledFarBehind, ruleInstalledDefinitions} {
			for _, path := range e.RunningReadings() {
				all = append(all, Reader{path, ReaderRule, rule})
			}
		}
	}
	for _, path := range installedDriver() {
		all = append(all, Reader{path, ReaderRule, ruleInstalledBranch})
	}
	for _, path := range partitionModes() {
		all = append(all, Reader{path, ReaderRule, ruleMIGLeftOff})
	}
	for _, key := range mixedKeys() {
		all = append(all, Reader{"K8s/node-variance/" + key, ReaderRule, ruleNodesDiffer})
	}
	for _, path := range []string{"GPU/device/*.model", "GPU/device/*.pci-id"} {
		all = append(all, Reader{path, ReaderRule, ruleNodesDiffer})
	}
	return all, err
}

// readersOf are the readings in a condition, an operand and texts.
func readersOf(kind ReaderKind, name string, when component.Condition, from component.Operand, texts ...string) []Reader {
	operands := []component.Operand{from}
	for _, clause := range when.Clauses() {
		operands = append(operands, clause.Operand)
	}
	for _, text := range texts {
		component.Fill(text, func(operand string) string {
			operands = append(operands, component.Operand(operand))
			return ""
		})
	}
	var all []Reader
	for _, o := range operands {
		if of, _, reading := o.Parts(); of == component.Snapshot {
			all = append(all, Reader{reading, kind, name})
		}
	}
	return all
}
