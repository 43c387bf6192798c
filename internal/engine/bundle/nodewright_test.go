// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func gpuPool() *bundle.Placement {
	return &bundle.Placement{GPU: bundle.Pool{NodeSelector: map[string]string{"pool": "gpu"}}}
}

// tuned renders NodeWright for nodes of which a recipe says some things.
func tuned(t *testing.T, options map[string]string, change func(*bundle.Request)) *bundle.Bundle {
	t.Helper()
	options["node_tuning"] = "nodewright"
	req := bundle.Request{
		Recipe:    withOptions(t, "self-managed", options),
		Bundlers:  []string{"gpu-operator", "nodewright"},
		Placement: gpuPool(),
	}
	for key, value := range map[string]any{
		"OS/sysctl//proc/sys/vm/swappiness": "$(reboot) `reboot`", "OS/kmod/EIDOS": true, "OS/kmod/reboot": true, "OS/grub/audit": "1",
		"SystemD/containerd.service/LimitCORE": "infinity",
	} {
		reading, err := measurement.FromAny(value)
		if err != nil {
			t.Fatal(err)
		}
		req.Recipe.Measurements = req.Recipe.Measurements.With(measurement.ParsePath(key), reading)
	}
	if change != nil {
		change(&req)
	}
	return render(t, req)
}

// packages are those of the object, by name.
func packages(t *testing.T, b *bundle.Bundle) map[string]map[string]any {
	t.Helper()
	spec, _ := objectOf(t, b, "nodewright", "manifests/tuning.yaml")["spec"].(map[string]any)
	all := map[string]map[string]any{}
	for name, one := range spec["packages"].(map[string]any) {
		all[name], _ = one.(map[string]any)
	}
	return all
}

// TestNodeWrightIsAsked: NodeWright sets what holds at once, and empties nodes only
// where somebody says so.
func TestNodeWrightIsAsked(t *testing.T) {
	t.Parallel()
	b := tuned(t, map[string]string{}, nil)
	if diff := cmp.Diff([]string{"modules", "sysctls"}, slices.Sorted(maps.Keys(packages(t, b)))); diff != "" {
		t.Errorf("without interrupts (-want +got):\n%s", diff)
	}
	all := packages(t, tuned(t, map[string]string{"node_interrupts": "true"}, nil))
	if diff := cmp.Diff([]string{"containerd-limits", "kernel-arguments", "modules", "sysctls"}, slices.Sorted(maps.Keys(all))); diff != "" {
		t.Errorf("with interrupts (-want +got):\n%s", diff)
	}
	for name, kind := range map[string]any{"kernel-arguments": "reboot", "containerd-limits": "service", "sysctls": nil, "modules": nil} {
		interrupt, _ := all[name]["interrupt"].(map[string]any)
		if interrupt["type"] != kind {
			t.Errorf("%s: the interrupt is %v, want %v", name, interrupt, kind)
		}
	}
	spec, _ := objectOf(t, b, "nodewright", "manifests/tuning.yaml")["spec"].(map[string]any)
	delete(spec, "packages")
	want := map[string]any{
		"nodeSelectors": map[string]any{"matchLabels": map[string]any{"pool": "gpu"}}, "interruptionBudget": map[string]any{"count": int64(1)},
		"additionalTolerations": []any{map[string]any{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}},
	}
	if diff := cmp.Diff(want, spec); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := componentOf(t, b, "gpu-operator").Requires; !slices.Contains(got, "nodewright") {
		t.Errorf("the GPU Operator requires %v", got)
	}
}

// TestNodeWrightWritesTheFiles runs the packages' scripts: on a node they write what
// node/ has, byte for byte, and run nothing that a recipe says.
func TestNodeWrightWritesTheFiles(t *testing.T) {
	t.Parallel()
	b := tuned(t, map[string]string{"node_interrupts": "true"}, nil)
	node := t.TempDir()
	for _, dir := range []string{"etc/sysctl.d", "etc/modules-load.d", "etc/default/grub.d", "etc/systemd/system"} {
		if err := os.MkdirAll(filepath.Join(node, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	tools := filepath.Join(node, "bin")
	if err := os.Mkdir(tools, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"sysctl", "systemctl", "update-grub", "reboot", "EIDOS"} {
		text := "#!/bin/sh\necho \"" + tool + " $*\" >> \"" + filepath.Join(node, "log") + "\"\n"
		if err := os.WriteFile(filepath.Join(tools, tool), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	all := packages(t, b)
	run := func(script string) {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			text, _ := all[name]["configMap"].(map[string]any)[script].(string)
			cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(text, " /etc/", " "+node+"/etc/"))
			cmd.Env = []string{"PATH=" + tools + ":" + os.Getenv("PATH")}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %s: %v\n%s", name, script, err, out)
			}
		}
	}
	run("config.sh")
	for _, file := range []string{sysctls, modules, dropIn} {
		written, err := os.ReadFile(filepath.Join(node, "etc", file))
		if diff := cmp.Diff(b.NodeSettings[file], string(written)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", file, err, diff)
		}
	}
	grub, err := exec.CommandContext(t.Context(), "sh", "-c", `GRUB_CMDLINE_LINUX=console=ttyS0; . "$1"; echo "$GRUB_CMDLINE_LINUX"`, "sh", filepath.Join(node, "etc/default/grub.d/90-eidos.cfg")).Output()
	if want := "console=ttyS0 " + b.NodeSettings[arguments]; err != nil || string(grub) != want {
		t.Errorf("the kernel gets %q, %v, want %q", grub, err, want)
	}
	log, err := os.ReadFile(filepath.Join(node, "log"))
	want := "systemctl daemon-reload\nupdate-grub \nsystemctl restart systemd-modules-load\nsysctl -e -p " + node + "/etc/" + sysctls + "\n"
	if diff := cmp.Diff(want, string(log)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	run("uninstall.sh")
	left, err := filepath.Glob(filepath.Join(node, "etc/*/*90-eidos*"))
	if err != nil || left != nil {
		t.Errorf("uninstalling leaves %v, %v", left, err)
	}
}

// TestNodeWrightFromAMirror: the package comes from the mirror, and is one of the
// images of the component.
func TestNodeWrightFromAMirror(t *testing.T) {
	t.Parallel()
	b := tuned(t, map[string]string{}, func(r *bundle.Request) { r.Registry = &bundle.Registry{Mirror: "registry.example.com/m"} })
	const image = "registry.example.com/m/nvidia/skyhook-packages/shellscript"
	if got := packages(t, b)["sysctls"]["image"]; got != image {
		t.Errorf("the package is %v", got)
	}
	got := componentOf(t, b, "nodewright").Images
	if !slices.Contains(got, image+":1.1.1") || slices.ContainsFunc(got, func(i string) bool { return !strings.HasPrefix(i, "registry.example.com/m/") }) {
		t.Errorf("the images are %v", got)
	}
}
