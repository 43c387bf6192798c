// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

type releaseLine struct{ gpuOperator, networkOperator, kubernetes string }

func releaseLines() []releaseLine {
	return []releaseLine{
		{"v25.3.0", "25.4.0", "1.31.4"},
		{"v25.3.3", "25.4.0", "1.31.4"},
		{"v25.3.4", "25.7.0", "1.31.4"},
		{"v25.10.0", "25.10.0", "1.33.5"},
		{"v25.10.1", "26.1.2", "1.33.5"},
		{"v26.3.3", "26.4.1", "1.34.2"},
		{"v26.7.0", "26.4.1", "1.34.2"},
	}
}

// everything turns on whatever the recipe can ask for, one kind of wiring at a
// time.
func everything() map[string]func(*scenario) {
	return map[string]func(*scenario){
		"plain": func(*scenario) {},
		"infiniband": func(s *scenario) {
			s.on("aks", "ubuntu", "a100").set(network("fabric"), "infiniband").set(config("mig"), true).set(config("mig_strategy"), "mixed").
				set(config("mig_with_reboot"), true).set(config("mig_profile"), "all-balanced").set(config("kernel_module_params"), "A=1\nB=2")
		},
		"sriov": func(s *scenario) {
			s.on("oke", "ubuntu", "a100").set(config("driver_source"), "image").set(config("gds"), false).set(config("runtime_class"), "nvidia-container-runtime")
		},
		"confidential": func(s *scenario) { s.set(config("confidential_computing"), true).set(config("gds"), false) },
		"host network driver": func(s *scenario) {
			s.set(network("deploy_ofed"), false).set(network("use_host_mofed"), true).set(config("cdi"), false)
		},
		"cos": func(s *scenario) {
			s.onProvidersFabric("gke", "gpudirect").on("gke", "cos", "h100").set(config("gds"), false).
				set(config("driver_source"), "image").set(config("driver_install_dir"), "/home/kubernetes/bin/nvidia").set(config("critical_pod_quota"), true).
				set(config("toolkit_install_dir"), "/home/kubernetes/bin/nvidia").set(config("toolkit_runtime_config_source"), "file")
		},
	}
}

// TestEveryReleaseAcceptsWhatIsRendered checks values and objects of all
// releases strictly against the facts about the charts.
func TestEveryReleaseAcceptsWhatIsRendered(t *testing.T) {
	t.Parallel()
	facts, r := component.Facts(), renderer()
	for _, line := range releaseLines() {
		for name, change := range everything() {
			t.Run(line.gpuOperator+"/"+line.networkOperator+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := newScenario(t, func(s *scenario) {
					s.line(line.gpuOperator, line.networkOperator, line.kubernetes)
					change(s)
				})
				b, err := r.Render(t.Context(), s.Request)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range b.Components {
					checkComponent(t, facts, b, c)
				}
			})
		}
	}
}

// TestEveryPluginReleaseAcceptsWhatIsRendered does so for the charts of plugins.
func TestEveryPluginReleaseAcceptsWhatIsRendered(t *testing.T) {
	t.Parallel()
	facts, r := component.Facts(), renderer()
	for name, change := range map[string]func(*scenario, string){
		"nvidia-dra-driver-gpu": func(s *scenario, version string) {
			s.dra("{}").set(image("nvidia-dra-driver-gpu"), version).on("gke", "cos", "gb200").set(network("fabric"), "gpudirect").
				set(network("deploy_ofed"), false).withoutOperatorDriver().set(config("driver_install_dir"), "/home/kubernetes/bin/nvidia").set(config("critical_pod_quota"), true)
		},
		"aws-efa-k8s-device-plugin": func(s *scenario, version string) { s.efa(version, "a100") },
	} {
		for _, version := range facts.Releases(name) {
			t.Run(name+"/"+version, func(t *testing.T) {
				t.Parallel()
				b, err := r.Render(t.Context(), newScenario(t, func(s *scenario) { change(s, version) }).Request)
				if err != nil {
					t.Fatal(err)
				}
				if c := componentOf(t, b, name); c.Version != version || slices.Contains(c.Requires, name) || !slices.Contains(c.Requires, "gpu-operator") {
					t.Errorf("version %s, requires %v", c.Version, c.Requires)
				}
				for _, c := range b.Components {
					checkComponent(t, facts, b, c)
				}
			})
		}
	}
}

func checkComponent(t *testing.T, facts *chart.Facts, b *bundle.Bundle, c bundle.Component) {
	t.Helper()
	release, err := facts.Release(c.Name, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	tree := values(t, b, c.Name)
	for _, p := range release.CheckValues(tree) {
		t.Errorf("%s values: %s", c.Name, p)
	}
	for path, text := range c.Manifests {
		object := decode(t, text)
		if strings.Contains(object["apiVersion"].(string), ".") {
			checkObject(t, release, c.Name+"/"+path, object)
		}
	}
	if c.Name != "gpu-operator" {
		return
	}
	want, err := release.ClusterPolicy(tree)
	if err != nil {
		t.Fatal(err)
	}
	got := decode(t, c.ChartManifests["manifests/clusterpolicy.yaml"])
	checkObject(t, release, "clusterpolicy.yaml", got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ClusterPolicy (-chart +file):\n%s", diff)
	}
}

func checkObject(t *testing.T, release *chart.Release, name string, object map[string]any) {
	t.Helper()
	for _, p := range release.CheckObject(object) {
		t.Errorf("%s: %s", name, p)
	}
}

func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	root, err := document.Parse(t.Context(), []byte(text))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	tree, err := root.Tree()
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	return tree
}

func TestEarlierReleases(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		line   releaseLine
		change func(*scenario)
		at     string
		want   any
	}{
		"validator environment":        {releaseLines()[1], func(*scenario) {}, "validator.plugin.env", []any{map[string]any{"name": "WITH_WORKLOAD", "value": "false"}}},
		"no validator environment":     {releaseLines()[0], func(*scenario) {}, "validator.plugin.env", nil},
		"cdi is no default":            {releaseLines()[2], func(*scenario) {}, "cdi.enabled", true},
		"cdi is the default":           {releaseLines()[3], func(*scenario) {}, "cdi.enabled", nil},
		"cdi for all on gke":           {releaseLines()[2], everything()["cos"], "cdi.default", true},
		"service monitor off":          {releaseLines()[6], func(*scenario) {}, "dcgmExporter.serviceMonitor.enabled", false},
		"service monitor is off":       {releaseLines()[5], func(*scenario) {}, "dcgmExporter.serviceMonitor.enabled", nil},
		"confidential with old Kata":   {releaseLines()[4], everything()["confidential"], "kataManager.enabled", true},
		"confidential, old, mode":      {releaseLines()[4], everything()["confidential"], "ccManager.defaultMode", "on"},
		"confidential, new":            {releaseLines()[5], everything()["confidential"], "sandboxWorkloads.mode", "kata"},
		"confidential, new, mode":      {releaseLines()[5], everything()["confidential"], "ccManager.defaultMode", nil},
		"host network driver":          {releaseLines()[6], everything()["host network driver"], "driver.rdma.useHostMofed", true},
		"no rdma without its hardware": {releaseLines()[6], everything()["cos"], "driver.rdma.enabled", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScenario(t, func(s *scenario) {
				s.line(tt.line.gpuOperator, tt.line.networkOperator, tt.line.kubernetes)
				tt.change(s)
			})
			var got any = values(t, render(t, s.Request), "gpu-operator")
			for segment := range strings.SplitSeq(tt.at, ".") {
				below, _ := got.(map[string]any)
				got = below[segment]
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.at, diff)
			}
		})
	}
}

func TestUnknownReleaseIsPinnedAndChecked(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.set(image("gpu-operator"), "v26.9.0").set(image("dcgm"), "5.0.0") })
	b := render(t, s.Request)
	c := componentOf(t, b, "gpu-operator")
	if c.Version != "v26.9.0" || len(c.ChartManifests) != 0 || !strings.Contains(c.Values, `"version":"5.0.0"`) || !strings.Contains(c.Values, "v1.20.0") {
		t.Errorf("version %s, chart manifests %v, values:\n%s", c.Version, c.ChartManifests, c.Values)
	}
	s.gpu("toolkit: {versin: x}")
	if got := brokenRules(t, s.Request); !slices.Contains(got, "unknown-value!") {
		t.Errorf("got %v, want the values checked against the nearest release", got)
	}
	// An unknown release is written as the chart writes its releases.
	for given, want := range map[string]map[string]string{
		"v25.12.9": {"nvidia-dra-driver-gpu": "25.12.9"},
		"0.5.99":   {"aws-efa-k8s-device-plugin": "v0.5.99"},
	} {
		for name, version := range want {
			s := newScenario(t, func(s *scenario) {
				s.dra("{}").set(image(name), given)
				s.Overrides, s.Bundlers = nil, []string{name}
			})
			if got := componentOf(t, render(t, s.Request), name).Version; got != version {
				t.Errorf("%s %s is written %s, want %s", name, given, got, version)
			}
		}
	}
}

// TestNearestRelease: a release is more like its successors of the same month
// than like the line before.
func TestNearestRelease(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"v24.9.2": "v25.3.0", "v25.3.1": "v25.3.0", "v25.3.9": "v25.3.4", "v25.9.0": "v25.3.4", "v25.10.9": "v25.10.1", "v26.3.0": "v26.3.3", "v26.9.0": "v26.7.0",
	} {
		s := newScenario(t, func(s *scenario) { s.set(image("gpu-operator"), version) })
		s.IgnoreFindings = everyRule()
		s.IgnoreFindings = slices.DeleteFunc(s.IgnoreFindings, func(rule string) bool { return rule == "version-without-facts" })
		got := render(t, s.Request).Findings
		if !slices.ContainsFunc(got, func(f bundle.Finding) bool { return strings.Contains(f.Message, "follow those of "+want+",") }) {
			t.Errorf("%s: got %v, want %s as the nearest", version, got, want)
		}
	}
}
