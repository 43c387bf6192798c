// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// monitored is a bundle in which two components share a namespace.
func monitored(t *testing.T) *bundle.Bundle {
	t.Helper()
	return render(t, bundle.Request{Recipe: withOptions(t, "self-managed", map[string]string{"monitoring": "true"})})
}

// installs lists the components whose script a run of the whole bundle ran, in order.
func installs(output, verb string) []string {
	var names []string
	for line := range strings.Lines(output) {
		if name, ok := strings.CutPrefix(line, verb+" "); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

func TestEntryInstallsInOrder(t *testing.T) {
	t.Parallel()
	b := monitored(t)
	c := newCluster(t, b, "helm", "kubectl")
	calls, output, failed := c.run(nil, "install.sh", "--timeout", "1m", "--context", "two words")
	if failed {
		t.Fatalf("install.sh failed:\n%s", output)
	}
	order := installs(output, "installing")
	if len(order) != len(b.Components) {
		t.Fatalf("installed %v", order)
	}
	for _, component := range b.Components {
		for _, first := range component.Requires {
			if slices.Index(order, first) > slices.Index(order, component.Name) {
				t.Errorf("%s is installed before %s", component.Name, first)
			}
		}
	}
	for _, call := range calls {
		if !strings.Contains(call, "<two words>") {
			t.Errorf("%s does not name the context", call)
		}
	}
	_, output, failed = c.run([]string{"FAKE_FAIL=" + order[1]}, "install.sh")
	if got := installs(output, "installing"); !failed || !slices.Equal(got, order[:2]) {
		t.Errorf("went on to %v after a failure of %s", got, order[1])
	}
}

func TestEntryUninstallsBackward(t *testing.T) {
	t.Parallel()
	b := monitored(t)
	c := newCluster(t, b, "helm", "kubectl")
	_, output, _ := c.run(nil, "install.sh")
	order := installs(output, "installing")
	slices.Reverse(order)
	calls, output, failed := c.run(nil, "uninstall.sh", "--delete-namespace")
	if got := installs(output, "uninstalling"); failed || !slices.Equal(got, order) {
		t.Errorf("uninstalled %v, want %v:\n%s", got, order, output)
	}
	// What else is in a namespace has to be gone by then.
	inNamespace := func(call string) bool { return strings.Contains(call, "<monitoring>") }
	var last string
	deleted := 0
	for _, call := range calls {
		if inNamespace(call) {
			last = call
		}
		if strings.Contains(call, "<delete> <namespace>") && inNamespace(call) {
			deleted++
		}
	}
	if deleted != 1 || !strings.Contains(last, "<delete> <namespace>") {
		t.Errorf("the namespace is deleted %d times, and the last call is %s", deleted, last)
	}
	calls, _, _ = c.run(nil, "uninstall.sh")
	if slices.ContainsFunc(calls, func(call string) bool { return strings.Contains(call, "<delete> <namespace>") }) {
		t.Error("namespaces are deleted although nobody asked for it")
	}
}

// TestEntryWithoutTools: a dry run shows the commands where neither helm nor kubectl
// is installed, and all else fails.
func TestEntryWithoutTools(t *testing.T) {
	t.Parallel()
	c := newCluster(t, monitored(t))
	for script, want := range map[string]string{"install.sh": "helm upgrade --install gpu-operator", "uninstall.sh": "helm uninstall gpu-operator"} {
		if _, output, failed := c.run(nil, script, "--dry-run"); failed || !strings.Contains(output, want) {
			t.Errorf("%s --dry-run printed:\n%s", script, output)
		}
		if _, output, failed := c.run(nil, script); !failed || !strings.Contains(output, "is not installed or not in PATH") {
			t.Errorf("%s printed:\n%s", script, output)
		}
		if _, output, failed := c.run(nil, script, "--help"); failed || !strings.Contains(output, "Usage: "+script) {
			t.Errorf("%s --help printed:\n%s", script, output)
		}
		if _, output, failed := c.run(nil, script, "--dryrun"); !failed || !strings.Contains(output, "unknown argument: --dryrun") {
			t.Errorf("%s --dryrun printed:\n%s", script, output)
		}
	}
}

func TestEntryListsEveryFile(t *testing.T) {
	t.Parallel()
	tool := []string{"sha256sum"}
	if _, err := exec.LookPath(tool[0]); err != nil {
		tool = []string{"shasum", "-a", "256"} // of macOS
	}
	req := formed(t, "gke-h100-tcpxo")
	req.Formats = bundle.Formats()
	b := render(t, req)
	c := newCluster(t, b)
	cmd := exec.CommandContext(t.Context(), tool[0], append(tool[1:], "--strict", "-c", "checksums.txt")...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), ": OK\n") != len(b.Files)-1 {
		t.Errorf("%d files, %v:\n%s", len(b.Files), err, out)
	}
}

// TestEntryWithoutScripts: there is nothing to run, and the README says what to do.
func TestEntryWithoutScripts(t *testing.T) {
	t.Parallel()
	req := formed(t, "aks-h100-training")
	req.Formats, req.GitOps = []string{"flux"}, nil
	files := contents(render(t, req))
	for _, name := range []string{"install.sh", "uninstall.sh", "gpu-operator/README.md"} {
		if _, has := files[name]; has {
			t.Errorf("%s is there", name)
		}
	}
	text := files["README.md"]
	if !strings.Contains(text, "## Flux") || strings.Contains(text, "install.sh") || strings.Contains(text, "gpu-operator/README.md") {
		t.Errorf("README.md:\n%s", text)
	}
}
