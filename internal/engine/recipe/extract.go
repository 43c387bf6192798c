// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Extraction is the query that a snapshot amounts to, and where each field of
// it was read.
type Extraction struct {
	Query document.Query
	// Sources names the reading that each field was taken from, such as
	// "K8s/node/os-image".
	Sources map[string]string
	// Findings report sources that disagree and of readings without a meaning.
	Findings []Finding
	// Missing says, for each field that stayed empty, which sources were tried
	// and what they said.
	Missing map[string]string
	// System is the ID of os-release behind the query's os, which is its family's name.
	System string
	// Unsupported says of fields that stayed empty what the snapshot shows that no
	// recipe is for.
	Unsupported map[string]string
	// InstanceTypes are those of the nodes, that of most nodes first.
	InstanceTypes []string
}

// Extract reads a query from a snapshot. Every field has an ordered list of
// sources; the first that says something usable serves.
func (c *Catalog) Extract(s document.Snapshot) Extraction { return c.extract(s, c.values) }

func (c *Catalog) extract(s document.Snapshot, words vocabulary) Extraction {
	e := Extraction{Sources: map[string]string{}, Missing: map[string]string{}, Unsupported: map[string]string{}}
	x := c.extractor(s.Measurements, words)
	for _, f := range x.fields() {
		e.take(f.name, f.clues)
	}
	e.System = x.systemID(e.Sources["os"])
	e.Findings = append(e.Findings, x.siblings(e.Sources["gpu"])...)
	e.Findings = append(e.Findings, x.mixtures(e.Query.GPU)...)
	e.InstanceTypes = x.instanceTypes()
	return e
}

// fieldClues are the clues of one field, the first that serves first.
type fieldClues struct {
	name  string
	clues []clue
}

func (x extractor) fields() []fieldClues {
	systems, versions := x.system()
	return []fieldClues{
		{"k8s", x.k8s()},
		{"service", x.service()},
		{"os", systems},
		{"osv", versions},
		{"kernel", x.kernel()},
		{"gpu", x.gpu()},
		{"intent", []clue{x.enumerated("intent", measurement.K8s, "config", "intent")}},
	}
}

func (e *Extraction) forget(field string) {
	*e.Query.Field(field) = ""
	delete(e.Sources, field)
	e.Findings = slices.DeleteFunc(e.Findings, func(w Finding) bool { return w.Field == field })
}

// clue is what one source says of one field.
type clue struct {
	source string
	said   string // as read, "" when the source is absent
	value  string // what it means for the field, "" when nothing
	why    string // why it means nothing, "" where what was said shows it
	// unsupported is what it means although no recipe is for it, such as "rhcos is a
	// system that no recipe is for".
	unsupported string
}

// take sets a field from the first clue that means something, and warns of
// others that mean something else.
func (e *Extraction) take(field string, clues []clue) {
	var served *clue
	for i, c := range clues {
		switch {
		case c.value == "":
		case served == nil:
			served = &clues[i]
		case !agree(field, served.value, c.value):
			e.Findings = append(e.Findings, Finding{Rule: ruleSourcesDisagree, Field: field, Message: fmt.Sprintf(
				"%s says %s, %s says %s; used the first: %s", served.source, words.Quote(served.said), c.source, words.Quote(c.said), served.value)})
		}
	}
	if served == nil {
		e.Missing[field] = tried(clues)
		if what := unsupported(clues); what != "" {
			e.Unsupported[field] = what
		}
		e.warnOfNonsense(field, clues)
		return
	}
	*e.Query.Field(field) = served.value
	e.Sources[field] = served.source
}

// warnOfNonsense reports a reading that is there but means nothing, for the
// fields that a recipe can do without: the others make it an error.
func (e *Extraction) warnOfNonsense(field string, clues []clue) {
	said := slices.ContainsFunc(clues, func(c clue) bool { return c.said != "" })
	if said && (field == "k8s" || field == "kernel" || field == "intent") {
		e.Findings = append(e.Findings, Finding{Rule: ruleUnreadable, Field: field, Message: "nothing usable was read: " + tried(clues)})
	}
}

// unsupported returns the first thing that is known to have no recipe, "" for none.
func unsupported(clues []clue) string {
	i := slices.IndexFunc(clues, func(c clue) bool { return c.unsupported != "" })
	if i < 0 {
		return ""
	}
	return clues[i].unsupported
}

// agree reports whether two values of a field may be the same thing: equal, or
// operating system versions of which one is more exact.
func agree(field, a, b string) bool {
	if a == b {
		return true
	}
	if field != "osv" {
		return false
	}
	va, errA := version.Parse(a)
	vb, errB := version.Parse(b)
	return errA == nil && errB == nil && va.Agree(vb)
}

func tried(clues []clue) string {
	parts := make([]string, len(clues))
	for i, c := range clues {
		parts[i] = c.source + " is absent"
		if c.said != "" {
			parts[i] = c.source + " says " + words.Quote(c.said)
		}
		if c.why != "" {
			parts[i] += ": " + c.why
		}
	}
	return strings.Join(parts, ", ")
}

// extractor reads clues from one snapshot.
type extractor struct {
	list      measurement.List
	words     vocabulary
	services  serviceTable
	platforms platformTable
	products  productTable
}

func (c *Catalog) extractor(list measurement.List, words vocabulary) extractor {
	return extractor{list: list, words: words, services: c.services, platforms: c.platforms, products: c.products}
}

func (x extractor) read(t measurement.Type, subtype, key string) clue {
	path := measurement.Path{Type: t, Subtype: subtype, Key: key}
	return clue{source: path.String(), said: strings.TrimSpace(x.list.Text(t, subtype, key))}
}

func (x extractor) enumerated(field string, t measurement.Type, subtype, key string) clue {
	c := x.read(t, subtype, key)
	c.value = x.known(field, c.said)
	return c
}

// known returns the normal form of a value, or "" when no data knows it.
func (x extractor) known(field, text string) string {
	if value := x.words.normal(field, text); x.words.has(field, value) {
		return value
	}
	return ""
}

// versioned completes a clue with the version in a text.
func (c clue) versioned(text string) clue {
	if _, err := version.Parse(text); err == nil {
		c.value = text
	}
	return c
}

func (x extractor) k8s() []clue {
	c := x.read(measurement.K8s, "server", "version")
	return []clue{c.versioned(c.said)}
}

func (x extractor) kernel() []clue {
	release := x.read(measurement.OS, "sysctl", "/proc/sys/kernel/osrelease")
	boot := x.read(measurement.OS, "grub", "BOOT_IMAGE")
	node := x.read(measurement.K8s, "node", "kernel-version")
	_, booted, _ := strings.Cut(boot.said, "vmlinuz-")
	return []clue{release.versioned(release.said), boot.versioned(booted), node.versioned(node.said)}
}
