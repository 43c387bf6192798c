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

func readings(list measurement.List) map[string]measurement.Reading {
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
					built, err := c.Build(recipe.Request{Query: query, AllowUncovered: true})
					if err != nil {
						continue // no such platform
					}
					for name, reading := range readings(built.Recipe.Measurements) {
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
		s, err := document.DecodeSnapshot(content)
		must(t, err)
		for name, reading := range readings(s.Measurements) {
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
	built, err := c.Build(recipe.Request{Query: query})
	must(t, err)
	there := readings(host.Measurements)
	var differences []string
	for name, reading := range readings(built.Recipe.Measurements) {
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

// fact is a reading of a node.
type fact struct {
	name  string // a path, or a pattern: * stands for any characters
	kind  string
	about string
}

// nodeFacts are the readings that describe the node's GPUs, kernel, container
// runtime, NICs and services of the driver. The other collectors copy whole lists of the system, in its own names:
// OS/release, OS/grub, OS/kmod, OS/sysctl and SystemD.
func nodeFacts() []fact {
	return []fact{
		{"GPU/device/count", "number", "GPUs of the most frequent product"},
		{"GPU/device/model", "text", "its name, which a driver that does not know the product does not have"},
		{"GPU/device/memory", "text", "of one GPU: 81559 MiB"},
		{"GPU/device/pci-id", "text", "PCI device id of NVIDIA, four hexadecimal digits"},
		{"GPU/device/architecture", "text", "Hopper, Blackwell"},
		{"GPU/device/addressing-mode", "text", "None, HMM or ATS"},
		{"GPU/device/cpu-architecture", "text", "as container images name it: amd64, arm64"},
		{"GPU/device/*.count", "number", "the same for each product, numbered from 0, the most frequent first"},
		{"GPU/device/*.model", "text", ""},
		{"GPU/device/*.memory", "text", ""},
		{"GPU/device/*.pci-id", "text", ""},
		{"GPU/driver/version", "text", "the loaded kernel module"},
		{"GPU/driver/kernel-module", "text", "open or proprietary"},
		{"GPU/driver/host-files", "bool", "true: the host has a driver of its own, loaded or not; that of the GPU Operator's container does not count"},
		{"GPU/driver/host-files-at", "text", "its nvidia-smi, libnvidia-ml.so.1 and module for the running kernel, those that were found, one a line"},
		{"GPU/kernel-driver/*", "number", "GPUs that the kernel has bound to the driver of that name: nvidia, nouveau, vfio-pci"},
		{"GPU/smi/gpu-count", "number", "GPUs that the driver has"},
		{"GPU/smi/driver-version", "text", ""},
		{"GPU/smi/cuda-version", "text", "the newest CUDA that the driver takes"},
		{"GPU/smi/lost-gpus", "number", "GPUs that have fallen off the bus; none where there is none"},
		{"GPU/smi/reset-gpus", "number", "GPUs that work again only after a reset"},
		{"GPU/smi/exit-status", "number", "of nvidia-smi, where it is not 0 and the log was printed all the same: 14 a corrupted infoROM, 15 a lost GPU, -1 a signal"},
		{"GPU/smi/model", "text", "this and the next are what most GPUs of the most frequent product say"},
		{"GPU/smi/product-architecture", "text", ""},
		{"GPU/smi/display-mode", "text", ""},
		{"GPU/smi/display-active", "text", ""},
		{"GPU/smi/persistence-mode", "text", "Enabled or Disabled"},
		{"GPU/smi/addressing-mode", "text", ""},
		{"GPU/smi/mig-mode", "text", "Enabled or Disabled"},
		{"GPU/smi/ecc-mode", "text", "Enabled or Disabled"},
		{"GPU/smi/vbios-version", "text", ""},
		{"GPU/smi/gsp-firmware-version", "text", ""},
		{"GPU/smi/virtualization-mode", "text", "Pass-Through, VGPU, Host VGPU or Host VSGA; none on bare metal"},
		{"GPU/smi/recovery-action", "text", "None, Reset, Reboot, Drain P2P or Drain and Reset"},
		{"GPU/smi/fabric-state", "text", "of the handshake with the fabric manager: Completed, In Progress, Not Started"},
		{"GPU/smi/fabric-status", "text", "Success, or Failure of a completed handshake"},
		{"GPU/smi/fabric-health", "text", "Healthy, Unhealthy or Limited Capacity"},
		{"GPU/smi-variance/*", "text", "for each key of GPU/smi that GPUs disagree about, how many say what: Healthy: 7, Unhealthy: 1"},
		{"OS/kernel/lockdown", "text", "none, integrity or confidentiality"},
		{"OS/kernel/signed-modules-only", "bool", "whether the kernel refuses modules without a signature that it knows"},
		{"OS/kernel/secure-boot", "bool", "whether the machine was started with Secure Boot"},
		{"OS/kernel/wsl", "bool", "true: the kernel is that of the Windows Subsystem for Linux"},
		{"OS/containerd/config", "text", "the configuration of containerd; that of a distribution's own containerd where there is one"},
		{"OS/containerd/other-configs", "text", "those of other containerds on the node, one a line"},
		{"OS/containerd/version", "number", "of the configuration's form: 1, 2 or 3"},
		{"OS/containerd/imports", "text", "patterns of drop-in files, one a line; they are read too"},
		{"OS/containerd/nri", "text", "enabled or disabled; none where containerd's release decides"},
		{"OS/containerd/socket", "text", "where containerd listens, if stated"},
		{"OS/containerd/disabled-plugins", "text", "one a line; cri: it does not serve Kubernetes"},
		{"OS/containerd/runtimes", "text", "names of the runtimes that are configured, one a line"},
		{"OS/containerd/default-runtime", "text", "if stated"},
		{"OS/containerd/cdi", "bool", "whether devices come by CDI, if stated"},
		{"OS/network/mellanox-ports", "number", "ports of Mellanox NICs, with or without a driver; without virtual functions"},
		{"OS/network/mellanox-link-types", "text", "ether, infiniband, or both"},
		{"OS/network/mellanox-driver", "text", "the loaded one: inbox for the kernel's own, ofed for MLNX_OFED and DOCA-OFED, on the host or by a container"},
		{"OS/network/mellanox-default-route", "bool", "true: a default route of the node leads over such a port, or over what is on one"},
		{"OS/network/mellanox-bond", "bool", "true: such a port is in a bond"},
		{"OS/network/mellanox-vlan", "bool", "true: there is a VLAN on such a port"},
		{"OS/network/mellanox-bridge", "bool", "true: such a port is in a bridge"},
		{"OS/network/mellanox-ovs", "bool", "true: such a port is in Open vSwitch"},
		{"SystemD/nvidia-*.service/ActiveState", "text", "of nvidia-fabricmanager and nvidia-imex, where they exist: active, inactive or failed"},
		{"SystemD/nvidia-*.service/LoadState", "text", "loaded, or masked"},
		{"SystemD/nvidia-*.service/UnitFileState", "text", "enabled, disabled, masked, static"},
	}
}

// TestEveryFactIsListed compares the table with what is collected of the hosts.
func TestEveryFactIsListed(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"int64": "number", "string": "text", "bool": "bool"}
	seen := map[string]bool{}
	for name, reading := range allCollected(t) {
		described := strings.HasPrefix(name, "GPU/") || strings.HasPrefix(name, "OS/kernel/") || strings.HasPrefix(name, "OS/containerd/") || strings.HasPrefix(name, "OS/network/") || strings.HasPrefix(name, "SystemD/nvidia-")
		if !described || strings.Count(name, "/") < 2 {
			continue
		}
		i := slices.IndexFunc(nodeFacts(), func(f fact) bool { ok, _ := path.Match(f.name, name); return ok })
		if i < 0 {
			t.Errorf("%s is collected and not in the table", name)
			continue
		}
		f := nodeFacts()[i]
		seen[f.name] = true
		if kind := kinds[fmt.Sprintf("%T", reading.Any())]; kind != f.kind {
			t.Errorf("%s is a %s, the table says %s", name, kind, f.kind)
		}
	}
	for _, f := range nodeFacts() {
		if !seen[f.name] {
			t.Errorf("no host has %s", f.name)
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
	for _, f := range nodeFacts() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.name, f.kind, f.about)
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
