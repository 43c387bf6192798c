// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// productTable names NVIDIA's products by PCI device id: four hexadecimal
// digits in lower case, such as "2330". A name is what the driver would report.
type productTable map[string]string

// name returns the product with a device id in any case, "" for none.
func (t productTable) name(id string) string { return t[strings.ToLower(id)] }

// without says that a product with this word in its name is a GPU that no recipe
// is for, "" where none has it.
func (t productTable) without(word string) string {
	for _, id := range slices.Sorted(maps.Keys(t)) {
		if slices.Contains(productWords(t[id]), word) {
			return t[id] + " is " + withoutRecipes
		}
	}
	return ""
}

func productWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
}

func (l *loader) addProducts(v document.Value) error {
	if l.products == nil {
		l.products = productTable{}
	}
	return l.products.decode(v)
}

func (t productTable) decode(v document.Value) error {
	fields, err := v.Fields()
	if err != nil {
		return err
	}
	deviceID := regexp.MustCompile(`^[0-9a-f]{4}$`)
	for _, f := range fields {
		if !deviceID.MatchString(f.Key) {
			return f.Value.Errorf("%s is not a PCI device id; expected four hexadecimal digits in lower case, such as \"20b0\"", words.Quote(f.Key))
		}
		if other, taken := t[f.Key]; taken {
			return f.Value.Errorf("the product %s is given twice; an earlier file says %s", words.Quote(f.Key), words.Quote(other))
		}
		name, err := f.Value.Text()
		if err != nil {
			return err
		}
		if strings.TrimSpace(name) == "" {
			return f.Value.Errorf("the name is blank")
		}
		t[f.Key] = name
	}
	return nil
}

// Why what was said of a GPU means nothing.
const (
	withoutRecipes = "a GPU that no recipe is for"
	unlistedDevice = "a PCI device id that the catalog does not list"
)

// gpu returns what the hardware says of itself, then what its labels and the
// platform table say. A product that the hardware names and no data knows ends
// the search: a guess from the instance type would contradict it.
func (x extractor) gpu() []clue {
	clues := []clue{
		x.product(measurement.GPU, "smi", "model"),
		x.product(measurement.GPU, "smi", "gpu.model"), // older snapshots
		x.product(measurement.GPU, "device", "model"),
		x.device("pci-id"),
		x.product(measurement.K8s, "node", "gpu-product"),
	}
	named := func(c clue) bool { return c.said != "" && c.why != unlistedDevice }
	if i := slices.IndexFunc(clues, named); i >= 0 && clues[i].value == "" {
		return clues[i : i+1]
	}
	instance := x.read(measurement.K8s, "node", "instance-type")
	instance.value = x.known("gpu", x.platforms.gpuOf(instance.said))
	return append(clues, instance, x.product(measurement.K8s, "node", "gke-accelerator"), x.product(measurement.K8s, "node", "gpu-name"))
}

func (x extractor) product(t measurement.Type, subtype, key string) clue {
	c := x.read(t, subtype, key)
	if c.value = x.gpuNamed(c.said); c.said != "" && c.value == "" {
		c.why, c.unsupported = withoutRecipes, c.said+" is "+withoutRecipes
	}
	return c
}

// device recognizes a GPU by its PCI device id, which is all that a node
// without a driver knows.
func (x extractor) device(key string) clue {
	c := x.read(measurement.GPU, "device", key)
	name := x.products.name(c.said)
	c.value = x.gpuNamed(name)
	switch {
	case c.said == "" || c.value != "":
	case name == "":
		c.why = unlistedDevice
	default:
		c.why, c.unsupported = name+", "+withoutRecipes, name+" is "+withoutRecipes
	}
	return c
}

// gpuNamed returns the GPU of a product, "" for none.
func (x extractor) gpuNamed(product string) string {
	return x.known("gpu", x.words.gpuNamed(product))
}

// gpuNamed returns what a product is called among GPUs, "" where none is meant.
// Names are compared by whole words: "NVIDIA GB200" is not a B200, "L40S" is not
// an L40, "NVIDIA RTX PRO 6000" is rtx-pro-6000.
func (v vocabulary) gpuNamed(product string) string {
	all := productWords(product)
	for i := range all {
		for end := i + 1; end <= len(all); end++ {
			if name := strings.Join(all[i:end], "-"); v.has("gpu", v.normal("gpu", name)) {
				return name
			}
		}
	}
	return ""
}

// siblings says which GPU's recipe the one takes that a source names.
func (x extractor) siblings(source string) []Finding {
	path := measurement.ParsePath(source)
	said := x.read(path.Type, path.Subtype, path.Key).said
	if name := x.products.name(said); name != "" {
		said = name
	}
	return x.words.gpus.finding(x.words.gpuNamed(said))
}

// mixtures warns of GPUs that differ, on a node or among nodes: a recipe is for
// one.
func (x extractor) mixtures(gpu string) []Finding {
	var findings []Finding
	if products := x.numbered(); differ(products) {
		findings = append(findings, mixture(tried(products), "a node", gpu))
	}
	for _, key := range mixedKeys() {
		if !differ(x.amongNodes(key)) {
			continue
		}
		counts := x.read(measurement.K8s, "node-variance", key)
		return append(findings, mixture(tried([]clue{counts}), "the nodes", gpu))
	}
	return findings
}

// mixedKeys are the keys of K8s/node that say which GPUs a node has.
func mixedKeys() []string { return []string{"gpu-product", "gke-accelerator", "instance-type"} }

func mixture(said, whose, gpu string) Finding {
	made := "a recipe is made for one of them"
	if gpu != "" {
		made = "the recipe is made for " + gpu + " alone"
	}
	return Finding{Rule: ruleNodesDiffer, Field: "gpu", Message: fmt.Sprintf("the GPUs of %s differ: %s; %s", whose, said, made)}
}

// numbered returns the products of a node: GPU/device numbers them from 0.
func (x extractor) numbered() []clue {
	var products []clue
	for n := 0; ; n++ {
		c := x.product(measurement.GPU, "device", strconv.Itoa(n)+".model")
		if c.said == "" {
			c = x.device(strconv.Itoa(n) + ".pci-id")
		}
		if c.said == "" {
			return products
		}
		products = append(products, c)
	}
}

// amongNodes returns the GPUs that nodes have which disagree about a key of
// K8s/node. An instance type that the platform table lacks says nothing.
func (x extractor) amongNodes(key string) []clue {
	var found []clue
	for _, said := range x.variants(key) {
		c := clue{said: said, value: x.gpuNamed(said)}
		if key == "instance-type" {
			if c.value = x.known("gpu", x.platforms.gpuOf(said)); c.value == "" {
				continue
			}
		}
		found = append(found, c)
	}
	return found
}

// differ reports whether clues are of more than one GPU. One that no data knows
// differs from all others.
func differ(clues []clue) bool {
	return slices.ContainsFunc(clues, func(c clue) bool {
		return c.value != clues[0].value || c.value == "" && c.said != clues[0].said
	})
}
