// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// choices are variables of a stack.
type choices struct {
	Service  string            `json:"service"`
	OS       string            `json:"os"`
	GPU      string            `json:"gpu"`
	Options  map[string]string `json:"options"`
	Releases map[string]string `json:"releases"`
	Existing []string          `json:"existing"`
	Ignored  []string          `json:"ignored"`
}

// choice makes one, false where another one of the same thing was made.
type choice func(*choices) bool

func (c choices) clone() choices {
	c.Options, c.Releases, c.Existing = maps.Clone(c.Options), maps.Clone(c.Releases), slices.Clone(c.Existing)
	return c
}

func usual() choices {
	return choices{
		Service: "self-managed", OS: "ubuntu", GPU: "h100", Releases: map[string]string{}, Existing: []string{}, Ignored: []string{"component-removed"},
		Options: map[string]string{"rdma": "true", "deploy_ofed": "true", "peer_memory": "true", "fabric": "infiniband", "scheduler": "kai"},
	}
}

func set(values, usual map[string]string, name, value string) bool {
	if was, stated := values[name]; stated && was != usual[name] {
		return false
	}
	values[name] = value
	return true
}

// judge makes recipes and bundles without a cluster.
type judge struct {
	catalog  *recipe.Catalog
	set      *component.Set
	renderer *bundle.Renderer
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return &judge{catalog, set, bundle.NewRendererOf(set)}
}

// allows reports whether the choices are a stack at all.
func (j *judge) allows(t *testing.T, c choices) bool {
	t.Helper()
	version := map[bool]string{true: "24.04"}[c.OS == "ubuntu"]
	made, err := j.catalog.Build(t.Context(), recipe.Request{
		Query:   document.Query{Service: c.Service, OS: c.OS, OSVersion: version, GPU: c.GPU, Intent: "training", K8s: "1.34"},
		Options: c.Options, Releases: c.Releases,
	})
	if err != nil {
		return false
	}
	registry := &bundle.Registry{ChartRepositories: map[string]string{"*": "https://charts.example.com"}}
	_, err = j.renderer.Render(t.Context(), bundle.Request{Recipe: made.Recipe, Existing: c.Existing, Registry: registry})
	return err == nil
}

// all lists every value of every option, every release, every component that may be
// there already, and platforms that have every service, system and GPU.
func (j *judge) all(t *testing.T) (names []string, all []choice) {
	t.Helper()
	add := func(name string, c choice) { names, all = append(names, name), append(all, c) }
	options, err := j.catalog.Options()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range options {
		for _, value := range option.Values() {
			add(option.Name()+"="+value, func(c *choices) bool { return set(c.Options, usual().Options, option.Name(), value) })
		}
	}
	for _, e := range j.set.Entries() {
		for _, r := range e.Releases {
			add(e.Name+" "+r.Version, func(c *choices) bool { return set(c.Releases, nil, e.Name, r.Version) })
		}
		add("existing "+e.Name, func(c *choices) bool {
			c.Existing = append(c.Existing, e.Name)
			return c.Releases[e.Name] == ""
		})
	}
	seen := map[string]bool{}
	for _, p := range j.catalog.Platforms() {
		for i, gpu := range p.GPUs {
			system := p.OS[i%len(p.OS)]
			if seen["service "+p.Service] && seen["os "+system] && seen["gpu "+gpu.GPU] {
				continue
			}
			seen["service "+p.Service], seen["os "+system], seen["gpu "+gpu.GPU] = true, true, true
			add(fmt.Sprintf("%s on %s with %s", gpu.GPU, p.Service, system), func(c *choices) bool {
				before := usual()
				if c.Service != before.Service || c.OS != before.OS || c.GPU != before.GPU {
					return false
				}
				c.Service, c.OS, c.GPU = p.Service, system, gpu.GPU
				for name, value := range before.Options {
					if p.Service != before.Service && c.Options[name] == value {
						delete(c.Options, name)
					}
				}
				return true
			})
		}
	}
	return names, all
}

// groups makes as few stacks as it easily can that have each choice once. What is
// possible with no other choice stays out.
func (j *judge) groups(t *testing.T) (groups []choices, impossible []string) {
	t.Helper()
	names, all := j.all(t)
	for i, choose := range all {
		placed := false
		for g := 0; g <= len(groups) && !placed; g++ {
			with := usual()
			if g < len(groups) {
				with = groups[g].clone()
			}
			if !choose(&with) || !j.allows(t, with) {
				continue
			}
			groups, placed = append(groups[:g:g], append([]choices{with}, groups[min(g+1, len(groups)):]...)...), true
		}
		if !placed {
			impossible = append(impossible, names[i])
		}
	}
	return groups, impossible
}

// TestModuleKeepsWhatStays plans other choices over an installed stack: no release
// that stays is replaced or destroyed, whatever comes or goes.
func TestModuleKeepsWhatStays(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	groups, impossible := j.groups(t)
	if names, _ := j.all(t); len(impossible) > len(names)/4 {
		t.Errorf("%d of %d choices are not possible alone: %v", len(impossible), len(names), impossible)
	}
	w, own := moduleWorkspace(t)
	operate(t, fixture.NewClient(t, own.Admin()), networkPolicy(), gpuPolicy())
	w.Apply(t)
	for i, group := range groups {
		name := fmt.Sprintf("%d.tfvars.json", i)
		text, err := json.Marshal(group)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(t, name, string(text))
		file := fmt.Sprintf("%d.plan", i)
		if r := w.Run(t, "plan", "-input=false", "-refresh=false", "-out", file, "-var-file", name); r.Code != 0 {
			t.Errorf("planning %s:\n%s", text, r.Stderr)
			continue
		}
		checkKept(t, w, file)
	}
}

// checkKept reads a plan: every release of a component that the stack has afterwards
// is there before and after, or is new.
func checkKept(t *testing.T, w *terraform.Workspace, file string) {
	t.Helper()
	var plan struct {
		Changes []struct {
			Type, Name, Address string
			Change              struct{ Actions []string }
		} `json:"resource_changes"`
		Planned struct {
			Outputs map[string]struct{ Value []string }
		} `json:"planned_values"`
	}
	if err := json.Unmarshal([]byte(w.Run(t, "show", "-json", file).Stdout), &plan); err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, component := range plan.Planned.Outputs["components"].Value {
		kept[strings.ReplaceAll(component, "-", "_")] = true
	}
	for _, change := range plan.Changes {
		if change.Type != "helm_release" {
			continue
		}
		if gone := slices.Contains(change.Change.Actions, "delete"); gone == kept[change.Name] {
			t.Errorf("%s: %s: %v, and the stack has %v", file, change.Address, change.Change.Actions, slices.Sorted(maps.Keys(kept)))
		}
		delete(kept, change.Name)
	}
	if len(kept) > 0 {
		t.Errorf("%s: no release of %v", file, slices.Sorted(maps.Keys(kept)))
	}
}
