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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/readings"
)

// counterpart says which reading of a snapshot has the meaning of one of a
// recipe.
type counterpart struct {
	recipe   string // a path, or a pattern of path.Match
	snapshot string // the same, or "" where no collector can tell
	compare  string // how the two compare, or why there is none
}

// counterparts covers every OS, SystemD and GPU key that the embedded catalog
// sets, and the K8s keys that a node tells of too. The first match counts.
func counterparts() []counterpart {
	const same = "the same key, equal"
	return []counterpart{
		{"OS/release/*", "OS/release/*", same},
		{"OS/grub/*", "OS/grub/*", same},
		{"OS/kmod/*", "OS/kmod/*", same},
		{"OS/sysctl//proc/sys/kernel/shm*", "OS/sysctl//proc/sys/kernel/shm*", "equal; read only where the host root is /, since it goes by the IPC namespace"},
		{"OS/sysctl/*", "OS/sysctl/*", same},
		{"SystemD/containerd.service/*", "SystemD/containerd.service/*", same},
		{"GPU/device/architecture", "GPU/device/architecture", same},
		{"GPU/device/cpu-architecture", "GPU/device/cpu-architecture", same},
		{"GPU/device/addressing-mode", "GPU/device/addressing-mode", same},
		{"GPU/device/memory", "GPU/device/memory", "for people: the recipe says the size that is sold, the node the exact one in MiB"},
		{"GPU/device/mig-capable", "", "what a GPU could do is not what it is set to; that is GPU/smi/mig-mode"},
		{"GPU/device/nvswitch", "", "newer switches are no NVIDIA devices on the node's bus; see GPU/smi/fabric-state"},
		{"GPU/device/nvlink-spans-nodes", "", "a fact about the product; what joins the nodes of a cluster is GPU/smi/fabric-state"},
		{"GPU/device/coherent-memory", "", "a fact about the product; see GPU/device/addressing-mode"},
		{"GPU/device/confidential-computing", "", "what a GPU could do is not what it is set to"},
		{"GPU/device/nvlsm", "", "a fact about the product"},
		{"GPU/driver/minimum-version", "GPU/driver/version", "at least the recipe's"},
		{"GPU/driver/kernel-module", "GPU/driver/kernel-module", "equal, or the recipe says any"},
		{"K8s/image/driver", "GPU/driver/version", "equal"},
		{"K8s/config/mig", "GPU/smi/mig-mode", "Enabled for true, Disabled for false"},
		{"K8s/config/use_open_kernel_module", "GPU/driver/kernel-module", "open for true"},
	}
}

// counterpartOf returns the row that a path of a recipe matches. Keys of
// OS/sysctl contain slashes, which path.Match would not match.
func counterpartOf(recipePath string) (counterpart, bool) {
	rows := counterparts()
	i := slices.IndexFunc(rows, func(c counterpart) bool {
		prefix, wild := strings.CutSuffix(c.recipe, "*")
		return c.recipe == recipePath || wild && strings.HasPrefix(recipePath, prefix)
	})
	if i < 0 {
		return counterpart{}, false
	}
	c := rows[i]
	if wildcard, ok := strings.CutSuffix(c.snapshot, "*"); ok {
		c.snapshot = wildcard + strings.TrimPrefix(recipePath, strings.TrimSuffix(c.recipe, "*"))
	}
	return c, true
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
	collected := allCollected(t)
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
							checkCounterpart(t, name, reading, collected)
						}
					}
				}
			}
		}
	}
	for _, row := range counterparts() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(name string) bool { c, ok := counterpartOf(name); return ok && c.compare == row.compare }) {
			t.Errorf("no recipe sets %s", row.recipe)
		}
	}
}

func checkCounterpart(t *testing.T, name string, reading measurement.Reading, collected map[string]measurement.Reading) {
	t.Helper()
	c, found := counterpartOf(name)
	switch {
	case !found && !strings.HasPrefix(name, "K8s/"):
		t.Errorf("recipes set %s, of which the table says nothing", name)
	case !found || c.snapshot == "":
	case strings.HasPrefix(name, "OS/sysctl/"):
		if reflect.TypeOf(reading) != reflect.TypeOf(measurement.Str("")) {
			t.Errorf("recipes set %s to %T, collectors write text", name, reading.Any())
		}
	case strings.HasPrefix(c.recipe, "OS/"):
		sample := collected[path.Dir(c.recipe)]
		if reflect.TypeOf(reading) != reflect.TypeOf(sample) {
			t.Errorf("recipes set %s to %T, collectors write %T", name, reading.Any(), sample.Any())
		}
	default:
		there, ok := collected[c.snapshot]
		if !ok {
			t.Errorf("recipes set %s, but no host of the tests has %s", name, c.snapshot)
			return
		}
		if name == c.snapshot && reflect.TypeOf(reading) != reflect.TypeOf(there) {
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
	there := readingsOf(host.Measurements)
	var differences []string
	for name, reading := range readingsOf(built.Recipe.Measurements) {
		c, found := counterpartOf(name)
		if !found || c.snapshot == "" || there[c.snapshot] == reading {
			continue
		}
		differences = append(differences, fmt.Sprintf("%s: %v, %s: %v", name, reading, c.snapshot, there[c.snapshot]))
	}
	slices.Sort(differences)
	want := []string{
		"GPU/device/memory: 80 GB or 94 GB, GPU/device/memory: 81559 MiB",
		"GPU/driver/kernel-module: any, GPU/driver/kernel-module: open",
		"GPU/driver/minimum-version: 525.60.13, GPU/driver/version: 570.133.20",
		"K8s/config/mig: false, GPU/smi/mig-mode: Disabled",
		"K8s/config/use_open_kernel_module: true, GPU/driver/kernel-module: open",
		"K8s/image/driver: 595.91.07, GPU/driver/version: 570.133.20",
		"OS/sysctl//proc/sys/kernel/shmall: 18446744073692774399, OS/sysctl//proc/sys/kernel/shmall: <nil>",
		"OS/sysctl//proc/sys/kernel/shmmax: 18446744073692774399, OS/sysctl//proc/sys/kernel/shmmax: <nil>",
	}
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

// TestKeysDocument holds KEYS.md to the table.
func TestKeysDocument(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Keys of a recipe and of a node's snapshot\n\n" +
		"Which reading of a snapshot has the meaning of a key of a recipe. `*` stands for any key.\n" +
		"This page is written by the tests of this package (`go test -update`).\n\n" +
		"| Recipe | Snapshot | Comparison |\n| --- | --- | --- |\n")
	for _, c := range counterparts() {
		there := "none"
		if c.snapshot != "" {
			there = "`" + c.snapshot + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.recipe, there, c.compare)
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
