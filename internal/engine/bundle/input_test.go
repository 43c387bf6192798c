// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func TestInputErrors(t *testing.T) {
	t.Parallel()
	known := "known are " + strings.Join(renderer().Bundlers(), ", ")
	tests := map[string]struct {
		change func(*scenario)
		want   []string
	}{
		"string for a bool": {
			func(s *scenario) { s.set(config("cdi"), "yes") },
			[]string{`recipe: K8s/config/cdi: got the string "yes", want a bool: true or false without quotes`},
		},
		"bool for a string": {
			func(s *scenario) { s.set(config("runtime_class"), true) },
			[]string{`recipe: K8s/config/runtime_class: got the bool true, want a string: put it into quotes`},
		},
		"empty string": {
			func(s *scenario) { s.set(config("runtime_class"), "").set(config("driver_install_dir"), " ") },
			[]string{
				`recipe: K8s/config/driver_install_dir: the string is empty, which says nothing: give a value, or remove the key with null in an overlay`,
				`recipe: K8s/config/runtime_class: the string is empty, which says nothing: give a value, or remove the key with null in an overlay`,
			},
		},
		"number for a string": {
			func(s *scenario) { s.set(image("driver"), 580) },
			[]string{`recipe: K8s/image/driver: got the number 580, want a string: put it into quotes`},
		},
		"unknown word": {
			func(s *scenario) { s.set(config("mig_strategy"), "Mixd") },
			[]string{`recipe: K8s/config/mig_strategy: got "Mixd", want one of none, single, mixed; did you mean "mixed"?`},
		},
		"no label value": {
			func(s *scenario) { s.set(config("mig_profile"), "a\nb") },
			[]string{`recipe: K8s/config/mig_profile: got "a\nb", want the value of a node label: at most 63 letters, digits, dashes, dots and underscores`},
		},
		"words of modprobe among kernel module parameters": {
			func(s *scenario) { s.set(config("kernel_module_params"), "options nvidia NVreg_X=1") },
			[]string{`recipe: K8s/config/kernel_module_params: got "options", want NAME=VALUE without blanks, such as NVreg_EnableStreamMemOPs=1; several stand on lines of their own, without modprobe's words`},
		},
		"range of chart versions": {
			func(s *scenario) { s.set(image("gpu-operator"), ">= 25.0.0") },
			[]string{`recipe: K8s/image/gpu-operator: got ">= 25.0.0", want one release of gpu-operator, such as "v26.7.0"`},
		},
		"number as chart version": {
			func(s *scenario) { s.set(image("gpu-operator"), 26) },
			[]string{`recipe: K8s/image/gpu-operator: got the number 26, want a string: put it into quotes`},
		},
		"no version of a named component": {
			func(s *scenario) {
				s.set(image("network-operator"), nil)
				s.Bundlers = []string{"network-operator"}
			},
			[]string{`recipe: K8s/image/network-operator is missing: it is the release of network-operator, such as "26.4.1"; the catalog leaves it out where no release fits the service and Kubernetes 1.34.2, and an overlay can set it`},
		},
		"address range": {
			func(s *scenario) { s.set(network("ip_range"), "192.168.1.1/16") },
			[]string{`recipe: K8s/network-config/ip_range: got "192.168.1.1/16", want a network in CIDR form whose host bits are zero, such as 192.168.0.0/16`},
		},
		"bundlers": {
			func(s *scenario) { s.Bundlers = []string{"nework-operator", "x"} },
			[]string{
				`bundlers: unknown component "nework-operator"; ` + known + `; did you mean "network-operator"?`,
				`bundlers: unknown component "x"; ` + known,
			},
		},
		"no bundlers": {
			func(s *scenario) { s.Bundlers = []string{} },
			[]string{`bundlers: the list is empty; name a bundler, or leave the list out for those that the platform needs`},
		},
		"existing": {
			func(s *scenario) { s.Existing = []string{"nework-operator"} },
			[]string{`existing: unknown component "nework-operator"; ` + known + `; did you mean "network-operator"?`},
		},
		"existing and to be rendered": {
			func(s *scenario) {
				s.Bundlers, s.Existing = []string{"gpu-operator", "network-operator"}, []string{"network-operator"}
			},
			[]string{"existing: network-operator is to be rendered, too: either the cluster has it, or the bundle installs it; name it in one of the two"},
		},
		"namespaces": {
			func(s *scenario) { s.Namespaces = map[string]string{"gpu-operator": "a;b", "x": "y"} },
			[]string{
				`namespaces["gpu-operator"]: got "a;b", want a namespace: at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit`,
				`namespaces["x"]: unknown component "x"; ` + known,
			},
		},
		"override of an unknown component": {
			func(s *scenario) { s.override("gpu-operater", "a: b") },
			[]string{`overrides["gpu-operater"]: unknown component "gpu-operater"; ` + known + `; did you mean "gpu-operator"?`},
		},
		"override that is a list": {
			func(s *scenario) { s.gpu("- a") },
			[]string{`overrides["gpu-operator"]: line 1, column 1: got a list, want a mapping`},
		},
		"override that is null": {
			func(s *scenario) { s.gpu("null") },
			[]string{`overrides["gpu-operator"]: line 1, column 1: got null, want a mapping`},
		},
		"override with a syntax error": {
			func(s *scenario) { s.gpu("driver:\n  a: b\n c: d\n") },
			[]string{`overrides["gpu-operator"]: line 2, column 3: invalid YAML: did not find expected key`},
		},
		"override with a duplicate key": {
			func(s *scenario) { s.gpu("cdi: {enabled: true}\ncdi: {enabled: true}") },
			[]string{`overrides["gpu-operator"]: line 2, column 1: the key "cdi" is given twice`},
		},
		"several at once": {
			func(s *scenario) {
				s.set(config("cdi"), 1).set(config("gds"), "no").gpu("[]")
				s.Namespaces = map[string]string{"gpu-operator": ""}
			},
			[]string{
				`overrides["gpu-operator"]: line 1, column 1: got a list, want a mapping`,
				`namespaces["gpu-operator"]: got "", want a namespace: at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit`,
				`recipe: K8s/config/cdi: got the number 1, want a bool: true or false without quotes`,
				`recipe: K8s/config/gds: got the string "no", want a bool: true or false without quotes`,
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := renderer().Render(t.Context(), newScenario(t, tt.change).Request)
			var got []string
			for _, e := range inputErrors(t, err) {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || b != nil {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeysOfOtherComponentsAreNotChecked(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		s.Bundlers = []string{"gpu-operator"}
		s.set(network("ip_range"), "nonsense").set(image("mofed-driver"), 3)
	})
	render(t, s.Request)
}

func TestOverridesAreMergedLast(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		s.set(config("peer_memory"), true).gpu(`
driver:
  version: "590.48.01"
  env: [{name: A, value: "1"}]
gds: {enabled: off}
toolkit: {env: null}
operator: {annotations: {example.com/team: ml}}
daemonsets: {tolerations: [{key: gpu}]}
`)
	})
	b := render(t, s.Request)
	got := values(t, b, "gpu-operator")
	want := map[string]any{
		"daemonsets":   map[string]any{"tolerations": []any{map[string]any{"key": "gpu"}}},
		"dcgmExporter": map[string]any{"serviceMonitor": map[string]any{"enabled": false}},
		"driver": map[string]any{
			"env": []any{map[string]any{"name": "A", "value": "1"}}, "kernelModuleType": "open",
			"rdma": map[string]any{"enabled": true}, "version": "590.48.01",
		},
		"gdrcopy":    map[string]any{"enabled": true},
		"gds":        map[string]any{"enabled": false},
		"migManager": map[string]any{"enabled": false},
		"operator":   map[string]any{"annotations": map[string]any{"example.com/team": "ml"}},
		"toolkit":    map[string]any{"env": nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	policy := decode(t, componentOf(t, b, "gpu-operator").ChartManifests["manifests/clusterpolicy.yaml"])["spec"].(map[string]any)
	driver, daemonsets := policy["driver"].(map[string]any), policy["daemonsets"].(map[string]any)
	if driver["version"] != "590.48.01" || len(daemonsets["tolerations"].([]any)) != 1 || policy["gds"].(map[string]any)["enabled"] != false {
		t.Errorf("the overrides did not reach the ClusterPolicy: %v, %v, %v", driver, daemonsets, policy["gds"])
	}
	checkOverrideReasons(t, contents(b))
}

// checkOverrideReasons: a replaced value loses its reason, a kept one keeps it.
func checkOverrideReasons(t *testing.T, files map[string]string) {
	t.Helper()
	text := files["gpu-operator/values.yaml"]
	for _, want := range []string{
		"  # Set by an override.\n  version: \"590.48.01\"\n", "  # Set by an override.\n  env: null\n",
		"    # Nodes are wired with ConnectX-7\n    enabled: true\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("values.yaml lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Asked for by the team that runs the storage") {
		t.Errorf("values.yaml explains a value that is no longer there:\n%s", text)
	}
	if want := "| operator.annotations.\"example.com/team\" | ml | Set by an override. |"; !strings.Contains(files["gpu-operator/README.md"], want) {
		t.Errorf("README.md lacks %q", want)
	}
}

func TestOverridesThatChangeNothing(t *testing.T) {
	t.Parallel()
	recipe := fixture(t, "aks-h100-training")
	want := render(t, bundle.Request{Recipe: recipe})
	got := render(t, bundle.Request{Recipe: recipe, Overrides: map[string]string{"gpu-operator": "{}"}})
	if diff := cmp.Diff(want.Components, got.Components); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{"", " \n", "\t"} {
		_, err := renderer().Render(t.Context(), bundle.Request{Recipe: recipe, Overrides: map[string]string{"gpu-operator": text}})
		if err == nil || !strings.Contains(err.Error(), `overrides["gpu-operator"]: the text is empty; leave the component out`) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// TestSeveralRuleErrorsAreJoined shows errors of both components at once.
func TestSeveralRuleErrorsAreJoined(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.set(config("secure_boot"), true).set(network("use_host_mofed"), true) })
	got := brokenRules(t, s.Request)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"deploy-ofed-contradicts-host-mofed!", "secure-boot-excludes-gds!"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
