// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// instanceCatalog has small nodes without a fabric, and one more kind of node
// about which the overlays are right.
const instanceCatalog = `
base: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}}]}]
overlays:
- key: {service: eks}
- key: {os: ubuntu}
- key: {gpu: l40s}
- key: {gpu: h100}
- key: {service: eks, gpu: l40s}
  types: [{type: K8s, subtypes: [{subtype: network-config, data: {fabric: efa}}]}, {type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]
platforms:
- service: eks
  os: [ubuntu]
  gpus:
  - {gpu: h100, fabric: efa, instanceTypes: [p5.48xlarge, p5.4xlarge]}
  - {gpu: l40s, fabric: efa, instanceTypes: [g6e.48xlarge]}
  - gpu: l40s
    fabric: none
    instanceTypes: [g6e.xlarge, g6e.2xlarge]
    types:
    - {type: K8s, subtypes: [{subtype: network-config, data: {fabric: none}, context: {fabric: Too small}}]}
    - {type: OS, subtypes: [{subtype: kmod, data: {efa: null}}]}
`

func TestInstanceTypes(t *testing.T) {
	t.Parallel()
	const small = "instance-type=G6E.xlarge"
	tests := map[string]struct {
		instance, variance string // of the nodes
		query              document.Query
		overlay            string
		fabric, layer      string
		states             string // the instance type that the recipe states
		warning            string
	}{
		"unknown":              {fabric: "efa", layer: "service=eks,gpu=l40s"},
		"of no product":        {instance: "m5.large", fabric: "efa", layer: "service=eks,gpu=l40s"},
		"as the overlays say":  {instance: "g6e.48xlarge", fabric: "efa", layer: "service=eks,gpu=l40s", states: "g6e.48xlarge"},
		"without a fabric":     {instance: "G6E.xlarge", fabric: "none", layer: small, states: "G6E.xlarge"},
		"the user wins":        {instance: "G6E.xlarge", overlay: "types: [{type: K8s, subtypes: [{subtype: network-config, data: {fabric: efa}}]}]", fabric: "efa", layer: "user:any", states: "G6E.xlarge"},
		"of another GPU":       {instance: "G6E.xlarge", query: document.Query{GPU: "h100"}},
		"the GPU is left open": {instance: "G6E.xlarge", query: document.Query{GPU: "any"}},
		"several of one kind": {
			instance: "g6e.xlarge", variance: "g6e.xlarge: 4, g6e.2xlarge: 1",
			fabric: "none", layer: "instance-type=g6e.xlarge g6e.2xlarge",
		},
		"several that need nothing": {
			instance: "p5.48xlarge", variance: "p5.48xlarge: 4, p5.4xlarge: 1", query: document.Query{GPU: "h100"},
		},
		"several kinds": {
			instance: "g6e.xlarge", variance: "g6e.xlarge: 4, g6e.48xlarge: 1", fabric: "efa", layer: "service=eks,gpu=l40s",
			warning: "the snapshot's nodes have the instance types g6e.xlarge and g6e.48xlarge, which need different settings; the recipe keeps those of l40s on eks in general",
		},
		"one that the table lacks": {
			instance: "g6e.xlarge", variance: "g6e.xlarge: 4, g6e.odd: 1", fabric: "efa", layer: "service=eks,gpu=l40s",
			warning: "the instance types g6e.xlarge and g6e.odd",
		},
	}
	c := mustLoad(t, instanceCatalog)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			readings := map[string]string{"K8s/node/provider": "eks", "OS/release/ID": "ubuntu", "GPU/smi/model": "NVIDIA L40S"}
			if tt.instance != "" {
				readings["K8s/node/instance-type"] = tt.instance
			}
			if tt.variance != "" {
				readings["K8s/node-variance/instance-type"] = tt.variance
			}
			s := snapshotOf(readings)
			request := recipe.Request{Query: tt.query, Snapshot: &s}
			if tt.overlay != "" {
				request.Overlays = []string{tt.overlay}
			}
			r := buildRecipe(t, c, request)
			if got, from := network(r, "fabric"), r.Provenance["K8s/network-config/fabric"]; got != tt.fabric || from != tt.layer {
				t.Errorf("fabric %q of %q, want %q of %q", got, from, tt.fabric, tt.layer)
			}
			if got, want := r.Recipe.Measurements.Text(measurement.OS, "kmod", "efa"), when(tt.fabric == "efa" && !strings.HasPrefix(tt.layer, "user"), "true"); got != want {
				t.Errorf("module efa %q, want %q", got, want)
			}
			if got, want := slices.Contains(r.Recipe.MatchedRules, tt.layer), tt.layer != ""; got != want {
				t.Errorf("rules %v: %q among them %t, want %t", r.Recipe.MatchedRules, tt.layer, got, want)
			}
			if got := r.Recipe.Measurements.Text(measurement.K8s, "node", "instance-type"); got != tt.states {
				t.Errorf("instance type %q, want %q", got, tt.states)
			}
			if tt.warning == "" {
				wantWarnings(t, r.Findings)
				return
			}
			wantWarnings(t, r.Findings, [2]string{"service", tt.warning})
		})
	}
}

func TestInstanceTypeFacts(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for name, want := range map[[2]string]recipe.Instance{
		{"eks", "p5.4xlarge"}:               {GPU: "h100", Count: 1, Fabric: "efa"},
		{" EKS", "G6E.48xlarge "}:           {GPU: "l40s", Count: 8, Fabric: "efa"},
		{"aks", "Standard_NC48ads_A100_v4"}: {GPU: "a100", Count: 2, Fabric: "none"},
		{"gke", "a2-megagpu-16g"}:           {GPU: "a100", Count: 16, Fabric: "none"},
		{"oke", "BM.GPU.GB200-v3.4"}:        {GPU: "gb200", Count: 4, Fabric: "roce"},
	} {
		got, err := c.InstanceType(name[0], name[1])
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", name, got, err, want)
		}
	}
	for name, want := range map[[2]string]string{
		{"ekz", "p5.4xlarge"}: `service: unknown service "ekz"; the platform table has aks,`,
		{"eks", "p5.4xlarg"}:  `name: the platform table has no instance type "p5.4xlarg" of eks; did you mean "p5.4xlarge"?`,
		{"", ""}:              `service: unknown service ""`,
	} {
		if _, err := c.InstanceType(name[0], name[1]); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", name, err, want)
		}
	}
	for _, p := range c.Platforms() {
		for _, g := range p.GPUs {
			for _, name := range g.InstanceTypes {
				if g.Sizes[name] == 0 {
					t.Errorf("%s %s: how many GPUs it has is not known", p.Service, name)
				}
			}
		}
	}
}
