// SPDX-License-Identifier: Apache-2.0

//go:build unix

package node_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// healthy is a host on which only what a test adds goes wrong.
const healthy = `
-- etc/os-release --
ID=ubuntu
VERSION_ID="24.04"
-- proc/cmdline --
quiet
-- proc/modules --
nvidia 1 0 - Live 0x0
-- proc/sys/kernel/osrelease --
6.8.0
-- proc/driver/nvidia/version --
NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.90.07  Fri May 31 09:35:42 UTC 2024
-- sys/bus/pci/devices/0000:04:00.0/vendor --
0x10de
-- sys/bus/pci/devices/0000:04:00.0/class --
0x030200
-- sys/bus/pci/devices/0000:04:00.0/device --
0x2330
`

const smiLog = `<?xml version="1.0" ?>
<nvidia_smi_log><driver_version>550.90.07</driver_version><cuda_version>12.4</cuda_version><attached_gpus>1</attached_gpus>
<gpu id="00000000:04:00.0"><product_name>NVIDIA H100 80GB HBM3</product_name></gpu></nvidia_smi_log>
`

func smi(mode, content string) string {
	return "-- usr/bin/nvidia-smi (smi " + mode + ") --\n" + content
}

// TestTrouble makes one thing go wrong on a host: the collectors concerned fail,
// saying why, and the others find what is there.
func TestTrouble(t *testing.T) {
	t.Parallel()
	const noModels = "models and memory are not known from nvidia-smi: "
	pci := map[string]string{"0.count": "1", "0.pci-id": "2330", "count": "1", "pci-id": "2330"}
	known := map[string]string{"0.count": "1", "0.model": "NVIDIA H100 80GB HBM3", "0.pci-id": "2330", "count": "1", "model": "NVIDIA H100 80GB HBM3", "pci-id": "2330"}
	tests := map[string]struct {
		archive string
		// errors are the beginnings of those of the collectors that fail.
		errors map[string]string
		notes  []string // parts of notes, apart from that systemd does not run
		device map[string]string
		smi    map[string]string
	}{
		"nothing": {
			archive: smi("print", smiLog),
			device:  known,
			smi:     map[string]string{"cuda-version": "12.4", "driver-version": "550.90.07", "gpu-count": "1", "model": "NVIDIA H100 80GB HBM3"},
		},
		"nvidia-smi finds no driver": {
			archive: smi("fail", "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"),
			errors: map[string]string{
				"GPU/smi":    "no NVIDIA driver is loaded: running nvidia-smi: exit status 9; it said: NVIDIA-SMI has failed because",
				"GPU/device": noModels + "no NVIDIA driver is loaded",
			},
			device: pci,
		},
		"nvidia-smi prints garbage": {
			archive: smi("print", "Segmentation fault\n"),
			errors: map[string]string{
				"GPU/smi":    `what nvidia-smi printed is not a log (EOF); it begins with "Segmentation fault\n"`,
				"GPU/device": noModels + "what nvidia-smi printed is not a log",
			},
			device: pci,
		},
		"nvidia-smi is cut short": {
			archive: smi("print", smiLog[:200]),
			errors: map[string]string{
				"GPU/smi":    "what nvidia-smi printed is not a log (XML syntax error on line",
				"GPU/device": noModels,
			},
			device: pci,
		},
		"another XML": {
			archive: smi("print", "<html></html>"),
			errors: map[string]string{
				"GPU/smi":    "what nvidia-smi printed is not a log (expected element type <nvidia_smi_log> but have <html>)",
				"GPU/device": noModels,
			},
			device: pci,
		},
		"an entity bomb": {
			archive: smi("print", `<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><nvidia_smi_log><driver_version>&b;</driver_version></nvidia_smi_log>`),
			errors: map[string]string{
				"GPU/smi":    "what nvidia-smi printed is not a log (XML syntax error on line 1: invalid character entity &b;)",
				"GPU/device": noModels,
			},
			device: pci,
		},
		"nvidia-smi floods": {
			archive: smi("flood", ""),
			errors: map[string]string{
				"GPU/smi":    "running nvidia-smi: it printed more than 8388608 bytes",
				"GPU/device": noModels + "running nvidia-smi: it printed more than",
			},
			device: pci,
		},
		"nvidia-smi cannot be run": {
			archive: "-- usr/bin/nvidia-smi --\n",
			errors: map[string]string{
				"GPU/smi":    "running nvidia-smi: fork/exec",
				"GPU/device": noModels,
			},
			device: pci,
		},
		"nvidia-smi warns": {
			archive: smi("warn", smiLog+"WARNING: infoROM is corrupted at gpu 0000:04:00.0\n"),
			notes:   []string{"GPU/smi: nvidia-smi ended with exit status 14 (the infoROM of a GPU is corrupted), but printed a whole log, which counts"},
			device:  known,
			smi:     map[string]string{"cuda-version": "12.4", "driver-version": "550.90.07", "gpu-count": "1", "model": "NVIDIA H100 80GB HBM3", "exit-status": "14"},
		},
		"nvidia-smi crashes after its log": {
			archive: smi("crash", smiLog),
			notes:   []string{"GPU/smi: nvidia-smi ended with exit status -1, but printed a whole log, which counts"},
			device:  known,
			smi:     map[string]string{"cuda-version": "12.4", "driver-version": "550.90.07", "gpu-count": "1", "model": "NVIDIA H100 80GB HBM3", "exit-status": "-1"},
		},
		"nvidia-smi fails in the middle of its log": {
			archive: smi("lose", smiLog[:200]),
			errors: map[string]string{
				"GPU/smi":    "a GPU is lost: it has fallen off the bus: running nvidia-smi: exit status 15; it said: ",
				"GPU/device": noModels,
			},
			device: pci,
		},
		"nvidia-smi sees a GPU no more": {
			archive: smi("lose", "Unable to determine the device handle for GPU0000:04:00.0: GPU is lost.  Reboot the system to recover this GPU\n"),
			errors: map[string]string{
				"GPU/smi":    "a GPU is lost: it has fallen off the bus: running nvidia-smi: exit status 15; it said: Unable to determine",
				"GPU/device": noModels,
			},
			device: pci,
			smi:    map[string]string{"lost-gpus": "1", "exit-status": "15"},
		},
		"nvidia-smi sees only some GPUs": {
			archive: smi("lose", "Unable to determine the device handle for GPU1: 0000:53:00.0: Unknown Error\n"+smiLog),
			notes:   []string{"GPU/smi: nvidia-smi ended with exit status 15 (a GPU is lost: it has fallen off the bus), but"},
			device:  known,
			smi:     map[string]string{"cuda-version": "12.4", "driver-version": "550.90.07", "gpu-count": "1", "model": "NVIDIA H100 80GB HBM3", "lost-gpus": "1", "exit-status": "15"},
		},
		"no GPUs for nvidia-smi": {
			archive: smi("print", "<nvidia_smi_log><driver_version>550.90.07</driver_version><attached_gpus>0</attached_gpus></nvidia_smi_log>"),
			device:  pci,
			smi:     map[string]string{"driver-version": "550.90.07", "gpu-count": "0"},
		},
		"a count that is none": {
			archive: smi("print", "<nvidia_smi_log><attached_gpus>N/A</attached_gpus><gpu/><gpu/></nvidia_smi_log>"),
			device:  map[string]string{"0.count": "2", "1.count": "1", "1.pci-id": "2330", "count": "2"},
			smi:     map[string]string{"gpu-count": "2"},
		},
		"no proc": {
			archive: "-- proc/cmdline/ --\n-- proc/modules -> nowhere --\n-- proc/sys -> gone --\n",
			errors: map[string]string{
				"OS/grub":   "/proc/cmdline: it is not a regular file",
				"OS/sysctl": "/proc/sys: no such file or directory",
			},
			notes:  []string{"GPU/smi: there is no nvidia-smi", "OS/kmod: this kernel has no loadable modules"},
			device: pci,
		},
		"too large": {
			archive: "-- proc/cmdline --\n" + strings.Repeat("x=1 ", 1<<18) + "y\n-- proc/sys/kernel/large --\n" + strings.Repeat("x", 1<<20) + "\n",
			errors:  map[string]string{"OS/grub": "/proc/cmdline: it is larger than 1048576 bytes"},
			notes:   []string{"GPU/smi: there is no nvidia-smi", "OS/sysctl: 1 of 2 values could not be read and are left out; the first: /proc/sys/kernel/large: it is larger than 1048576 bytes"},
			device:  pci,
		},
		"a driver that names no version": {
			archive: "-- proc/driver/nvidia/version --\nNVRM\n",
			errors:  map[string]string{"GPU/driver": `/proc/driver/nvidia/version names no version in its first line, "NVRM"`},
			notes:   []string{"GPU/smi: there is no nvidia-smi"},
			device:  pci,
		},
		"links in a circle": {
			archive: "-- etc/os-release -> ../usr/lib/a --\n-- usr/lib/a -> /usr/lib/b --\n-- usr/lib/b -> a --\n",
			errors:  map[string]string{"OS/release": "/etc/os-release: too many symbolic links"},
			notes:   []string{"GPU/smi: there is no nvidia-smi"},
			device:  pci,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := collect(t, node.Options{HostRoot: hostOf(t, replacing(healthy, tt.archive))})
			checkErrors(t, got.errors, tt.errors)
			notes := append(slices.Clone(tt.notes), "SystemD/containerd.service: this machine does not run systemd")
			if len(notes) != len(got.notes) || !slices.EqualFunc(notes, got.notes, func(part, note string) bool { return strings.HasPrefix(note, part) }) {
				t.Errorf("notes: got %q, want %q", got.notes, notes)
			}
			if diff := cmp.Diff(tt.device, got.data("GPU/device")); diff != "" {
				t.Errorf("GPU/device (-want +got):\n%s", diff)
			}
			if want := maps.Clone(tt.smi); len(want)+len(got.data("GPU/smi")) > 0 {
				if diff := cmp.Diff(want, got.data("GPU/smi")); diff != "" {
					t.Errorf("GPU/smi (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// replacing returns an archive whose entries take the place of those of that
// path, or below it, in another.
func replacing(archive, entries string) string {
	added := readArchive(entries)
	var b strings.Builder
	for _, entry := range readArchive(archive) {
		replaced := slices.ContainsFunc(added, func(a archiveEntry) bool {
			return a.path == entry.path || a.path == entry.path+"/" || strings.HasPrefix(entry.path, a.path+"/") && a.target != ""
		})
		if !replaced {
			b.WriteString("-- " + entry.path + " --\n" + entry.content)
		}
	}
	return b.String() + entries
}

func checkErrors(t *testing.T, got snapshot.Errors, want map[string]string) {
	t.Helper()
	if names := slices.Sorted(maps.Keys(want)); !slices.Equal(names, slices.Sorted(maps.Keys(got))) {
		t.Errorf("failed: got %v, want %v", got.Err(), names)
		return
	}
	for name, beginning := range want {
		if text := got[name].Error(); !strings.HasPrefix(text, beginning) {
			t.Errorf("%s: got %q, want %q", name, text, beginning)
		}
	}
}

func TestHostRootThatIsNotThere(t *testing.T) {
	t.Parallel()
	got := collect(t, node.Options{HostRoot: filepath.Join(t.TempDir(), "none")})
	if len(got.errors) != len(node.Names()) || len(got.snapshot.Measurements) > 0 {
		t.Errorf("got %v and %v", got.snapshot.Measurements, got.errors)
	}
	for name, err := range got.errors {
		if !strings.HasPrefix(err.Error(), "opening the host root: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOddBytes has values that are no UTF-8, pipes in the place of files, and
// links that would lead out of the host.
func TestOddBytes(t *testing.T) {
	t.Parallel()
	root := hostOf(t, replacing(healthy, "-- proc/cmdline --\nname=\xff\xfe \"two words=x\" =y quiet\x00\n-- proc/sys/kernel/odd --\na\xffb\n-- etc/os-release -> ../../../../../usr/lib/os-release --\n-- usr/lib/os-release -> /../../opt/release --\n-- opt/release --\nID=inside\n"))
	must(t, syscall.Mkfifo(filepath.Join(root, "proc/sys/kernel/pipe"), 0o644))
	must(t, os.Remove(filepath.Join(root, "proc/modules")))
	must(t, syscall.Mkfifo(filepath.Join(root, "proc/modules"), 0o644))
	got := collect(t, node.Options{HostRoot: root})
	checkErrors(t, got.errors, map[string]string{"OS/kmod": "/proc/modules: it is not a regular file"})
	want := map[string]string{"name": "\uFFFD", "two words": "x", "=y": "", "quiet": ""}
	if diff := cmp.Diff(want, got.data("OS/grub")); diff != "" {
		t.Errorf("OS/grub (-want +got):\n%s", diff)
	}
	want = map[string]string{"/proc/sys/kernel/odd": "a\uFFFDb", "/proc/sys/kernel/osrelease": "6.8.0"}
	if diff := cmp.Diff(want, got.data("OS/sysctl")); diff != "" {
		t.Errorf("OS/sysctl (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"ID": "inside"}, got.data("OS/release")); diff != "" {
		t.Errorf("OS/release (-want +got):\n%s", diff)
	}
}

// TestHangingTools cancels once nvidia-smi, or its child, is known to hang while
// systemd keeps silent: everything ends, and the others have what is there.
func TestHangingTools(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hang", "hang-in-child"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			must(t, err)
			t.Cleanup(func() { _ = listener.Close() })
			root := hostOf(t, healthy+"-- run/dbus/system_bus_socket (silent bus) --\n"+smi(mode, listener.Addr().String()+"\n"))
			ctx, cancel := context.WithCancel(t.Context())
			var got collected
			finished := make(chan struct{})
			go func() {
				defer close(finished)
				got.snapshot, got.errors = snapshot.Collect(ctx, node.Collectors(node.Options{HostRoot: root}), snapshot.Options{})
			}()
			conn, err := listener.Accept()
			must(t, err)
			cancel()
			<-finished
			if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the program that hangs: %v", err)
			}
			for name, err := range got.errors {
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s: got %v, want it canceled", name, err)
				}
			}
			for _, name := range []string{"GPU/smi", "GPU/device", "SystemD/containerd.service"} {
				if got.errors[name] == nil {
					t.Errorf("%s did not fail", name)
				}
			}
			if got.data("GPU/device")["pci-id"] != "2330" {
				t.Errorf("GPU/device: got %v, want what PCI tells", got.data("GPU/device"))
			}
		})
	}
}

// TestCanceledAtAnyMoment cancels when the nth collector begins. What is found
// all the same is as without that.
func TestCanceledAtAnyMoment(t *testing.T) {
	t.Parallel()
	archive, err := os.ReadFile("testdata/hosts/eks-ubuntu-h100.txtar")
	must(t, err)
	root := hostOf(t, string(archive))
	whole := readingsOf(collect(t, node.Options{HostRoot: root}).snapshot.Measurements)
	for n := range len(node.Names()) {
		ctx, cancel := context.WithCancel(t.Context())
		got, failed := snapshot.Collect(ctx, cancelAt(n, cancel, node.Collectors(node.Options{HostRoot: root})), snapshot.Options{})
		for name, err := range failed {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%d: %s: got %v, want it canceled", n, name, err)
			}
		}
		for name, reading := range readingsOf(got.Measurements) {
			if !strings.HasPrefix(name, "GPU/device/") && whole[name] != reading {
				t.Errorf("%d: %s is %v, and %v in the whole snapshot", n, name, reading, whole[name])
			}
		}
	}
}

// cancelAt makes the nth collector to begin cancel them all.
func cancelAt(n int, cancel context.CancelFunc, collectors []snapshot.Collector) []snapshot.Collector {
	var mu sync.Mutex
	begun := 0
	for i, c := range collectors {
		collectors[i].Collect = func(ctx context.Context) (measurement.List, error) {
			mu.Lock()
			if begun == n {
				cancel()
			}
			begun++
			mu.Unlock()
			return c.Collect(ctx)
		}
	}
	return collectors
}
