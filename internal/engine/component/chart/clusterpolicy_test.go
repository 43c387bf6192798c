// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The golden objects equal what Helm renders from the charts, nulls dropped.
func TestClusterPolicyGolden(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for _, version := range facts.Releases("gpu-operator") {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			comparePolicy(t, version, version+".json", nil)
		})
	}
	t.Run("values", func(t *testing.T) {
		t.Parallel()
		comparePolicy(t, "v26.7.0", "v26.7.0-forty-values.json", fortyValues())
	})
	t.Run("virtual machines", func(t *testing.T) {
		t.Parallel()
		comparePolicy(t, "v25.3.4", "v25.3.4-vgpu.json", parseTree(t, `{
			"sandboxWorkloads":{"enabled":true,"defaultWorkload":"vm-vgpu"},
			"driver":{"enabled":false,"upgradePolicy":{"maxUnavailable":1,"maxParallelUpgrades":0},"startupProbe":null},
			"vgpuManager":{"enabled":true,"repository":"registry.example/vgpu","version":"580.95.05"},
			"validator":{"plugin":{"env":[{"name":"WITH_WORKLOAD","value":"false"}]}},
			"operator":{"cleanupCRD":true,"labels":{"team":"a"}},
			"daemonsets":{"labels":{"x":"y"},"tolerations":[]},
			"nameOverride":"other"}`))
	})
}

func comparePolicy(t *testing.T, version, golden string, values map[string]any) {
	t.Helper()
	release := embeddedRelease(t, "gpu-operator", version)
	policy, err := release.ClusterPolicy(values)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range release.CheckObject(policy) {
		t.Errorf("the object does not fit its schema: %s", problem)
	}
	path := filepath.Join("testdata", "clusterpolicy", golden)
	if *update {
		writeGolden(t, path, policy)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(parseTree(t, string(text)), policy); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func writeGolden(t *testing.T, path string, v any) {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestClusterPolicyFields(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		version, values string
		path            string
		want            any
	}{
		"default":                  {"v26.7.0", `{}`, "driver.version", "595.91.07"},
		"value":                    {"v26.7.0", `{"driver":{"version":"580.1"}}`, "driver.version", "580.1"},
		"quoted number":            {"v26.7.0", `{"driver":{"version":580}}`, "driver.version", "580"},
		"app version":              {"v26.7.0", `{}`, "validator.version", "v26.7.0"},
		"own version":              {"v26.7.0", `{"validator":{"version":"v1"}}`, "validator.version", "v1"},
		"renamed":                  {"v26.7.0", `{"driver":{"upgradePolicy":{"gpuPodDeletion":{"timeoutSeconds":7}}}}`, "driver.upgradePolicy.podDeletion.timeoutSeconds", int64(7)},
		"falsy has a default":      {"v26.7.0", `{"driver":{"upgradePolicy":{"maxUnavailable":""}}}`, "driver.upgradePolicy.maxUnavailable", "25%"},
		"null deletes":             {"v26.7.0", `{"driver":{"startupProbe":null}}`, "driver.startupProbe", nil},
		"null deletes below":       {"v26.7.0", `{"driver":{"virtualTopology":{"config":null}}}`, "driver.virtualTopology", nil},
		"null leaves its map":      {"v26.7.0", `{"psa":{"enabled":null}}`, "psa", map[string]any{}},
		"empty text is null":       {"v26.7.0", `{"hostPaths":{"rootFS":""}}`, "hostPaths.rootFS", nil},
		"unset by condition":       {"v26.7.0", `{"driver":{"nvidiaDriverCRD":{"enabled":true}}}`, "driver.version", nil},
		"not null":                 {"v26.7.0", `{"kataSandboxDevicePlugin":{"enabled":false}}`, "kataSandboxDevicePlugin.enabled", false},
		"list is replaced":         {"v26.7.0", `{"daemonsets":{"tolerations":[{"key":"k"}]}}`, "daemonsets.tolerations", []any{map[string]any{"key": "k"}}},
		"nulls below go":           {"v26.7.0", `{"dcgm":{"resources":{"limits":{"cpu":null}}}}`, "dcgm.resources.limits", map[string]any{}},
		"no plugin env":            {"v25.3.3", `{}`, "validator.plugin", nil},
		"constant env":             {"v26.7.0", `{"validator":{"plugin":{"x":1}}}`, "validator.plugin.env", []any{}},
		"the mistake of a release": {"v25.10.0", `{"vfioManager":{"env":[{"name":"A"}]},"ccManager":{"env":[{"name":"B"}]}}`, "ccManager.env", []any{map[string]any{"name": "A"}}},
		"its repair":               {"v25.10.1", `{"vfioManager":{"env":[{"name":"A"}]},"ccManager":{"env":[{"name":"B"}]}}`, "ccManager.env", []any{map[string]any{"name": "B"}}},
		"parent of no map":         {"v26.7.0", `{"driver":"none"}`, "driver.enabled", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy, err := embeddedRelease(t, "gpu-operator", tt.version).ClusterPolicy(parseTree(t, tt.values))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := tree.Lookup(policy["spec"].(map[string]any), tt.path)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoClusterPolicy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ chart, version, values, want string }{
		"other chart":  {"network-operator", "26.4.1", `{}`, "network-operator 26.4.1: the chart renders no ClusterPolicy"},
		"switched off": {"gpu-operator", "v26.7.0", `{"clusterPolicy":{"deployCR":false}}`, "gpu-operator v26.7.0 with clusterPolicy.deployCR false: the chart renders no ClusterPolicy"},
	}
	for name, tt := range tests {
		_, err := embeddedRelease(t, tt.chart, tt.version).ClusterPolicy(parseTree(t, tt.values))
		if !errors.Is(err, ErrNoClusterPolicy) {
			t.Fatalf("%s: got %v", name, err)
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Whoever changes an object must not change the facts, nor the values given.
func TestClusterPolicyIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	release := embeddedRelease(t, "gpu-operator", "v26.7.0")
	values := parseTree(t, `{"toolkit":{"env":[{"name":"A","value":"b"}]},"validator":{"plugin":{"x":1}},"daemonsets":{"labels":{"l":{"a":"b"}}}}`)
	before := tree.Clone(values)
	first, err := release.ClusterPolicy(values)
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Clone(first)
	spoil(first)
	second, err := release.ClusterPolicy(values)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, any(second)) + cmp.Diff(before, any(values)); diff != "" {
		t.Errorf("a change of the object went through:\n%s", diff)
	}
}

// spoil overwrites every leaf of a tree in place.
func spoil(v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, below := range v {
			spoil(below)
			if typeName(below) != "map" && typeName(below) != "list" {
				v[name] = "spoilt"
			}
		}
		v["spoilt"] = true
	case []any:
		for i := range v {
			spoil(v[i])
			if typeName(v[i]) != "map" {
				v[i] = "spoilt"
			}
		}
	}
}
