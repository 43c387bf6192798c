// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// exampleOverrides are the overrides in the examples of all rules, by component:
// those that change most.
func exampleOverrides(t *testing.T) map[string][]string {
	t.Helper()
	set, err := component.Load(os.DirFS("../component/data"))
	if err != nil {
		t.Fatal(err)
	}
	descriptions, err := set.Descriptions()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]string{}
	for _, d := range descriptions {
		for _, r := range d.Rules {
			for _, c := range r.Cases {
				for name, value := range c.Breaks.Overrides {
					texts[name] = append(texts[name], yamlText(t, &value))
				}
			}
		}
	}
	return texts
}

// TestWhatIsKnownStaysTrue: next to an unknown override or namespace, what a
// bundle says is what it says whatever the input turns out to be.
func TestWhatIsKnownStaysTrue(t *testing.T) {
	t.Parallel()
	overrides := exampleOverrides(t)
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := bundle.Request{Recipe: fixture(t, name), IgnoreFindings: everyRule()}
			for _, of := range slices.Sorted(maps.Keys(overrides)) {
				req.Pending = bundle.Pending{Overrides: []string{of}}
				early := render(t, req)
				for _, text := range overrides[of] {
					checkKnown(t, early, bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings, Overrides: map[string]string{of: text}})
				}
			}
			req.Pending = bundle.Pending{Placement: true}
			checkKnown(t, render(t, req), bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings, Placement: placement(t)})
			req.Pending = bundle.Pending{Registry: true}
			checkKnown(t, render(t, req), bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings, Registry: registry(t)})
			for _, c := range render(t, bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings}).Components {
				req.Pending = bundle.Pending{ObjectOverrides: []string{c.Name}}
				checkKnown(t, render(t, req), bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings, ObjectOverrides: labeled(c)})
				req.Pending = bundle.Pending{Namespaces: []string{c.Name}}
				early := render(t, req)
				for _, namespace := range []string{"gpus", "kube-system"} {
					checkKnown(t, early, bundle.Request{Recipe: req.Recipe, IgnoreFindings: req.IgnoreFindings, Namespaces: map[string]string{c.Name: namespace}})
				}
			}
		})
	}
}

// labeled changes every object next to a chart.
func labeled(c bundle.Component) map[string]string {
	texts := map[string]string{}
	for path := range c.Manifests {
		texts[c.Name+"/"+strings.TrimSuffix(strings.TrimPrefix(path, "manifests/"), ".yaml")] = "metadata: {labels: {changed: yes-it-is}}"
	}
	return texts
}

// checkKnown compares what was known early with what a request gives.
func checkKnown(t *testing.T, early *bundle.Bundle, req bundle.Request) {
	t.Helper()
	if early.Files != nil || early.SHA256 != "" || !early.FilesUnknown || !early.FindingsUnknown {
		t.Error("the early bundle has files, or knows its findings")
	}
	late, err := renderer().Render(t.Context(), req)
	if err != nil {
		return // not a valid request here: nothing is applied
	}
	for i, want := range late.Components {
		if i >= len(early.Components) {
			t.Fatalf("%s is missing early", want.Name)
		}
		got := early.Components[i]
		if got.Unknown.Namespace {
			want.Namespace = ""
		}
		if got.Unknown.Values {
			want.Values, want.ValuesSHA256 = "", ""
		}
		if got.Unknown.Manifests {
			want.Manifests, want.ApplyOrder, want.ChartManifests = nil, nil, nil
		}
		if got.Unknown.Values || got.Unknown.Manifests {
			want.Images, want.ImagesMissing, want.Ready = nil, nil, nil
		}
		if got.Unknown.Repository {
			want.Repository = ""
		}
		if got.Unknown.Definitions {
			want.Definitions = nil
		}
		if got.Unknown.Prerequisites {
			want.Prerequisites = nil
		}
		want.Unknown = got.Unknown
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with overrides %q and namespaces %q (-want +got early):\n%s", req.Overrides, req.Namespaces, diff)
		}
	}
}

// TestPendingFeedsLittle: an unknown input leaves what it does not feed.
func TestPendingFeedsLittle(t *testing.T) {
	t.Parallel()
	all := bundle.Unknown{Values: true, Manifests: true, Definitions: true, Prerequisites: true}
	for name, tt := range map[string]struct {
		pending bundle.Pending
		want    map[string]bundle.Unknown
	}{
		"override": {
			bundle.Pending{Overrides: []string{"network-operator"}},
			map[string]bundle.Unknown{"gpu-operator": {}, "network-operator": all},
		},
		"override that another component reads": {
			bundle.Pending{Overrides: []string{"gpu-operator"}},
			map[string]bundle.Unknown{"gpu-operator": all, "network-operator": all},
		},
		"override of a component that is not there": {
			bundle.Pending{Overrides: []string{"aws-efa-k8s-device-plugin"}},
			map[string]bundle.Unknown{"gpu-operator": {}, "network-operator": {}},
		},
		"namespace": {
			bundle.Pending{Namespaces: []string{"gpu-operator"}},
			map[string]bundle.Unknown{"gpu-operator": {Namespace: true, Manifests: true}, "network-operator": {}},
		},
		"object": {
			bundle.Pending{ObjectOverrides: []string{"network-operator"}},
			map[string]bundle.Unknown{"gpu-operator": {}, "network-operator": {Manifests: true}},
		},
		"ignored rules": {
			bundle.Pending{IgnoreFindings: true},
			map[string]bundle.Unknown{"gpu-operator": {}, "network-operator": {}},
		},
	} {
		b := render(t, bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma"), Pending: tt.pending})
		got := map[string]bundle.Unknown{}
		for _, c := range b.Components {
			got[c.Name] = c.Unknown
			if c.Version == "" {
				t.Errorf("%s: %s has no version", name, c.Name)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if known := !tt.pending.IgnoreFindings; b.FilesUnknown != known || !b.FindingsUnknown {
			t.Errorf("%s: files unknown: %v, findings unknown: %v", name, b.FilesUnknown, b.FindingsUnknown)
		}
	}
}

// TestPendingHidesOnlyWhatItMayChange: errors that no later value takes back are
// found early.
func TestPendingHidesOnlyWhatItMayChange(t *testing.T) {
	t.Parallel()
	pending := bundle.Pending{Overrides: []string{"gpu-operator"}}
	for name, tt := range map[string]struct {
		change func(*scenario)
		want   []string
	}{
		"about the recipe alone": {
			func(s *scenario) { s.set(config("mig_stategy"), "mixed").Pending = pending },
			[]string{"unknown-option!"},
		},
		"about an override that is known": {
			func(s *scenario) {
				s.override("network-operator", "nfdd: {}").Pending = bundle.Pending{Namespaces: []string{"gpu-operator"}}
			},
			[]string{"unknown-value!"},
		},
		"about values that an override may change": {
			func(s *scenario) {
				s.set(config("secure_boot"), true).Pending = pending
			},
			nil,
		},
		"that may be ignored": {
			func(s *scenario) {
				s.set(config("mig_stategy"), "mixed").Pending = bundle.Pending{IgnoreFindings: true}
			},
			nil,
		},
	} {
		s := newScenario(t, tt.change)
		if diff := cmp.Diff(tt.want, brokenRules(t, s.Request)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		s.Pending = bundle.Pending{}
		if brokenRules(t, s.Request) == nil {
			t.Errorf("%s: the request is fine", name)
		}
	}
}
