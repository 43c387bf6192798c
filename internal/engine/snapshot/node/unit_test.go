// SPDX-License-Identifier: Apache-2.0

package node

import (
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func texts(d data) map[string]string {
	all := map[string]string{}
	for key, reading := range d {
		all[key] = reading.String()
	}
	return all
}

// TestBusProperties reads properties of every form, without secrets and without
// what says how a unit runs.
func TestBusProperties(t *testing.T) {
	t.Parallel()
	properties := map[string]dbus.Variant{}
	for name, value := range map[string]any{
		"Type": "notify", "Restart": "no", "RestartUSec": uint64(100000), "RuntimeMaxUSec": uint64(math.MaxUint64), "UID": uint32(math.MaxUint32),
		"OOMScoreAdjust": int32(-999), "CPUAccounting": true, "User": "1000", "Description": "", "MainPID": uint32(4711), "TTYRows": uint16(1),
		"ExecStart": [][]any{
			{"/usr/bin/x", []string{"/usr/bin/x", "--token", "abc", "--url=http://u:p@h"}, false, uint64(0)},
			{"/usr/bin/y", []string{"/usr/bin/y"}, false, uint64(0)},
			{"a structure of another version"},
			{"/usr/bin/z", "not arguments"},
		},
		"ExecStop": [][]any{}, "Asserts": [][]any{}, "Listen": [][]any{{"Stream", "/run/x"}}, "LogLevel": []byte("x"),
		"DelegateControllers": []string{"cpu", "io"}, "PassEnvironment": []string{}, "After": []string{"b.service", "a.service"},
		"Environment": []string{"HTTP_PROXY=http://u:p@h", "FOO=bar baz", `odd " name=secret`, "EMPTY=", "NONE"},
	} {
		properties[name] = dbus.MakeVariant(value)
	}
	want := data{
		"Type": measurement.Str("notify"), "Restart": measurement.Str("no"), "RestartUSec": measurement.Int(100000),
		"RuntimeMaxUSec": measurement.Str("infinity"), "UID": measurement.Int(math.MaxUint32), "OOMScoreAdjust": measurement.Int(-999),
		"CPUAccounting": measurement.Bool(true), "User": measurement.Str("1000"),
		"ExecStart":           measurement.Str("/usr/bin/x --token (redacted) --url=http://u:(redacted)@h\n/usr/bin/y"),
		"DelegateControllers": measurement.Str("[cpu io]"), "After": measurement.Str("[a.service b.service]"),
		"Environment": measurement.Str("[HTTP_PROXY=(redacted) FOO=(redacted) (redacted) EMPTY=(redacted) (redacted)]"),
	}
	if diff := cmp.Diff(want, busProperties(properties)); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

func TestBusEscape(t *testing.T) {
	t.Parallel()
	for unit, want := range map[string]string{
		"containerd.service": "containerd_2eservice", "k3s-agent@1.service": "k3s_2dagent_401_2eservice", "9p.service": "_39p_2eservice",
	} {
		if got := busEscape(unit); got != want {
			t.Errorf("%s: got %s, want %s", unit, got, want)
		}
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	got := Options{Units: []string{"kubelet", "kubelet.service", "a.slice"}}.units()
	if diff := cmp.Diff([]string{"kubelet.service", "a.slice"}, got); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	want := []string{"SystemD/containerd.service", "OS/grub", "OS/kmod", "OS/sysctl", "OS/release", "OS/kernel", "OS/containerd", "OS/network", "GPU/smi", "GPU/driver", "GPU/device", "SystemD/services"}
	if diff := cmp.Diff(want, Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestSysctlLeftOut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"kernel/random": true, "fs/dentry-state": true, "kernel/hostname": true, "vm/stat_refresh": true, "net/ipv4/tcp_fastopen_key": true,
		"net/ipv4/conf/eth0": true, "net/ipv6/neigh/cni0": true, "sunrpc/svc_rdma/rdma_stat_read": true, "net/ipv6/conf/all/stable_secret": true,
		"net/ipv4/conf": false, "net/ipv4/conf/all": false, "net/ipv4/neigh/default": false, "net/core/somaxconn": false,
		"net/ipv4/tcp_rmem": false, "vm/swappiness": false, "sunrpc/svc_rdma": false, "kernel": false,
	} {
		for _, local := range []bool{true, false} {
			if got := sysctlLeftOut(name, local); got != want {
				t.Errorf("%s (local: %v): got %v, want %v", name, local, got, want)
			}
		}
	}
}

// TestSysctlOfIPC reads what an IPC namespace has only where it is the host's.
func TestSysctlOfIPC(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kernel/shmmax", "kernel/shm_rmid_forced", "kernel/msgmnb", "kernel/sem", "kernel/auto_msgmni", "fs/mqueue"} {
		if sysctlLeftOut(name, true) {
			t.Errorf("%s of this machine is left out", name)
		}
		if !sysctlLeftOut(name, false) {
			t.Errorf("%s of the reader's own namespace is taken for that of the host", name)
		}
	}
}

func TestSysctlThatHasGone(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	w := sysctlWalk{found: data{}}
	w.file(root, "gone", "/proc/sys/gone")
	if w.unread != 0 || len(w.found) != 0 {
		t.Errorf("got %d unread and %v", w.unread, w.found)
	}
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	got := assignments("# a comment\n\nID=ubuntu\nNAME=\"A \\\"B\\\" \\$C\"\nVERSION='1 \\x'\nEMPTY=\"\"\n NO\n=x\nLAST=a\\ b")
	want := map[string]string{"ID": "ubuntu", "NAME": `A "B" $C`, "VERSION": `1 \x`, "LAST": "a b"}
	if diff := cmp.Diff(want, texts(got)); diff != "" {
		t.Errorf("assignments (-want +got):\n%s", diff)
	}
}

// TestSecretsOfAHost has secrets where a host keeps settings.
func TestSecretsOfAHost(t *testing.T) {
	t.Parallel()
	const token = "glpat-" + "aB3dE5gH7jK9mN1pQ2sT"
	got := texts(assignments("A_TOKEN=hunter2\nB_URL=https://u:hunter2@h/\nC=" + token + "\nSUPPORT_END=2029-06-30"))
	want := map[string]string{"A_TOKEN": "(redacted)", "B_URL": "https://u:(redacted)@h/", "C": "(redacted)", "SUPPORT_END": "2029-06-30"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("os-release (-want +got):\n%s", diff)
	}
	got = texts(commandLine("rd.luks.keyfile-size=2048 wifi.psk=hunter2 x=" + token + " ds=nocloud;s=http://u:hunter2@h/ rd.luks.key=/root.key"))
	want = map[string]string{"rd.luks.keyfile-size": "2048", "wifi.psk": "(redacted)", "x": "(redacted)", "ds": "nocloud;s=http://u:(redacted)@h/", "rd.luks.key": "/root.key"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("command line (-want +got):\n%s", diff)
	}
}

func TestLoadedModules(t *testing.T) {
	t.Parallel()
	got := loadedModules("nvidia 1 2 a, Live 0x0 (POE)\nold 1 0\ngoing 1 0 - Unloading 0x0\ncoming 1 0 - Loading 0x0\n\n")
	if diff := cmp.Diff(map[string]string{"nvidia": "true", "old": "true"}, texts(got)); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
}

func TestPCIAddress(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"00000000:0A:00.0": "0000:0a:00.0", "0000:04:00.0": "0000:04:00.0", "00010000:04:00.0": "00010000:04:00.0", "": ":",
	} {
		if got := pciAddress(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestDevices counts GPUs by product, also those of which little is known.
func TestDevices(t *testing.T) {
	t.Parallel()
	h100 := device{id: "2330", model: "NVIDIA H100 80GB HBM3", memory: "81559 MiB"}
	l4 := device{id: "27b8", model: "NVIDIA L4", memory: "23034 MiB"}
	tests := map[string]struct {
		devices map[string]device
		want    map[string]string
	}{
		"one that nvidia-smi does not list": {
			devices: map[string]device{"1": h100, "2": h100, "3": {id: "2330"}},
			want: map[string]string{
				"0.count": "3", "0.model": h100.model, "0.memory": h100.memory, "0.pci-id": "2330",
				"count": "3", "model": h100.model, "memory": h100.memory, "pci-id": "2330",
			},
		},
		"the most frequent first": {
			devices: map[string]device{"1": h100, "2": l4, "3": l4, "4": {id: "ffff"}},
			want: map[string]string{
				"0.count": "2", "0.model": l4.model, "0.memory": l4.memory, "0.pci-id": "27b8", "1.count": "1", "1.pci-id": "ffff",
				"2.count": "1", "2.model": h100.model, "2.memory": h100.memory, "2.pci-id": "2330",
				"count": "2", "model": l4.model, "memory": l4.memory, "pci-id": "27b8",
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, texts(productData(tt.devices))); diff != "" {
				t.Errorf("devices (-want +got):\n%s", diff)
			}
		})
	}
}

// localFiles returns the files of a root as if it were that of this process.
func localFiles(t *testing.T, local bool, entries map[string]string) *files {
	t.Helper()
	root := t.TempDir()
	for name, content := range entries {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	fs, err := openFiles(root, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fs.close)
	fs.local = local
	return fs
}

// TestNoBus says what is missing where no socket answers, one of which is nothing
// but a file.
func TestNoBus(t *testing.T) {
	t.Parallel()
	const running, socket = "run/systemd/system/x", "run/dbus/system_bus_socket"
	for name, tt := range map[string]struct {
		local   bool
		entries []string
		want    string // "" for no error
	}{
		"another init system":  {local: true},
		"a file as a socket":   {local: true, entries: []string{running, socket}, want: "asking systemd over /run/dbus/system_bus_socket: "},
		"no socket":            {local: true, entries: []string{running}, want: "its D-Bus sockets are missing"},
		"no socket of a host":  {entries: []string{running}, want: "mount the host's /run"},
		"host without systemd": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entries := map[string]string{}
			for _, entry := range tt.entries {
				entries[entry] = ""
			}
			got, err := unitReader("a.service")(t.Context(), localFiles(t, tt.local, entries))
			if got != nil || (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v and the error %v, want %q", got, err, tt.want)
			}
		})
	}
}

// TestHostSMI runs the nvidia-smi of a host root by the loader of that root.
func TestHostSMI(t *testing.T) {
	t.Parallel()
	const loader, arm = "lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1"
	tests := map[string]struct {
		local   bool
		entries []string
		want    string // the arguments, with / for the root; "" for no nvidia-smi
	}{
		"none":             {entries: []string{loader}},
		"on this machine":  {local: true, entries: []string{"usr/bin/nvidia-smi", loader}, want: "/usr/bin/nvidia-smi -q -x"},
		"in a host root":   {entries: []string{"usr/bin/nvidia-smi", loader}, want: "/lib64/ld-linux-x86-64.so.2 --library-path /lib64 /usr/bin/nvidia-smi -q -x"},
		"without a loader": {entries: []string{"usr/bin/nvidia-smi"}, want: "/usr/bin/nvidia-smi -q -x"},
		"in the operator's driver": {
			local: true, entries: []string{"run/nvidia/driver/usr/bin/nvidia-smi", "run/nvidia/driver/" + arm, "run/nvidia/driver/usr/lib/aarch64-linux-gnu/libc.so.6"},
			want: "/run/nvidia/driver/lib/ld-linux-aarch64.so.1 --library-path /run/nvidia/driver/usr/lib/aarch64-linux-gnu:/run/nvidia/driver/usr/lib:/run/nvidia/driver/lib /run/nvidia/driver/usr/bin/nvidia-smi -q -x",
		},
		"of GKE": {
			entries: []string{"home/kubernetes/bin/nvidia/bin/nvidia-smi", "home/kubernetes/bin/nvidia/lib64/libnvidia-ml.so.1", loader},
			want:    "/lib64/ld-linux-x86-64.so.2 --library-path /home/kubernetes/bin/nvidia/lib64:/lib64 /home/kubernetes/bin/nvidia/bin/nvidia-smi -q -x",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entries := map[string]string{}
			for _, entry := range tt.entries {
				entries[entry] = ""
			}
			fs := localFiles(t, tt.local, entries)
			cmd, err := hostSMI(t.Context(), fs)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if cmd != nil {
				got = strings.ReplaceAll(strings.Join(cmd.Args, " "), fs.root.Name(), "")
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestPlacesOfSMI runs nvidia-smi wherever a system keeps it.
func TestPlacesOfSMI(t *testing.T) {
	t.Parallel()
	for _, directory := range smiDirectories() {
		program := path.Join(directory, "nvidia-smi")
		host := localFiles(t, false, map[string]string{program: "#!/bin/sh\n"})
		cmd, err := hostSMI(t.Context(), host)
		if err != nil || cmd == nil || strings.TrimPrefix(cmd.Path, host.root.Name()) != program {
			t.Errorf("%s: got %v, %v", program, cmd, err)
		}
	}
	for _, directory := range []string{
		"/usr/sbin", "/usr/lib/wsl/lib", "/run/current-system/sw/bin", "/run/nvidia/driver/usr/bin", "/usr/local/nvidia/bin",
		"/home/kubernetes/bin/nvidia/bin", "/opt/nvidia/bin",
	} {
		if !slices.Contains(smiDirectories(), directory) {
			t.Errorf("%s is not looked in", directory)
		}
	}
}
