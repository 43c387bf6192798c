// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestScriptsPassShellcheck runs where the tool is installed; the linters run it
// over the same files.
func TestScriptsPassShellcheck(t *testing.T) {
	t.Parallel()
	var scripts []string
	for _, pattern := range []string{"testdata/golden/*/*.sh", "testdata/golden/*/*/scripts/*.sh"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("found no golden scripts by %s: %v", pattern, err)
		}
		scripts = append(scripts, found...)
	}
	tool, err := exec.LookPath("shellcheck")
	if err != nil {
		t.Logf("shellcheck is not in PATH; %d scripts are not checked here", len(scripts))
		return
	}
	if out, err := exec.CommandContext(t.Context(), tool, append([]string{"--severity=style"}, scripts...)...).CombinedOutput(); err != nil {
		t.Errorf("shellcheck: %v\n%s", err, out)
	}
}

// cluster is a directory with a bundle and with a helm and a kubectl that log
// their arguments, one call a line, each argument in angle brackets.
type cluster struct {
	t    *testing.T
	dir  string
	log  string
	path string // PATH
}

const fakeTool = `#!/usr/bin/env bash
if [[ "${0##*/}" == helm && -e "${FAKE_CHART:-/nowhere}" ]]; then
  echo "Chart.yaml file is missing" >&2
  exit 1
fi
if [[ -n "${FAKE_ENV:-}" ]]; then echo "${KUBECONFIG}" >"${FAKE_ENV}"; fi
{ printf '%s' "${0##*/}"; printf ' <%s>' "$@"; printf '\n'; } >>"${FAKE_LOG}"
case " $* " in
*" list "*) echo "${FAKE_LIST:-[]}" ;;
*" show crds "*) echo "${FAKE_CRDS:-}" ;;
*" apply "*" - ") cat >>"${FAKE_LOG}" ;;
esac
if [[ " $* " == *" get crd "* && -z "${FAKE_NO_CRDS:-}" ]]; then echo "customresourcedefinition/x"; fi
[[ " $* " != *" ${FAKE_FAIL:-nothing fails} "* ]]
`

func newCluster(t *testing.T, b *bundle.Bundle, tools ...string) *cluster {
	t.Helper()
	root := t.TempDir()
	// A directory whose name a careless script would split or expand.
	c := &cluster{t: t, dir: filepath.Join(root, "out $(touch pwned) 'dir'"), log: filepath.Join(root, "log")}
	for _, f := range b.Files {
		write(t, filepath.Join(c.dir, filepath.FromSlash(f.Path)), string(f.Content), f.Executable)
	}
	bin := filepath.Join(root, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tool := range tools {
		write(t, filepath.Join(bin, tool), fakeTool, true)
	}
	for _, tool := range []string{"bash", "env", "cat", "dirname", "sleep", "awk", "sort", "tr"} {
		program, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(program, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	c.path = bin
	return c
}

func write(t *testing.T, path, content string, executable bool) {
	t.Helper()
	mode := os.FileMode(0o644)
	if executable {
		mode = 0o755
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// run runs a script from another directory, without a terminal, and returns the
// calls that it made, with DIR for the bundle's directory, and its output.
func (c *cluster) run(env []string, script string, args ...string) (calls []string, output string, failed bool) {
	c.t.Helper()
	dir := c.t.TempDir()
	calls, output, failed = c.runIn(dir, env, script, args...)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		c.t.Errorf("%s left %v in the working directory", script, left)
	}
	return calls, output, failed
}

func (c *cluster) runIn(dir string, env []string, script string, args ...string) (calls []string, output string, failed bool) {
	c.t.Helper()
	return c.start(exec.CommandContext(c.t.Context(), filepath.Join(c.dir, filepath.FromSlash(script)), args...), dir, env)
}

func (c *cluster) start(cmd *exec.Cmd, dir string, env []string) (calls []string, output string, failed bool) {
	c.t.Helper()
	if err := os.RemoveAll(c.log); err != nil {
		c.t.Fatal(err)
	}
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + c.path, "FAKE_LOG=" + c.log}, env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	log, _ := os.ReadFile(c.log) // missing when nothing was called
	if text := strings.ReplaceAll(string(log), c.dir, "DIR"); text != "" {
		calls = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	return calls, string(out), err != nil
}

func (c *cluster) want(name string, want, got []string) {
	c.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func networkBundle(t *testing.T) *bundle.Bundle {
	t.Helper()
	return render(t, bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma"), Namespaces: map[string]string{"network-operator": "net"}})
}

// lookCalls look for the definitions of a release, and find none in its chart.
func lookCalls(release, namespace, source, version string) []string {
	return []string{
		"helm <list> <--namespace> <" + namespace + "> <--filter> <^" + release + "$> <--output> <json>",
		"helm <show> <crds> <" + source + "> <--version> <" + version + ">",
	}
}

func installCalls() []string {
	look := lookCalls("network-operator", "net", "network-operator> <--repo> <https://helm.ngc.nvidia.com/nvidia", "26.4.1")
	return append(append([]string{"kubectl <apply> <--filename> <DIR/network-operator/manifests/namespace.yaml>"}, look...),
		"helm <upgrade> <--install> <network-operator> <network-operator> <--repo> <https://helm.ngc.nvidia.com/nvidia> <--version> <26.4.1> <--namespace> <net> <--values> <DIR/network-operator/values.yaml> <--wait> <--timeout> <20m>",
		"kubectl <get> <crd> <nicclusterpolicies.mellanox.com> <--ignore-not-found> <--output> <name>",
		"kubectl <wait> <--for=condition=Established> <--timeout> <20m> <crd/nicclusterpolicies.mellanox.com>",
		"kubectl <apply> <--filename> <DIR/network-operator/manifests/nicclusterpolicy.yaml>",
		"kubectl <get> <crd> <macvlannetworks.mellanox.com> <--ignore-not-found> <--output> <name>",
		"kubectl <wait> <--for=condition=Established> <--timeout> <20m> <crd/macvlannetworks.mellanox.com>",
		"kubectl <apply> <--filename> <DIR/network-operator/manifests/network.yaml>",
		"kubectl <get> <crd> <ippools.nv-ipam.nvidia.com> <--ignore-not-found> <--output> <name>",
		"kubectl <wait> <--for=condition=Established> <--timeout> <20m> <crd/ippools.nv-ipam.nvidia.com>",
		"kubectl <apply> <--filename> <DIR/network-operator/manifests/ippool.yaml>",
	)
}

func readyCalls() []string {
	return []string{
		"kubectl <wait> <--for=jsonpath={.status.state}=ready> <--timeout> <20m> <nicclusterpolicies.mellanox.com/nic-cluster-policy>",
	}
}

func TestInstall(t *testing.T) {
	t.Parallel()
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	const script = "network-operator/scripts/install.sh"
	all := append(installCalls(), readyCalls()...)
	for _, time := range []string{"first", "second"} {
		calls, output, failed := c.run(nil, script)
		if failed {
			t.Fatalf("the %s run failed:\n%s", time, output)
		}
		c.want(time+" run", all, calls)
	}
	calls, _, _ := c.run(nil, script, "--no-wait")
	c.want("--no-wait", installCalls(), calls)

	calls, output, failed := c.run(nil, script, "--dry-run")
	c.want("--dry-run", nil, calls)
	if failed || !strings.Contains(output, "helm upgrade --install network-operator") || !strings.Contains(output, "kubectl apply") ||
		strings.Contains(output, "waiting") {
		t.Errorf("--dry-run printed:\n%s", output)
	}
	calls, _, _ = c.run(nil, script, "--context", "a b; $(x)", "--timeout", "1h", "--no-wait")
	if got := strings.Join(calls, "\n"); !strings.Contains(got, "helm <--kube-context> <a b; $(x)> <upgrade>") ||
		!strings.Contains(got, "kubectl <--context> <a b; $(x)> <apply>") || !strings.Contains(got, "<--timeout> <1h>") {
		t.Errorf("--context and --timeout gave:\n%s", got)
	}
}

// TestInstallFromTheBundlesDirectory: there, Helm would take the component's
// directory for the chart.
func TestInstallFromTheBundlesDirectory(t *testing.T) {
	t.Parallel()
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	seen := filepath.Join(t.TempDir(), "kubeconfig")
	env := []string{"FAKE_CHART=network-operator", "FAKE_ENV=" + seen, "KUBECONFIG=a b.yaml:/c.yaml"}
	calls, output, failed := c.runIn(c.dir, env, "network-operator/scripts/install.sh")
	if failed {
		t.Fatal(output)
	}
	c.want("calls", append(installCalls(), readyCalls()...), calls)
	got, err := os.ReadFile(seen)
	if want := c.dir + "/a b.yaml:/c.yaml\n"; err != nil || string(got) != want {
		t.Errorf("KUBECONFIG is %q, want %q (%v)", got, want, err)
	}
}

// TestReadmeWaitsForDefinitionsToAppear: kubectl waits for no object that does
// not exist yet, unless it is told to wait for that.
func TestReadmeWaitsForDefinitionsToAppear(t *testing.T) {
	t.Parallel()
	readme := contents(networkBundle(t))["network-operator/README.md"]
	const byHand = `kubectl apply -f manifests/network.yaml
kubectl wait --for=create --timeout 20m crd/ippools.nv-ipam.nvidia.com  # kubectl 1.31 or later
kubectl wait --for=condition=Established --timeout 5m crd/ippools.nv-ipam.nvidia.com
kubectl apply -f manifests/ippool.yaml
`
	if !strings.Contains(readme, byHand) {
		t.Errorf("README.md lacks\n%s\n%s", byHand, readme)
	}
}

// TestScriptsIgnoreCDPATH: with it, cd goes elsewhere and prints where.
func TestScriptsIgnoreCDPATH(t *testing.T) {
	t.Parallel()
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	elsewhere := t.TempDir()
	if err := os.MkdirAll(filepath.Join(elsewhere, "network-operator", "scripts"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := []string{"CDPATH=" + elsewhere}
	for script, want := range map[string]string{
		"install.sh":   "kubectl <apply> <--filename> <DIR/network-operator/manifests/namespace.yaml>",
		"uninstall.sh": "kubectl <delete> <--ignore-not-found> <--timeout> <10m> <--filename> <DIR/network-operator/manifests/ippool.yaml>",
	} {
		// bash finds the script by the path that it is given, as people give it.
		calls, output, failed := c.start(exec.CommandContext(t.Context(), "bash", "network-operator/scripts/"+script), c.dir, env)
		if failed || !slices.Contains(calls, want) {
			t.Errorf("%s lacks the call %s; it called %v and printed:\n%s", script, want, calls, output)
		}
	}
}

func TestInstallStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	c := newCluster(t, networkBundle(t), "helm", "kubectl")
	calls, _, failed := c.run([]string{"FAKE_FAIL=upgrade"}, "network-operator/scripts/install.sh")
	if !failed {
		t.Error("helm failed, but the script did not")
	}
	c.want("calls", installCalls()[:4], calls)
}

func TestInstallOfGPUOperatorNeverAppliesTheClusterPolicy(t *testing.T) {
	t.Parallel()
	c := newCluster(t, render(t, bundle.Request{Recipe: fixture(t, "gke-h100-inference")}), "helm", "kubectl")
	calls, output, failed := c.run(nil, "gpu-operator/scripts/install.sh")
	if failed {
		t.Fatal(output)
	}
	look := lookCalls("gpu-operator", "gpu-operator", "gpu-operator> <--repo> <https://helm.ngc.nvidia.com/nvidia", "v26.7.0")
	c.want("calls", []string{
		"kubectl <apply> <--filename> <DIR/gpu-operator/manifests/namespace.yaml>",
		"kubectl <apply> <--filename> <DIR/gpu-operator/manifests/resourcequota.yaml>",
		look[0], look[1],
		"helm <upgrade> <--install> <gpu-operator> <gpu-operator> <--repo> <https://helm.ngc.nvidia.com/nvidia> <--version> <v26.7.0> <--namespace> <gpu-operator> <--values> <DIR/gpu-operator/values.yaml> <--wait> <--timeout> <20m>",
		"kubectl <get> <crd> <clusterpolicies.nvidia.com> <--ignore-not-found> <--output> <name>",
		"kubectl <wait> <--for=condition=Established> <--timeout> <20m> <crd/clusterpolicies.nvidia.com>",
		"kubectl <wait> <--for=jsonpath={.status.state}=ready> <--timeout> <20m> <clusterpolicies.nvidia.com/cluster-policy>",
	}, calls)
}

func TestInstallWaitsForNoPolicyThatTheChartDoesNotMake(t *testing.T) {
	t.Parallel()
	b := render(t, bundle.Request{Recipe: fixture(t, "gke-h100-inference"), Overrides: map[string]string{"gpu-operator": "clusterPolicy: {deployCR: false}"}})
	if c := componentOf(t, b, "gpu-operator"); len(c.ChartManifests) > 0 {
		t.Errorf("chart manifests: %v", c.ChartManifests)
	}
	calls, output, failed := newCluster(t, b, "helm", "kubectl").run(nil, "gpu-operator/scripts/install.sh")
	if failed || len(calls) != 5 || !strings.Contains(output, "nothing reports readiness") {
		t.Errorf("calls %v, output:\n%s", calls, output)
	}
}

// TestInstallWaitsForNothingThatComesLater: the driver's pods wait for the
// network driver, which the next component installs.
func TestInstallWaitsForNothingThatComesLater(t *testing.T) {
	t.Parallel()
	const crd, told = "crd/clusterpolicies.nvidia.com", "only after network-operator is installed"
	for name, tt := range map[string]struct {
		change func(*scenario)
		waits  bool
	}{
		"network driver in a container": {func(s *scenario) { s.set(config("peer_memory"), true) }, false},
		"network driver on the host": {
			func(s *scenario) { s.set(network("deploy_ofed"), false).set(network("use_host_mofed"), true) }, true,
		},
		"no network operator": {func(s *scenario) { s.Bundlers = []string{"gpu-operator"} }, true},
		"no peer memory": {
			func(s *scenario) { s.override("gpu-operator", "driver: {rdma: {enabled: false}}") }, true,
		},
		"driver of the node image": {func(s *scenario) { s.override("gpu-operator", "driver: {enabled: false}") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScenario(t, tt.change)
			s.IgnoreFindings = []string{"gds-needs-operator-driver"}
			b := render(t, s.Request)
			calls, output, failed := newCluster(t, b, "helm", "kubectl").run(nil, "gpu-operator/scripts/install.sh")
			if failed {
				t.Fatal(output)
			}
			if waits := strings.Contains(strings.Join(calls, "\n"), crd); waits != tt.waits {
				t.Errorf("waits: %t, want %t; calls %v", waits, tt.waits, calls)
			}
			if strings.Contains(output, told) == tt.waits {
				t.Errorf("the script says:\n%s", output)
			}
			if strings.Contains(contents(b)["gpu-operator/README.md"], "# Only after network-operator is installed") == tt.waits {
				t.Error("README.md says otherwise")
			}
		})
	}
}

func TestScriptsExplainBadUse(t *testing.T) {
	t.Parallel()
	b := networkBundle(t)
	c := newCluster(t, b, "helm", "kubectl")
	bare := newCluster(t, b, "kubectl")
	for _, script := range []string{"network-operator/scripts/install.sh", "network-operator/scripts/uninstall.sh"} {
		for _, tt := range []struct {
			on   *cluster
			args []string
			want string
			ok   bool
		}{
			{on: c, args: []string{"--help"}, want: "Usage:", ok: true},
			{on: c, args: []string{"--force"}, want: "error: unknown argument: --force"},
			{on: c, args: []string{"--timeout"}, want: "error: --timeout needs a value"},
			{on: bare, args: nil, want: "error: helm is not installed or not in PATH"},
		} {
			calls, output, failed := tt.on.run(nil, script, tt.args...)
			if failed == tt.ok || calls != nil || !strings.Contains(output, tt.want) {
				t.Errorf("%s %v: failed %v, called %v, printed:\n%s", script, tt.args, failed, calls, output)
			}
		}
	}
}
