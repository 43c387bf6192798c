// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// hostRoot is a node of which little is known.
func hostRoot(t *testing.T) string {
	t.Helper()
	return plant(t, map[string]string{
		"etc/hostname":   "gpu-node-1\n",
		"etc/os-release": "ID=ubuntu\nVERSION_ID=\"24.04\"\n",
		"proc/cmdline":   "BOOT_IMAGE=/boot/vmlinuz-6.8.0-1028-aws quiet\n",
		"proc/modules":   "nvidia 1 0 - Live 0x0\n",
	})
}

func TestSnapshotOfHostRoot(t *testing.T) {
	t.Parallel()
	o := run(t, "snapshot", "--host-root", hostRoot(t), "--collectors", "OS/release,os/GRUB")
	o.check(t, cli.ExitOK)
	equal(t, promise+`apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
metadata:
  created: "`+created+`"
  hostname: gpu-node-1
  version: "1.2.3"
measurements:
  - type: OS
    subtypes:
      - subtype: grub
        data:
          BOOT_IMAGE: /boot/vmlinuz-6.8.0-1028-aws
          quiet: ""
      - subtype: release
        data:
          ID: ubuntu
          VERSION_ID: "24.04"
...
`, o.stdout)
}

func TestSnapshotHostname(t *testing.T) {
	t.Parallel()
	this, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	known, unknown := hostRoot(t), plant(t, map[string]string{"etc/os-release": "ID=cos\n"})
	escaping := plant(t, map[string]string{"etc/os-release": "ID=cos\n"})
	if err := os.Symlink(filepath.Join(known, "etc", "hostname"), filepath.Join(escaping, "etc", "hostname")); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		env  map[string]string
		root string
		want string
	}{
		"of the host root": {nil, known, "gpu-node-1"},
		"of the manifest":  {with(nil, "NODE_NAME", "node-7"), known, "node-7"},
		"unknown":          {nil, unknown, this},
		"outside":          {nil, escaping, this},
	} {
		o := session{env: test.env}.run(t, "snapshot", "--host-root", test.root, "--collectors", "OS/release")
		o.check(t, cli.ExitOK)
		if got := decodeSnapshot(t, o.stdout).Metadata.Hostname; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestSnapshotOfThisMachine takes one of whatever this runs on.
func TestSnapshotOfThisMachine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "snapshot.json")
	o := run(t, "snapshot", "--output", file)
	o.check(t, cli.ExitOK, "note: no cluster is configured, so nothing of type K8s is collected")
	o.silent(t)
	taken := decodeSnapshot(t, contents(t, file))
	if taken.Measurements.Text(measurement.OS, "release", "ID") == "" {
		t.Error("the snapshot has no OS/release/ID")
	}
	if !strings.HasPrefix(contents(t, file), "{") {
		t.Error("the file is no JSON, as its extension asks for")
	}
}

func TestSnapshotTable(t *testing.T) {
	t.Parallel()
	root := hostRoot(t)
	equal(t, "TYPE   SUBTYPE   KEY          VALUE\nOS     release   ID           ubuntu\nOS     release   VERSION_ID   24.04\n",
		must(t, "snapshot", "--host-root", root, "--collectors", "OS/release", "--format", "table"))
}

// TestSnapshotFramed is found again in a log with what else the command writes.
func TestSnapshotFramed(t *testing.T) {
	t.Parallel()
	o := run(t, "snapshot", "--host-root", hostRoot(t), "--framed")
	o.check(t, cli.ExitPartial, "SystemD/containerd.service: ")
	text, rest, err := frame.Read(strings.NewReader("kubelet\n"+o.stdout+o.stderr), len(o.stdout))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "ubuntu", decodeSnapshot(t, string(text)).Measurements.Text(measurement.OS, "release", "ID"))
	equal(t, "kubelet\n"+strings.TrimSpace(o.stderr), rest)
}

// TestSnapshotSelection selects every collector by its name and its type.
func TestSnapshotSelection(t *testing.T) {
	t.Parallel()
	root := hostRoot(t)
	for _, name := range node.Names() {
		kind, _, _ := strings.Cut(name, "/")
		for _, word := range []string{name, strings.ToLower(kind)} {
			o := run(t, "snapshot", "--host-root", root, "--collectors", word)
			for line := range strings.Lines(o.stderr) {
				if !strings.Contains(line, kind+"/") && !strings.Contains(line, "nothing was collected") {
					t.Errorf("%s: %s", word, line)
				}
			}
			if o.code == cli.ExitOK {
				for _, m := range decodeSnapshot(t, o.stdout).Measurements {
					equal(t, kind, string(m.Type))
				}
			}
		}
	}
}

func TestSnapshotPartial(t *testing.T) {
	t.Parallel()
	root := hostRoot(t)
	modules := filepath.Join(root, "proc", "modules")
	if err := os.Remove(modules); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(modules, 0o755); err != nil { // what cannot be read as a file
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "snapshot.yaml")
	args := []string{"snapshot", "--host-root", root, "--collectors", "OS/release,OS/kmod", "-o", file}

	o := run(t, append(args, "--fail-fast")...)
	o.check(t, cli.ExitFailure, "eidos snapshot: error: OS/kmod: ")
	if _, err := os.Stat(file); err == nil {
		t.Error("--fail-fast wrote a snapshot")
	}

	o = run(t, args...)
	o.check(t, cli.ExitPartial, "eidos snapshot: error: OS/kmod: ", "eidos snapshot: wrote "+file+"\n")
	equal(t, 2, strings.Count(o.stderr, "\n"))

	o = run(t, append(args, "--allow-partial")...)
	o.check(t, cli.ExitOK, "eidos snapshot: warning: OS/kmod: ", "eidos snapshot: wrote "+file+"\n")
	equal(t, 2, strings.Count(o.stderr, "\n"))
	equal(t, "ubuntu", decodeSnapshot(t, contents(t, file)).Measurements.Text(measurement.OS, "release", "ID"))
}

func TestSnapshotOfNothing(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{"kept.yaml": "kept", "root/empty": ""})
	kept := filepath.Join(dir, "kept.yaml")
	run(t, "snapshot", "--host-root", filepath.Join(dir, "root"), "--collectors", "OS/grub", "-o", kept, "--allow-partial").
		check(t, cli.ExitFailure, "nothing was collected, so nothing is written")
	equal(t, "kept", contents(t, kept))
}

func TestSnapshotInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := session{}.runContext(ctx, "snapshot", "--host-root", hostRoot(t))
	o.check(t, cli.ExitFailure, "eidos snapshot: error: interrupted")
	o.silent(t)
}

func TestSnapshotErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(plant(t, map[string]string{"file": ""}), "file")
	for name, test := range map[string]struct {
		args []string
		text string
	}{
		"collector":         {[]string{"--collectors", "os,disk"}, `--collectors: there is no collector "disk"; known are SystemD/containerd.service, OS/grub`},
		"subtype":           {[]string{"--collectors", "OS/"}, `there is no collector "OS/"`},
		"timeout":           {[]string{"--timeout", "0s"}, "--timeout 0s: a collector needs time"},
		"malformed timeout": {[]string{"--timeout", "soon"}, `--timeout "soon": want a time such as 30s or 2m; see eidos snapshot --help`},
		"cluster":           {[]string{"--collectors", "k8s"}, "no cluster is configured: set --kubeconfig"},
		"destination":       {[]string{"--output", "cm://gpu-operator/eidos-snapshot"}, "no cluster is configured"},
		"scheme":            {[]string{"--output", "http://example.com/a"}, "cannot be written to"},
		"file as host root": {[]string{"--host-root", file}, "error: --host-root " + file + ": it is not a directory"},
		"path as unit":      {[]string{"--unit", "../x"}, `error: --unit "../x": it is not the name of a systemd unit`},
		"flag in a unit":    {[]string{"--unit", "a.service --foo"}, `error: --unit "a.service --foo": it is not the name`},
		"framed file":       {[]string{"--framed", "--output", file}, "error: --framed is about a document on standard output"},
		"framed table":      {[]string{"--framed", "--format", "table"}, "error: --framed is about a document on standard output"},
		"two minds":         {[]string{"--allow-partial", "--fail-fast"}, "error: --allow-partial and --fail-fast contradict each other"},
		"extra argument":    {[]string{"out.yaml"}, `unexpected argument "out.yaml"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, append([]string{"snapshot"}, test.args...)...)
			o.check(t, cli.ExitUsage, test.text)
			o.silent(t)
			equal(t, 1, strings.Count(o.stderr, "\n"))
		})
	}
}

// TestPipeline passes documents from command to command.
func TestPipeline(t *testing.T) {
	t.Parallel()
	root := hostRoot(t)
	taken := run(t, "snapshot", "--host-root", root, "--collectors", "os")
	made := session{stdin: taken.stdout}.run(t, "recipe", "--snapshot", "-", "--service", "eks", "--gpu", "h100", "--intent", "training", "--k8s", "1.34")
	made.check(t, cli.ExitOK)
	equal(t, document.Query{OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1028-aws", Service: "eks", K8s: "1.34", GPU: "h100", Intent: "training"}, decodeRecipe(t, made.stdout).Request)
	dir := filepath.Join(t.TempDir(), "out")
	session{stdin: made.stdout}.run(t, "bundle", "--recipe", "-", "-o", dir).check(t, cli.ExitOK)
	if !names(t, dir)["gpu-operator/values.yaml"] {
		t.Errorf("the bundle has %v", names(t, dir))
	}
}

// TestCollectorsOfCompletion keeps completion in step with what there is.
func TestCollectorsOfCompletion(t *testing.T) {
	t.Parallel()
	printed := run(t, "__complete", "snapshot", "--collectors", "").stdout
	for _, want := range append(node.Names(), snapshot.KubernetesNode, "gpu", "k8s", "os", "systemd") {
		if !strings.Contains(printed, want+"\n") {
			t.Errorf("%q is not offered:\n%s", want, printed)
		}
	}
}
