// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeTellsWhatHelmFetches: one release has a schema that refers to others
// by address.
func TestReadmeTellsWhatHelmFetches(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]bool{"25.10.0": true, "26.1.2": false} {
		s := newScenario(t, func(s *scenario) { s.line("v25.10.1", release, "1.33.5") })
		readme := contents(render(t, s.Request))["network-operator/README.md"]
		if got := strings.Contains(readme, "--skip-schema-validation"); got != want {
			t.Errorf("%s: told of --skip-schema-validation: %t, want %t", release, got, want)
		}
	}
}

// TestOverridesOfSubCharts: values of the Network Operator's sub-charts are
// checked as its own are, switched on or not, and reach values.yaml.
func TestOverridesOfSubCharts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		overrides string
		want      []string // errors
	}{
		"a key of SR-IOV": {
			"sriov-network-operator: {imges: {operator: a}}",
			[]string{`overrides["network-operator"]: sriov-network-operator.imges: is not a value of network-operator 26.4.1; Helm would drop it silently; did you mean sriov-network-operator.images? (rule unknown-value)`},
		},
		"a type of SR-IOV": {
			"sriov-network-operator: {images: {operator: {tag: a}}}",
			[]string{`overrides["network-operator"]: sriov-network-operator.images.operator: is a string in network-operator 26.4.1, got a map (rule value-type)`},
		},
		"values of SR-IOV": {"sriov-network-operator: {images: {operator: registry.example.com/sriov:v1}, draDriver: {cdiRoot: /run/cdi}}", nil},
		"a key of the maintenance operator": {
			"maintenance-operator-chart: {operatorConfig: {loglevel: debug}}",
			[]string{`overrides["network-operator"]: maintenance-operator-chart.operatorConfig.loglevel: is not a value of network-operator 26.4.1; Helm would drop it silently; did you mean maintenance-operator-chart.operatorConfig.logLevel? (rule unknown-value)`},
		},
		"a type of the maintenance operator": {
			"maintenance-operator-chart: {operatorConfig: {deploy: 'yes'}}",
			[]string{`overrides["network-operator"]: maintenance-operator-chart.operatorConfig.deploy: is a bool in network-operator 26.4.1, got the string "yes" (rule value-type)`},
		},
		"values of the maintenance operator": {"maintenance-operator-chart: {operatorConfig: {deploy: true, maxParallelOperations: 2}}", nil},
		"a key of Node Feature Discovery": {
			"node-feature-discovery: {gc: {enabled: false}}",
			[]string{`overrides["network-operator"]: node-feature-discovery.gc.enabled: is not a value of network-operator 26.4.1; Helm would drop it silently; did you mean node-feature-discovery.gc.enable? (rule unknown-value)`},
		},
		"a type of Node Feature Discovery": {
			"node-feature-discovery: {master: {enableTaints: 1}}",
			[]string{`overrides["network-operator"]: node-feature-discovery.master.enableTaints: is a bool in network-operator 26.4.1, got the integer 1 (rule value-type)`},
		},
		"values of Node Feature Discovery": {"node-feature-discovery: {gc: {enable: off}, featureGates: {Anything: true}}", nil},
		"a sub-chart's name": {
			"nfd-chart: {gc: {enable: off}}",
			[]string{`overrides["network-operator"]: nfd-chart: is not a value of network-operator 26.4.1; Helm would drop it silently (rule unknown-value)`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScenario(t, func(s *scenario) { s.override("network-operator", tt.overrides) })
			b, err := renderer().Render(t.Context(), s.Request)
			var got []string
			for _, e := range inputErrors(t, err) {
				got = append(got, e.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if b == nil {
				return
			}
			want := decode(t, tt.overrides)
			want["nfd"] = map[string]any{"enabled": false} // next to the GPU Operator
			if diff := cmp.Diff(want, values(t, b, "network-operator")); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReasonForNoNodeFeatureDiscovery tells what the overrides of the other
// operator mean here.
func TestReasonForNoNodeFeatureDiscovery(t *testing.T) {
	t.Parallel()
	for override, want := range map[string]string{
		"nfd: {enabled: true}":  "# The GPU Operator installs Node Feature Discovery; a cluster takes only one.",
		"nfd: {enabled: false}": "# An override of gpu-operator leaves out Node Feature Discovery: the cluster must have it.",
	} {
		s := newScenario(t, func(s *scenario) { s.gpu(override) })
		if text := contents(render(t, s.Request))["network-operator/values.yaml"]; !strings.Contains(text, want) {
			t.Errorf("%s: values.yaml lacks %q:\n%s", override, want, text)
		}
	}
}
