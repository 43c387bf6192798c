// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

func installed(name, version, values string) bundle.Installed {
	return bundle.Installed{Name: name, Version: version, Values: values}
}

// changeOf returns what a change breaks: "rule component path", errors with a !.
func changeOf(t *testing.T, before, after []bundle.Installed, req bundle.Request) (found []string, texts string) {
	t.Helper()
	findings, err := renderer().Change(t.Context(), before, after, req)
	for _, e := range ruleErrors(t, err) {
		found, texts = append(found, e.Rule+"! "+e.Path), texts+e.Message+"; "+e.Advice+"\n"
	}
	for _, f := range findings {
		found, texts = append(found, f.Rule+" "+f.Path), texts+f.Message+"\n"
	}
	slices.Sort(found)
	return found, texts
}

func TestChange(t *testing.T) {
	t.Parallel()
	const gpu, dra, network = "gpu-operator", "nvidia-dra-driver-gpu", "network-operator"
	driver := func(version string) string {
		return "driver: {version: " + version + "}\ndcgmExporter: {serviceMonitor: {enabled: false}}\n"
	}
	one := func(name, version, values string) []bundle.Installed {
		return []bundle.Installed{installed(name, version, values)}
	}
	const path, reload = "K8s/image/gpu-operator", "driver-reload driver.version"
	for name, tt := range map[string]struct {
		before, after []bundle.Installed
		change        func(*bundle.Request)
		want          []string
		says          []string
	}{
		"nothing":     {before: one(gpu, "v26.7.0", driver("595.91.07")), after: one(gpu, "26.7.0", driver("595.91.07"))},
		"a new one":   {before: one(gpu, "v26.7.0", "{}"), after: append(one(gpu, "v26.7.0", "{}"), installed(network, "26.4.1", "{}"))},
		"other value": {before: one(gpu, "v26.7.0", "{}"), after: one(gpu, "v26.7.0", "toolkit: {enabled: false}")},
		"a part that others need": {
			before: one(gpu, "v26.7.0", "{}"), after: one(gpu, "v26.7.0", "nfd: {enabled: false}"),
			want: []string{"shared-part-removed nfd.enabled"},
			says: []string{"gpu-operator brought node-feature-discovery until now", "to stay, leave the value as it was"},
		},
		"a part that comes": {
			before: one(gpu, "v26.7.0", "nfd: {enabled: false}"), after: one(gpu, "v26.7.0", "{}"),
		},
		"another layout of MIG": {
			before: one(gpu, "v26.7.0", "mig: {strategy: single}"), after: one(gpu, "v26.7.0", "mig: {strategy: mixed}\nmigManager: {env: [{name: WITH_REBOOT, value: \"true\"}]}"),
			change: func(r *bundle.Request) { r.Recipe = with(t, r.Recipe, config("mig"), true) },
			want:   []string{"mig-reboot migManager.env"},
			says:   []string{"mig.strategy (single to mixed)", "WITH_REBOOT (true)"},
		},
		"another layout of MIG, which nobody uses": {
			before: one(gpu, "v26.7.0", "mig: {strategy: single}"), after: one(gpu, "v26.7.0", "mig: {strategy: mixed}"),
		},
		"the newest, which nobody states": {
			before: one(gpu, "v26.3.3", driver("580.126.20")), after: one(gpu, "v26.7.0", driver("580.126.20")),
			want: []string{"driver-reload driver.manager", "release-moved " + path},
			says: []string{`from v26.3.3 to v26.7.0`, `releases = { gpu-operator = "v26.3.3" } in the recipe`, `releases = { gpu-operator = "v26.7.0" } in the bundle`},
		},
		"the newest, stated": {
			before: one(gpu, "v26.3.3", driver("580.126.20")), after: one(gpu, "v26.7.0", driver("580.126.20")),
			change: func(r *bundle.Request) { r.Releases = map[string]string{gpu: "v26.7.0"} },
			want:   []string{"driver-reload driver.manager"},
		},
		"a release that a recipe chooses only when it is told": {
			before: one(gpu, "v26.3.3", ""), after: one(gpu, "v26.3.9", ""),
		},
		"back": {
			before: one(gpu, "v26.7.0", ""), after: one(gpu, "v26.3.3", ""),
			want: []string{"release-downgraded " + path},
			says: []string{`moves back from v26.7.0 to v26.3.3`},
		},
		"over a major release": {
			before: one(gpu, "v25.10.1", ""), after: one(gpu, "v26.7.0", ""),
			want: []string{"release-line-skipped " + path, "release-moved " + path},
			says: []string{"install v26.3.3 first", "and to the next one only"},
		},
		"over two of them, from one without facts": {
			before: one(gpu, "v25.3.1", ""), after: one(gpu, "v26.7.0", ""),
			want: []string{"release-line-skipped " + path, "release-moved " + path},
			says: []string{"install v25.10.1, then v26.3.3 first"},
		},
		"to the next major release": {before: one(gpu, "v25.10.1", ""), after: one(gpu, "v26.3.3", "")},
		"to another branch": {
			before: one(gpu, "v26.7.0", driver("580.126.20")), after: one(gpu, "v26.7.0", driver("595.91.07")),
			want: []string{"driver-branch-changed driver.version", reload},
			says: []string{"from 580.126.20 to 595.91.07", `driver_version = "580.126.20"`, "maxParallelUpgrades 1", "driver.version (580.126.20 to 595.91.07)"},
		},
		"to another driver of the branch": {
			before: one(gpu, "v26.7.0", driver("580.126.20")), after: one(gpu, "v26.7.0", "driver: {version: 580.95.05, upgradePolicy: {maxParallelUpgrades: 4}}"),
			want: []string{reload}, says: []string{"maxParallelUpgrades 4"},
		},
		"another driver on nodes that have theirs": {
			before: one(gpu, "v26.7.0", "driver: {enabled: false, version: 580.126.20}"), after: one(gpu, "v26.7.0", "driver: {enabled: false}"),
		},
		"the driver of the nodes": {
			before: one(gpu, "v26.7.0", ""), after: one(gpu, "v26.7.0", "driver: {enabled: false}"),
		},
		"no driver anymore": {
			before: one(gpu, "v26.7.0", "{}"), after: one(gpu, "v26.7.0", "driver: {enabled: false}"),
			want: []string{"driver-reload driver.enabled"}, says: []string{"driver.enabled (true to false)"},
		},
		"values that are not known yet": {before: one(gpu, "v26.7.0", driver("580.126.20")), after: one(gpu, "v26.7.0", "")},
		"definitions that Helm keeps": {
			before: one(dra, "25.8.0", "{}"), after: one(dra, "25.12.0", "{}"),
			want: []string{"definitions-not-upgraded K8s/image/" + dra},
			says: []string{"computedomains.resource.nvidia.com", "helm show crds nvidia-dra-driver-gpu --repo https://helm.ngc.nvidia.com/nvidia --version 25.12.0 | awk"},
		},
		"to a chart whose numbers began anew": {
			before: one(dra, "25.12.0", "{}"), after: one(dra, "0.4.1", "{}"),
			want: []string{"definitions-not-upgraded K8s/image/" + dra, "release-moved K8s/image/" + dra},
			says: []string{"from 25.12.0 to 0.4.1", "helm show crds oci://registry.k8s.io/dra-driver-nvidia/charts/dra-driver-nvidia-gpu --version 0.4.1 | awk"},
		},
		"back from it": {
			before: one(dra, "0.4.1", "{}"), after: one(dra, "25.12.0", "{}"),
			want: []string{"definitions-not-upgraded K8s/image/" + dra, "release-downgraded K8s/image/" + dra},
		},
		"to a release of the new numbers that nobody knows": {
			before: one(dra, "25.12.0", "{}"), after: one(dra, "0.5.0", "{}"),
			want: []string{"definitions-not-upgraded K8s/image/" + dra},
		},
		"definitions that an override keeps": {
			before: one(gpu, "v26.3.3", "{}"), after: one(gpu, "v26.7.0", "{operator: {upgradeCRD: false}, driver: {enabled: false}, dcgmExporter: {serviceMonitor: {enabled: false}}}"),
			want: []string{"definitions-not-upgraded " + path, "driver-reload driver.enabled", "release-moved " + path},
		},
		"one that goes": {
			before: append(one(gpu, "v26.7.0", "{}"), installed(network, "26.4.1", "{}")), after: one(gpu, "v26.7.0", "{}"),
			want: []string{"component-removed! " + network},
			says: []string{"had network-operator 26.4.1", `releases = { network-operator = "26.4.1" } in the recipe`, "bundlers", `"component-removed:network-operator" to ignore_findings`},
		},
		"one that goes, of bundlers": {
			before: append(one(gpu, "v26.7.0", "{}"), installed(network, "26.4.1", "{}")), after: one(gpu, "v26.7.0", "{}"),
			change: func(r *bundle.Request) { r.Bundlers = []string{gpu} },
		},
		"one that goes, accepted": {
			before: append(one(gpu, "v26.7.0", "{}"), installed(network, "26.4.1", "{}")), after: one(gpu, "v26.7.0", "{}"),
			change: func(r *bundle.Request) { r.IgnoreFindings = []string{"component-removed:network-operator"} },
			want:   []string{"component-removed network-operator"},
		},
		"one that goes, another accepted": {
			before: append(one(gpu, "v26.7.0", "{}"), installed(network, "26.4.1", "{}")), after: one(gpu, "v26.7.0", "{}"),
			change: func(r *bundle.Request) { r.IgnoreFindings = []string{"component-removed:gpu-operator"} },
			want:   []string{"component-removed! " + network},
		},
		"one that goes, perhaps accepted": {
			before: one(network, "26.4.1", "{}"),
			change: func(r *bundle.Request) { r.Pending.IgnoreFindings = true },
		},
		"one that eidos does not know": {
			before: one("mystery", "1.0.0", "{}"), after: one("other", "", ""),
			want: []string{"component-removed! mystery"},
		},
		"a release that is not known yet": {before: one(gpu, "v26.7.0", "{}"), after: one(gpu, "", "")},
		"values that are not YAML":        {before: one(gpu, "v26.7.0", "{"), after: one(gpu, "v26.7.0", driver("580.126.20"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := bundle.Request{Recipe: fixture(t, "aks-h100-training")}
			if tt.change != nil {
				tt.change(&req)
			}
			found, texts := changeOf(t, tt.before, tt.after, req)
			if diff := cmp.Diff(tt.want, found); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, text := range tt.says {
				if !strings.Contains(texts, text) {
					t.Errorf("no text says %q:\n%s", text, texts)
				}
			}
		})
	}
}

// TestMeaningsOfData: each value that means something else is found by the change
// that stands next to it, and neither by its way back nor by an upgrade within the
// newer line.
func TestMeaningsOfData(t *testing.T) {
	t.Parallel()
	set, err := component.Load(os.DirFS("../component/data"))
	if err != nil {
		t.Fatal(err)
	}
	descriptions, err := set.Descriptions()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range descriptions {
		for _, m := range d.Upgrades.Meanings {
			t.Run(m.At, func(t *testing.T) {
				t.Parallel()
				req := exampleRequest(t, embeddedCatalog(t), set, component.Example{Options: m.Breaks.Options})
				text := func(values yaml.Node) string {
					if values.IsZero() {
						return "{}"
					}
					return yamlText(t, &values)
				}
				was := installed(d.Name, m.Breaks.From, text(m.Breaks.Before))
				is := installed(d.Name, m.Breaks.To, text(m.Breaks.After))
				same := installed(d.Name, m.Breaks.To, text(m.Breaks.Before))
				for _, tt := range []struct {
					before, after bundle.Installed
					want          bool
				}{{was, is, true}, {is, was, false}, {same, is, false}} {
					found, texts := changeOf(t, []bundle.Installed{tt.before}, []bundle.Installed{tt.after}, req)
					if got := slices.Contains(found, "value-changes-meaning "+m.At); got != tt.want {
						t.Errorf("from %+v to %+v: found %v, want %v:\n%s", tt.before, tt.after, got, tt.want, texts)
					}
				}
			})
		}
	}
}

// TestIgnoredAtAPath: a rule is ignored where the path is the one that is named.
func TestIgnoredAtAPath(t *testing.T) {
	t.Parallel()
	for ignored, want := range map[string][]string{
		"unknown-value":                 {"unknown-value", "unknown-value"},
		"unknown-value:toolkit.versin":  {"unknown-value!"},
		"unknown-value:toolkit.version": {"unknown-value!", "unknown-value!"},
		"unknown-value:":                {"unknown-value!", "unknown-value!"},
		"component-removed:anything":    {"unknown-value!", "unknown-value!"},
	} {
		s := newScenario(t, func(s *scenario) {
			s.gpu("{toolkit: {versin: v1}, driver: {verzion: v1}}").IgnoreFindings = []string{ignored}
		})
		if diff := cmp.Diff(want, brokenRules(t, s.Request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", ignored, diff)
		}
	}
	for ignored, want := range map[string][]string{
		"eos-releaze:gpu-operator": {"unknown-rule"}, "eos-release:": {"unknown-rule"}, "component-removed:network-operator": nil,
	} {
		s := newScenario(t, func(s *scenario) { s.IgnoreFindings = []string{ignored} })
		if diff := cmp.Diff(want, brokenRules(t, s.Request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", ignored, diff)
		}
	}
}
