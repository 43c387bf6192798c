// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// nodeBundle renders a recipe that says nothing of nodes but what is given.
func nodeBundle(t *testing.T, name string, said map[string]any) *bundle.Bundle {
	t.Helper()
	recipe := fixture(t, name)
	recipe.Measurements = slices.DeleteFunc(recipe.Measurements.Sorted(), func(m measurement.Measurement) bool {
		return m.Type == measurement.OS || m.Type == measurement.SystemD
	})
	for key, value := range said {
		if field, is := strings.CutPrefix(key, "request/"); is {
			*recipe.Request.Field(field) = fmt.Sprint(value)
			continue
		}
		reading, err := measurement.FromAny(value)
		if err != nil {
			t.Fatal(err)
		}
		recipe.Measurements = recipe.Measurements.With(measurement.ParsePath(key), reading)
	}
	return render(t, bundle.Request{Recipe: recipe})
}

const (
	sysctls    = "sysctl.d/90-eidos.conf"
	modules    = "modules-load.d/90-eidos.conf"
	blacklist  = "modprobe.d/90-eidos.conf"
	arguments  = "kernel-arguments"
	parameters = "modprobe.d/91-eidos-nvidia.conf"
	dropIn     = "systemd/system/containerd.service.d/90-eidos.conf"
)

func TestNodeSettings(t *testing.T) {
	t.Parallel()
	const selfManaged = "self-managed-h100-rdma"
	everything := map[string]any{"OS/sysctl//proc/sys/vm/swappiness": "0", "OS/kmod/rdma_cm": true, "OS/grub/audit": "1", "SystemD/containerd.service/LimitCORE": "infinity"}
	tests := map[string]struct {
		fixture string
		said    map[string]any
		want    map[string]string
		readme  []string // in the README; none of it where it is empty
	}{
		"nothing": {fixture: selfManaged},
		"each kind": {
			fixture: selfManaged, said: everything,
			want:   map[string]string{sysctls: "vm/swappiness = 0\n", modules: "rdma_cm\n", arguments: "audit=1\n", dropIn: "[Service]\nLimitCORE=infinity\n"},
			readme: []string{"| /proc/sys/vm/swappiness | 0 |", "## kernel-arguments"},
		},
		"interfaces with dots": {
			fixture: selfManaged, said: map[string]any{"OS/sysctl//proc/sys/net/ipv4/conf/eth0.100/rp_filter": "2", "OS/sysctl//proc/sys/net/ipv4/ping_group_range": "0\t2147483647"},
			want: map[string]string{sysctls: "net/ipv4/conf/eth0.100/rp_filter = 2\nnet/ipv4/ping_group_range = 0\t2147483647\n"},
		},
		"modules to keep out": {
			fixture: selfManaged, said: map[string]any{"OS/kmod/nouveau": false, "OS/kmod/efa": true},
			want: map[string]string{modules: "efa\n", blacklist: "blacklist nouveau\n"},
		},
		"huge pages and their memory": {
			fixture: selfManaged, said: map[string]any{"OS/grub/hugepages": "5128", "OS/grub/hugepagesz": "2M", "OS/grub/nokaslr": ""},
			want:   map[string]string{arguments: "hugepagesz=2M hugepages=5128 nokaslr\n"},
			readme: []string{"The huge pages take 10256MiB of each node's memory"},
		},
		"huge pages of no known size": {
			fixture: selfManaged, said: map[string]any{"OS/grub/hugepages": "many", "OS/grub/hugepagesz": "big"},
			want: map[string]string{arguments: "hugepagesz=big hugepages=many\n"},
		},
		"what was observed": {
			fixture: selfManaged,
			said: map[string]any{
				"OS/grub/BOOT_IMAGE": "/boot/vmlinuz-6.8.0", "OS/grub/root": "PARTUUID=1", "OS/grub/ro": "", "OS/grub/luks": "UUID=1",
				"OS/sysctl//proc/sys/kernel/osrelease": "6.8.0", "OS/sysctl//proc/sys/kernel/random/boot_id": "1", "OS/sysctl//proc/sys/fs/file-nr": "1",
				"OS/sysctl//proc/sys/fs/aio-max-nr": "65536",
				"OS/kmod/nvidia":                    true, "SystemD/containerd.service/MainPID": 7,
			},
			want:   map[string]string{sysctls: "fs/aio-max-nr = 65536\n"},
			readme: []string{"It says where this machine boots from.", "It names a disk of this machine.", "| OS/kmod/nvidia | true | It comes with the GPU driver"},
		},
		"what would be lines of its own": {
			fixture: selfManaged,
			said: map[string]any{
				"OS/sysctl//proc/sys/vm/swappiness": "0\nkernel.core_pattern = |/bin/sh", "OS/sysctl//etc/passwd": "x", "OS/grub/a b": "1", "OS/grub/audit": "1 init=/bin/sh",
				"OS/kmod/a\ninstall b /bin/sh": true, "SystemD/containerd.service/LimitCORE": "1\nExecStartPre=/bin/sh", "SystemD/containerd.service/ExecStartPre": "/bin/sh",
			},
			readme: []string{"No line of sysctl.d/90-eidos.conf can hold it.", "No line of kernel-arguments can hold it."},
		},
		"an image that takes no files": {fixture: "gke-h100-inference", said: everything, readme: []string{"because these nodes take none: Container-Optimized OS", "| /proc/sys/vm/swappiness | 0 |"}},
		"parameters of the image's driver": {
			fixture: selfManaged,
			said:    map[string]any{"K8s/config/driver_source": "image", "K8s/config/gds": false, "K8s/config/kernel_module_params": "NVreg_B=1\nNVreg_A=0x2 NVreg_C=#x"},
			want:    map[string]string{parameters: "options nvidia NVreg_A=0x2\noptions nvidia NVreg_B=1\n"},
			readme:  []string{"| NVreg_A | 0x2 |", "| K8s/config/kernel_module_params/NVreg_C | #x | No line of " + parameters},
		},
		"parameters of the operator's driver": {
			fixture: selfManaged, said: map[string]any{"K8s/config/kernel_module_params": "NVreg_A=1", "OS/kmod/efa": true}, want: map[string]string{modules: "efa\n"},
		},
		"nodes that are containers": {
			fixture: selfManaged, said: map[string]any{"OS/kmod/efa": true, "OS/grub/audit": "1", "request/service": "kind"},
			readme: []string{"because these nodes take none: Nodes of kind are containers", "| efa | true |", "| audit | 1 |"},
		},
		"a containerd of its own": {
			fixture: selfManaged,
			said:    map[string]any{"K8s/node/distribution": "rke2", "SystemD/containerd.service/LimitCORE": "infinity"},
			readme:  []string{"The distribution runs a containerd of its own"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := nodeBundle(t, tt.fixture, tt.said)
			if diff := cmp.Diff(tt.want, b.NodeSettings); diff != "" && len(tt.want)+len(b.NodeSettings) > 0 {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			files := contents(b)
			for file, text := range b.NodeSettings {
				if files["node/"+file] != text || !strings.Contains(files["node/checksums.txt"], "  "+file+"\n") {
					t.Errorf("%s is not a file of the bundle, or has no checksum", file)
				}
			}
			readme := strings.ReplaceAll(files["node/README.md"], `\_`, "_")
			if (readme == "") != (len(tt.said) == 0) {
				t.Errorf("the README is %q", readme)
			}
			for _, text := range tt.readme {
				if !strings.Contains(readme, text) {
					t.Errorf("the README lacks %q:\n%s", text, readme)
				}
			}
		})
	}
}

// TestNodeData holds the data to forms that rendering relies on.
func TestNodeData(t *testing.T) {
	t.Parallel()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	common, err := set.Common()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range common.Node.Files {
		for _, expression := range []string{f.Key, f.Value} {
			if _, err := regexp.Compile(expression); err != nil || expression == "" {
				t.Errorf("%s: %q: %v", f.Path, expression, err)
			}
		}
		if !filepath.IsLocal(f.Path) || f.Path != path.Clean(f.Path) || !strings.Contains(f.From, "/") || f.About == "" || !strings.Contains(f.Line, "${key}") {
			t.Errorf("%s: a field is not in form", f.Path)
		}
		for _, e := range f.Except {
			if e.Why == "" || len(e.Keys)+len(e.Values) == 0 {
				t.Errorf("%s: an exception is not in form: %v", f.Path, e)
			}
			for _, pattern := range append(e.Keys, e.Values...) {
				if _, err := path.Match(pattern, ""); err != nil {
					t.Errorf("%s: %q: %v", f.Path, pattern, err)
				}
			}
		}
	}
}
