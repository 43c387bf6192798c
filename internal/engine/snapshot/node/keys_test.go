// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/readings"
)

// tableOfKeys are the rows of what compares with what.
func tableOfKeys(t *testing.T) []compare.Key {
	t.Helper()
	keys, err := compare.Keys()
	must(t, err)
	return keys
}

func readingsOf(list measurement.List) map[string]measurement.Reading {
	all := map[string]measurement.Reading{}
	for _, m := range list {
		for _, s := range m.Subtypes {
			for key, reading := range s.Data {
				all[measurement.Path{Type: m.Type, Subtype: s.Name, Key: key}.String()] = reading
			}
		}
	}
	return all
}

func embeddedCatalog(t *testing.T) *recipe.Catalog {
	t.Helper()
	c, err := recipe.Embedded()
	must(t, err)
	return c
}

// TestEveryRecipeKeyHasACounterpart goes through the recipes of all
// combinations. Where the embedded catalog sets a key of the host, the table
// has it, and collectors write a reading of the same type.
func TestEveryRecipeKeyHasACounterpart(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	collected, keys := allCollected(t), tableOfKeys(t)
	seen := map[string]bool{}
	for _, service := range c.Values("service") {
		for _, gpu := range c.Values("gpu") {
			for _, system := range c.Values("os") {
				for _, intent := range c.Values("intent") {
					query := document.Query{Service: service, GPU: gpu, OS: system, Intent: intent}
					built, err := c.Build(t.Context(), recipe.Request{Query: query, AllowUncovered: true})
					if err != nil {
						continue // no such platform
					}
					for name, reading := range readingsOf(built.Recipe.Measurements) {
						if !seen[name] {
							seen[name] = true
							checkCounterpart(t, keys, name, reading, collected)
						}
					}
				}
			}
		}
	}
}

func checkCounterpart(t *testing.T, keys []compare.Key, name string, reading measurement.Reading, collected map[string]measurement.Reading) {
	t.Helper()
	k, found := compare.Find(keys, name)
	switch {
	case !found && !strings.HasPrefix(name, "K8s/"):
		t.Errorf("recipes set %s, of which the table says nothing", name)
	case !found || len(k.Snapshot) == 0 || strings.HasPrefix(k.Snapshot[0], "K8s/"):
	case strings.HasPrefix(name, "OS/sysctl/"):
		if reflect.TypeOf(reading) != reflect.TypeOf(measurement.Str("")) {
			t.Errorf("recipes set %s to %T, collectors write text", name, reading.Any())
		}
	case strings.HasPrefix(k.Recipe, "OS/"):
		sample := collected[path.Dir(k.Recipe)]
		if reflect.TypeOf(reading) != reflect.TypeOf(sample) {
			t.Errorf("recipes set %s to %T, collectors write %T", name, reading.Any(), sample.Any())
		}
	default:
		there, ok := collected[k.Snapshot[0]]
		if !ok {
			t.Errorf("recipes set %s, but no host of the tests has %s", name, k.Snapshot[0])
			return
		}
		if name == k.Snapshot[0] && reflect.TypeOf(reading) != reflect.TypeOf(there) {
			t.Errorf("recipes set %s to %T, collectors write %T", name, reading.Any(), there.Any())
		}
	}
}

// allCollected returns what the golden snapshots hold, and under "OS/kmod" and
// the like one reading of that subtype.
func allCollected(t *testing.T) map[string]measurement.Reading {
	t.Helper()
	all := map[string]measurement.Reading{}
	files, err := filepath.Glob("testdata/hosts/*.yaml")
	must(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		s, err := document.DecodeSnapshot(t.Context(), content)
		must(t, err)
		for name, reading := range readingsOf(s.Measurements) {
			all[name] = reading
			all[path.Dir(name)] = reading
		}
	}
	return all
}

// TestSnapshotAndRecipeCompare makes the recipe of a host from its snapshot. The
// host is tuned as its recipe says, except for a few values, and for those that
// are not read below a host root.
func TestSnapshotAndRecipeCompare(t *testing.T) {
	t.Parallel()
	archive, err := os.ReadFile("testdata/hosts/eks-ubuntu-h100.txtar")
	must(t, err)
	host := collect(t, node.Options{HostRoot: hostOf(t, string(archive))}).snapshot
	c := embeddedCatalog(t)
	query := c.Extract(host).Query
	if query.GPU != "h100" || query.OS != "ubuntu" || query.OSVersion != "22.04" || query.Kernel != "6.8.0-1028-aws" {
		t.Errorf("the snapshot amounts to %+v", query)
	}
	query.Service, query.Intent, query.K8s = "eks", "training", "1.33"
	built, err := c.Build(t.Context(), recipe.Request{Query: query})
	must(t, err)
	values, err := compare.Compare(c, host, built.Recipe)
	must(t, err)
	var differences []string
	for _, v := range compare.Differences(values) {
		differences = append(differences, fmt.Sprintf("%s: %s, %s: %s", v.Path, v.Want, v.From, v.Have))
	}
	want := []string{"K8s/image/driver: 595.91.07, GPU/smi/driver-version: 570.133.20"}
	if diff := cmp.Diff(want, differences); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// nodeFacts are the readings that describe the node's GPUs, kernel, container
// runtime, NICs and services of the driver. The other collectors copy whole lists of
// the system, in its own names: OS/release, OS/grub, OS/kmod, OS/sysctl and SystemD.
func nodeFacts(t *testing.T) []readings.Reading {
	t.Helper()
	all, err := readings.All()
	must(t, err)
	return slices.DeleteFunc(all.Readings, func(r readings.Reading) bool { return !r.OfNode() })
}

// TestEveryFactIsListed compares the list with what is collected of the hosts.
func TestEveryFactIsListed(t *testing.T) {
	t.Parallel()
	all, err := readings.All()
	must(t, err)
	kinds := map[string]string{"int64": "number", "string": "text", "bool": "bool"}
	seen := map[string]bool{}
	for name, reading := range allCollected(t) {
		if strings.Count(name, "/") < 2 {
			continue
		}
		r := all.Find(name)
		if r == nil {
			t.Errorf("%s is collected and not in the list", name)
			continue
		}
		seen[r.Path] = true
		if kind := kinds[fmt.Sprintf("%T", reading.Any())]; r.Type != "any" && kind != r.Type {
			t.Errorf("%s is a %s, the list says %s", name, kind, r.Type)
		}
	}
	for _, f := range nodeFacts(t) {
		if !seen[f.Path] {
			t.Errorf("no host has %s", f.Path)
		}
	}
}

// comparison says in words how a row compares.
func comparison(k compare.Key) string {
	how := map[string]string{
		compare.Equal: "equal", compare.AtLeast: "at least the recipe's", compare.Release: "the same release or tag",
		compare.Prefix: "begins with the recipe's", compare.OneOf: "one of the recipe's",
	}[k.How]
	if k.Words != nil {
		var words []string
		for _, value := range slices.Sorted(maps.Keys(k.Words)) {
			words = append(words, k.Words[value]+" for "+value)
		}
		how = strings.Join(words, ", ")
	}
	for _, path := range slices.Sorted(maps.Keys(k.When)) {
		how += ", where `" + path + "` is " + k.When[path]
	}
	switch {
	case len(k.Snapshot) == 0:
		return k.Note
	case k.Note != "":
		how += "; " + k.Note
	}
	return how
}

// TestKeysDocument holds KEYS.md to the table.
func TestKeysDocument(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Keys of a recipe and of a node's snapshot\n\n" +
		"Which reading of a snapshot has the meaning of a key of a recipe. `*` stands for any key.\n" +
		"This page is written by the tests of this package (`go test -update`).\n\n" +
		"| Recipe | Snapshot | Comparison |\n| --- | --- | --- |\n")
	for _, k := range tableOfKeys(t) {
		there := "none"
		if len(k.Snapshot) > 0 {
			there = "`" + strings.Join(k.Snapshot, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Recipe, there, comparison(k))
	}
	b.WriteString("\n# Facts about a node\n\n" +
		"What is not known has no key. Words by which nvidia-smi says that it could not read a value are never values. " +
		"`OS/release`, `OS/grub`, `OS/kmod`, `OS/sysctl` and `SystemD` have the system's own names: `OS/kmod/nouveau`, `OS/sysctl//proc/sys/kernel/modules_disabled`. " +
		"Processes, serial numbers, identities and names of hosts, names and addresses of NICs are never read into a snapshot.\n\n" +
		"| Key | Type | Meaning |\n| --- | --- | --- |\n")
	for _, f := range nodeFacts(t) {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Path, f.Type, f.About)
	}
	if *update {
		must(t, os.WriteFile("KEYS.md", []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile("KEYS.md")
	must(t, err)
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("KEYS.md (-want +got):\n%s", diff)
	}
}
