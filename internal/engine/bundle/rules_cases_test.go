// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// scenario is a request under construction.
type scenario struct {
	tb testing.TB
	bundle.Request
}

func (s *scenario) set(at k8s, value any) *scenario {
	s.Recipe = with(s.tb, s.Recipe, at, value)
	return s
}

func (s *scenario) override(component, text string) *scenario {
	if s.Overrides == nil {
		s.Overrides = map[string]string{}
	}
	s.Overrides[component] = text
	return s
}

func (s *scenario) gpu(text string) *scenario { return s.override("gpu-operator", text) }

// on moves the recipe to another platform: with what the catalog states about the
// service and the GPU, and nothing else that it would set there.
func (s *scenario) on(service, os, gpu string) *scenario {
	s.Recipe.Request.Service, s.Recipe.Request.OS, s.Recipe.Request.GPU = service, os, gpu
	facts, err := embeddedCatalog(s.tb).Build(s.tb.Context(), recipe.Request{Query: document.Query{Service: service, GPU: gpu, K8s: "1.34"}, AllowUncovered: true})
	if err != nil {
		s.tb.Fatal(err)
	}
	list := s.Recipe.Measurements.Sorted()
	for i := range list {
		switch list[i].Type {
		case measurement.OS:
			list[i].Subtypes = slices.DeleteFunc(slices.Clone(list[i].Subtypes), func(have measurement.Subtype) bool { return have.Name == "release" })
		case measurement.GPU:
			list[i] = *measured(facts.Recipe.Measurements, measurement.GPU)
		case measurement.K8s:
			list[i].Subtypes = slices.DeleteFunc(slices.Clone(list[i].Subtypes), func(have measurement.Subtype) bool { return have.Name == "service" || have.Name == "node" })
			for _, name := range []string{"service", "node"} {
				if known := facts.Recipe.Measurements.Subtype(measurement.K8s, name); known != nil {
					list[i].Subtypes = append(list[i].Subtypes, *known)
				}
			}
		}
	}
	s.Recipe.Measurements = list.Sorted()
	return s
}

func measured(list measurement.List, t measurement.Type) *measurement.Measurement {
	i := slices.IndexFunc(list, func(m measurement.Measurement) bool { return m.Type == t })
	return &list[i]
}

// line moves the recipe to another chart release, without pins of its parts.
func (s *scenario) line(gpuOperator, networkOperator, kubernetes string) *scenario {
	sub := s.Recipe.Measurements.Subtype("K8s", "image")
	for key := range sub.Data {
		if key != "driver" {
			s.set(image(key), nil)
		}
	}
	return s.set(image("gpu-operator"), gpuOperator).set(image("network-operator"), networkOperator).set(k8s{"server", "version"}, kubernetes)
}

// ruleCase has a request that breaks a rule, nil where an example in the data
// does, and one, as near to it as possible, that does not. Both begin with the
// fixture self-managed-h100-rdma.
type ruleCase struct{ breaks, keeps func(*scenario) }

func ruleCases() map[string]ruleCase {
	cases := map[string]ruleCase{}
	for _, some := range []map[string]ruleCase{recipeRuleCases(), chartRuleCases(), gpuRuleCases(), gpuNodeCases(), gpuValueCases(), gpuFeatureCases(), networkRuleCases(), draRuleCases(), efaRuleCases()} {
		maps.Copy(cases, some)
	}
	return cases
}

func recipeRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"unknown-option": {
			func(s *scenario) { s.set(config("mig_stategy"), "mixed") },
			func(s *scenario) {
				s.set(config("mig_strategy"), "mixed").set(config("intent"), "training").set(image("nccl"), "2.27")
			},
		},
		"unknown-recipe-key": {
			func(s *scenario) { s.set(image("nccl"), "2.27") },
			func(s *scenario) {
				s.set(image("nvidia-dra-driver-gpu"), "25.12.0").set(image("mpi-operator"), "0.6.0")
			},
		},
		"secret-in-values": {
			func(s *scenario) {
				s.gpu("toolkit: {env: [{name: A, value: nvapi-" + strings.Repeat("aB3d", 10) + "}]}")
			},
			func(s *scenario) {
				s.gpu("driver: {imagePullSecrets: [ngc-secret], licensingConfig: {secretName: licensing-token}, secretEnv: proxy-password}")
			},
		},
		"release-not-as-stated": {
			func(s *scenario) { s.Releases = map[string]string{"gpu-operator": "v26.3.3"} },
			func(s *scenario) { s.Releases = map[string]string{"gpu-operator": "26.7.0"} },
		},
		"unknown-rule": {
			func(s *scenario) { s.IgnoreFindings = []string{"eos-realease"} },
			func(s *scenario) { s.IgnoreFindings = []string{"eos-release"} },
		},
		"component-not-rendered": {
			func(s *scenario) {
				s.Bundlers = []string{"gpu-operator"}
				s.override("network-operator", "nfd: {enabled: true}")
			},
			func(s *scenario) { s.override("network-operator", "imagePullSecrets: [a]") },
		},
		"kubernetes-version-unknown": {
			keeps: func(*scenario) {},
		},
		"os-not-in-matrix": {
			keeps: func(s *scenario) {
				s.efa("v0.5.30", "h100")
			},
		},
		"constraint-unmet": {
			func(s *scenario) { s.Recipe.Constraints = constraints("k8s", "< 1.20") },
			func(s *scenario) { s.Recipe.Constraints = constraints("k8s", ">= 1.20") },
		},
	}
}

func chartRuleCases() map[string]ruleCase {
	return map[string]ruleCase{
		"version-without-facts": {
			func(s *scenario) { s.set(image("gpu-operator"), "v26.7.1") },
			func(s *scenario) { s.set(image("gpu-operator"), "26.7.0") },
		},
		"candidate-release": {
			func(s *scenario) { s.line("v26.7.0", "26.7.0-rc.2", "1.34") },
			func(s *scenario) { s.line("v26.7.0", "26.4.1", "1.34") },
		},
		"kubernetes-range": {
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.36.0") },
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.35") },
		},
		"chart-kube-version": {
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.15.0") },
			func(s *scenario) { s.set(k8s{"server", "version"}, "1.30.0") },
		},
		"helm-version-suffix": {
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "v1.33.5-eks-3025e55") },
			func(s *scenario) { s.line("v25.10.1", "25.10.0", "v1.33.5") },
		},
		"image-tag-not-of-release": {
			func(s *scenario) { s.set(image("dcgm-exporter"), "4.6.0") },
			func(s *scenario) { s.set(image("dcgm-exporter"), nil) },
		},
		"unknown-value": {
			func(s *scenario) { s.gpu("toolkit: {versin: v1}") },
			func(s *scenario) { s.gpu("toolkit: {version: v1}") },
		},
		"value-type": {
			func(s *scenario) { s.gpu("gds: {enabled: 'yes'}") },
			func(s *scenario) { s.gpu("gds: {enabled: yes}") },
		},
		"null-breaks-chart": {
			func(s *scenario) { s.gpu("mig: null") },
			func(s *scenario) { s.gpu("devicePlugin: {config: {name: null}}") },
		},
		"chart-refuses": {
			func(s *scenario) { s.gpu("{gpuCluster: {deployCR: true}, clusterPolicy: {deployCR: false}}") },
			func(s *scenario) { s.gpu(gpuCluster) },
		},
		"dead-value": {
			func(s *scenario) { s.gpu("devicePlugin: {mps: {root: /x}}") },
			func(s *scenario) { s.gpu("devicePlugin: {enabled: true}") },
		},
	}
}

func constraints(field, versions string) []document.Constraint {
	return []document.Constraint{{Field: field, Range: versions, Layer: "gpu=h100"}}
}

// TestConstraintOfTheDriver sees the driver that an override sets.
func TestConstraintOfTheDriver(t *testing.T) {
	t.Parallel()
	for driver, want := range map[string][]string{"575.57.08": {"constraint-unmet!"}, "580.95.05": nil} {
		s := newScenario(t, func(s *scenario) {
			s.Recipe.Constraints = constraints("driver", ">= 580.65.06")
			s.gpu("driver: {version: " + driver + "}")
		})
		if got := brokenRules(t, s.Request); !slices.Equal(got, want) {
			t.Errorf("driver %s: broken rules %v, want %v", driver, got, want)
		}
	}
}

// TestRequestInAnyCase: a request that somebody wrote by hand means the same.
func TestRequestInAnyCase(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) { s.Recipe.Request.Service = " Self-Managed "; s.Recipe.Request.GPU = "H100" })
	same := newScenario(t, func(*scenario) {})
	if got, want := render(t, s.Request).SHA256, render(t, same.Request).SHA256; got != want {
		t.Errorf("got another bundle, %s instead of %s", got, want)
	}
	s.Recipe.Request.K8s = "nope"
	if _, err := renderer().Render(t.Context(), s.Request); err == nil || !strings.Contains(err.Error(), `request.k8s: "nope" is not a version`) {
		t.Errorf("got %v, want an error about request.k8s", err)
	}
}

// TestTagsOfAnotherRelease: choosing another release without its tags is one
// error that holds what to write.
func TestTagsOfAnotherRelease(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(s *scenario) {
		s.Bundlers = []string{"gpu-operator"}
		s.set(image("dcgm"), "4.3.1-1").set(image("dcgm-exporter"), "4.3.1")
	})
	_, err := renderer().Render(t.Context(), s.Request)
	broken := ruleErrors(t, err)
	if len(broken) != 1 || !strings.Contains(broken[0].Advice, `{dcgm: "4.6.0-1-ubuntu24.04", dcgm-exporter: "4.6.0-4.8.3-distroless"}`) {
		t.Errorf("got %v, want one error with both tags", err)
	}
}
