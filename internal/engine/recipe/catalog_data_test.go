// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// allLayers returns the base, the overlays, and what instance types set.
func allLayers(t *testing.T) []*layer {
	t.Helper()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	layers := append([]*layer{c.base}, c.overlays...)
	for _, p := range c.platforms {
		for _, g := range p.GPUs {
			layers = append(layers, newLayer(p.Service+" "+g.GPU, g.Types))
		}
	}
	return layers
}

func TestCatalogContextsReadWell(t *testing.T) {
	t.Parallel()
	const longest = 140 // a comment of values.yaml on one line
	doubt := regexp.MustCompile(`(?i)\b(probabl|presumabl|likely|guess|seems)`)
	explains := map[string]string{}
	for _, l := range allLayers(t) {
		for _, e := range l.entries() {
			if e.value == nil {
				continue
			}
			words := []rune(e.context)
			switch {
			case len(words) < 10 || len(words) > longest:
				t.Errorf("%s: %s: the context has %d characters, want 10 to %d: %q", l.name, e.name, len(words), longest, e.context)
			case strings.HasSuffix(e.context, "."):
				t.Errorf("%s: %s: the context ends with a period: %q", l.name, e.name, e.context)
			case unicode.IsLower(words[0]) && !namesSomething(e.context):
				t.Errorf("%s: %s: the context begins in lower case: %q", l.name, e.name, e.context)
			case strings.Contains(e.context, "catalogue"):
				t.Errorf("%s: %s: users know the catalog, which the context spells otherwise: %q", l.name, e.name, e.context)
			case doubt.MatchString(e.context) && !strings.Contains(e.context, "inferred"):
				t.Errorf("%s: %s: what is not known from a source is inferred, and its context says so: %q", l.name, e.name, e.context)
			}
			if other, taken := explains[e.context]; taken && other != e.name {
				t.Errorf("%s: %s and %s share the context %q", l.name, e.name, other, e.context)
			}
			explains[e.context] = e.name
		}
	}
}

// namesSomething reports whether a text begins with a name that is written in
// lower case, such as that of an instance type.
func namesSomething(context string) bool {
	name, _, _ := strings.Cut(context, " ")
	return strings.ContainsAny(name, "0123456789-")
}

// TestCatalogReleaseLinesAreWhole checks that the component versions of a
// release change together: an overlay that sets one of them depends on the
// version of Kubernetes alone, and sets all that another one sets with it.
func TestCatalogReleaseLinesAreWhole(t *testing.T) {
	t.Parallel()
	layers := allLayers(t)
	pins := func(l *layer) (names []string) {
		for _, e := range l.entries() {
			if e.path.Type == measurement.K8s && e.path.Subtype == "image" {
				names = append(names, e.path.Key)
			}
		}
		return names
	}
	inBase := pins(layers[0])
	groups := map[string][]string{}
	for _, l := range layers[1:] {
		for _, e := range l.entries() {
			line := e.path.Type == measurement.K8s && e.path.Subtype == "image" && slices.Contains(inBase, e.path.Key)
			if line && e.value != nil && (len(l.conditions) != 1 || l.conditions[0].field != "k8s") {
				t.Errorf("%s sets %s, which a chart release sets", l.name, e.name)
			}
		}
		for _, name := range pins(l) {
			if other, known := groups[name]; known && !slices.Equal(other, pins(l)) {
				t.Errorf("%s sets %v, others %v together", l.name, pins(l), other)
			}
			groups[name] = pins(l)
		}
	}
}

// TestCatalogKnowsProducts resolves every product by its device id and by its
// label, to the GPU whose recipe it takes or to none.
func TestCatalogKnowsProducts(t *testing.T) {
	t.Parallel()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for id, name := range c.products {
		text := func(subtype, key, said string) Extraction {
			typ := measurement.GPU
			if subtype == "node" {
				typ = measurement.K8s
			}
			data := map[string]measurement.Reading{key: measurement.Str(said)}
			return c.Extract(document.Snapshot{Measurements: measurement.List{{Type: typ, Subtypes: []measurement.Subtype{{Name: subtype, Data: data}}}}})
		}
		byID, byLabel := text("device", "pci-id", id), text("node", "gpu-product", strings.ReplaceAll(name, " ", "-"))
		if byID.Query.GPU != byLabel.Query.GPU {
			t.Errorf("%s is %q, its name %s is %q", id, byID.Query.GPU, name, byLabel.Query.GPU)
		}
		if found[byID.Query.GPU] = true; byID.Query.GPU == "" && !strings.Contains(byID.Missing["gpu"], "no recipe is for") {
			t.Errorf("%s: Missing says %q, want why", id, byID.Missing["gpu"])
		}
	}
	for _, gpu := range c.Values("gpu") {
		if !found[gpu] {
			t.Errorf("no product is %s", gpu)
		}
	}
	for _, gpu := range []string{"V100", "a30", "a100x"} {
		_, err := c.Build(t.Context(), Request{Query: document.Query{GPU: gpu}})
		if err == nil || !strings.Contains(err.Error(), "no recipe is for") || strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%s: got %v, want that no recipe is for it", gpu, err)
		}
	}
}

// TestCatalogExplainsWhatItLacks asks for the systems and services that the data
// says why it has no recipe for.
func TestCatalogExplainsWhatItLacks(t *testing.T) {
	t.Parallel()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	refused := func(q document.Query, field, why string) {
		_, err := c.Build(t.Context(), Request{Query: q})
		problems := Errors(err)
		if len(problems) != 1 || problems[0].Field != field || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%+v: got %v, want the reason alone: %s", q, err, why)
		}
	}
	for _, s := range c.values.systems {
		if s.Without == "" {
			continue
		}
		for _, name := range append(s.IDs, s.OS) {
			refused(document.Query{OS: name}, "os", s.Without)
		}
	}
	for _, s := range c.services {
		if s.Without == "" {
			continue
		}
		for _, name := range append(s.Also, s.Service) {
			refused(document.Query{Service: name}, "service", s.Without)
		}
	}
}

// TestCatalogSiblings asks for every GPU that takes the recipe of another: what is
// made is that recipe, and a finding says so, for a request and for a snapshot.
func TestCatalogSiblings(t *testing.T) {
	t.Parallel()
	c, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	said := func(r Request, differs string) (found bool, gpu string) {
		result, err := c.Build(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(result.Findings, func(f Finding) bool {
			return f.Rule == ruleSiblingGPU && f.Field == "gpu" && strings.Contains(f.Message, differs)
		}), result.Recipe.Request.GPU
	}
	for _, row := range c.values.gpus {
		if found, _ := said(Request{Query: document.Query{GPU: row.GPU}}, ""); found {
			t.Errorf("%s is called a sibling", row.GPU)
		}
		for name, differs := range row.Siblings {
			asked := Request{Query: document.Query{GPU: " " + strings.ToUpper(name)}}
			shown := Request{Query: document.Query{Service: "self-managed", OS: "ubuntu"}, Snapshot: &document.Snapshot{Measurements: readings(t, nil).With(measurement.ParsePath("GPU/smi/model"), measurement.Str("NVIDIA "+strings.ToUpper(name)))}}
			for _, r := range []Request{asked, shown} {
				if found, gpu := said(r, differs); !found || gpu != row.GPU {
					t.Errorf("%s: got %s, said %t; want %s, and that it says so", name, gpu, found, row.GPU)
				}
			}
		}
	}
}
