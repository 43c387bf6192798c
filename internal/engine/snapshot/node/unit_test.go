// SPDX-License-Identifier: Apache-2.0

package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// shown is what systemctl of systemd 252 prints of a unit, shortened.
const shown = `Type=notify
Restart=no
RestartUSec=100ms
TimeoutStartUSec=1min 30s
RuntimeMaxUSec=infinity
WatchdogUSec=0
UID=[not set]
ExecMainStartTimestamp=Mon 2026-02-02 10:00:00 UTC
MainPID=4711
ExecStartPre={ path=/sbin/modprobe ; argv[]=/sbin/modprobe overlay ; ignore_errors=yes ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStart={ path=/usr/bin/x ; argv[]=/usr/bin/x --token abc --url=http://u:p@h ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStart={ path=/usr/bin/y ; argv[]=/usr/bin/y ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
ExecStartEx={ path=/usr/bin/y ; argv[]=/usr/bin/y ; flags= ; start_time=[n/a] }
CPUQuotaPerSecUSec=1.500000s
CPUWeight=[not set]
TTYRows=[unprintable]
FailureActionExitStatus=0xffffffffffffffff
MemoryCurrent=97543487488
TasksMax=infinity
CPUAccounting=yes
Delegate=no
DelegateControllers=cpu cpuset io
Environment=HTTP_PROXY=http://u:p@h "FOO=bar baz" "odd \" name=secret" EMPTY=
PassEnvironment=
UMask=0027
RuntimeDirectoryMode=0755
LimitNOFILE=524288
LimitNICE=18446744073709551615
OOMScoreAdjust=-999
After=b.service a.service
Description=Reads yes and no
ProtectHome=no
User=1000
LoadState=loaded
a line that is none
`

func TestShownProperties(t *testing.T) {
	t.Parallel()
	got := shownProperties(shown)
	want := map[string]string{
		"Type": "notify", "Restart": "no", "RestartUSec": "100000", "TimeoutStartUSec": "90000000", "RuntimeMaxUSec": "18446744073709551615",
		"WatchdogUSec": "0", "UID": "4294967295", "ExecStartPre": "/sbin/modprobe overlay",
		"ExecStart":          "/usr/bin/x --token (redacted) --url=http://u:(redacted)@h\n/usr/bin/y",
		"CPUQuotaPerSecUSec": "1500000", "CPUWeight": "18446744073709551615", "TasksMax": "18446744073709551615", "CPUAccounting": "true", "Delegate": "false",
		"DelegateControllers": "[cpu cpuset io]", "Environment": "[HTTP_PROXY=(redacted) FOO=(redacted) (redacted) EMPTY=(redacted)]",
		"UMask": "23", "RuntimeDirectoryMode": "493", "LimitNOFILE": "524288", "LimitNICE": "18446744073709551615", "OOMScoreAdjust": "-999",
		"After": "[a.service b.service]", "Description": "Reads yes and no", "ProtectHome": "no", "User": "1000", "LoadState": "loaded",
	}
	if diff := cmp.Diff(want, texts(got)); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	for name, reading := range map[string]measurement.Reading{
		"CPUAccounting": measurement.Bool(true), "Restart": measurement.Str("no"), "LimitNOFILE": measurement.Int(524288),
		"TasksMax": measurement.Uint(unlimited), "User": measurement.Str("1000"), "UMask": measurement.Int(0o27),
	} {
		if got[name] != reading {
			t.Errorf("%s: got %T %v", name, got[name].Any(), got[name])
		}
	}
}

func TestMicroseconds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]measurement.Reading{
		"1min 30s": measurement.Int(90e6), "2us": measurement.Int(2), "1.5ms": measurement.Int(1500),
		"1w 1d 1h": measurement.Int((8*24 + 1) * 3600e6), "1month 1y": measurement.Int(2629800e6 + 31557600e6),
		"": nil, "soon": nil, "1": nil, "9999999999y": nil,
	} {
		if got := microseconds(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
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
	want := []string{"SystemD/containerd.service", "OS/grub", "OS/kmod", "OS/sysctl", "OS/release", "GPU/smi", "GPU/driver", "GPU/device"}
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

// TestSystemctl asks systemctl where no socket answers, one of which is nothing
// but a file.
func TestSystemctl(t *testing.T) {
	bin := t.TempDir()
	script := "#!/bin/sh\necho LoadState=loaded\necho Description=$1,$2,$3,$4,$5\n"
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	fs := localFiles(t, true, map[string]string{"run/dbus/system_bus_socket": "", "run/systemd/system/x": ""})
	t.Setenv("PATH", bin)
	got, err := unitReader("a.service")(t.Context(), fs)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"LoadState": "loaded", "Description": "show,--all,--no-pager,--,a.service"}
	if diff := cmp.Diff(want, texts(got["a.service"])); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	t.Setenv("PATH", "")
	_, err = unitReader("a.service")(t.Context(), fs)
	if err == nil || !strings.Contains(err.Error(), "/run/dbus/system_bus_socket") || !strings.Contains(err.Error(), "there is no systemctl either") {
		t.Errorf("without systemctl: got %v", err)
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
