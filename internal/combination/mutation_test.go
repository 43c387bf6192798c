// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/combination"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// replaceIn changes a manifest or values of a component, in files too.
func replaceIn(component, path, old, to string) func(*combination.Outcome) {
	return func(o *combination.Outcome) {
		for i := range o.Bundle.Components {
			c := &o.Bundle.Components[i]
			if c.Name != component {
				continue
			}
			if path == "values.yaml" {
				c.Values = strings.Replace(c.Values, old, to, 1)
			}
			for _, texts := range []map[string]string{c.Manifests, c.ChartManifests} {
				if text, ok := texts[path]; ok {
					texts[path] = strings.Replace(text, old, to, 1)
				}
			}
		}
	}
}

// replaceInFile changes one file alone.
func replaceInFile(path, old, to string) func(*combination.Outcome) {
	return func(o *combination.Outcome) {
		for i := range o.Bundle.Files {
			if f := &o.Bundle.Files[i]; f.Path == path {
				f.Content = bytes.Replace(f.Content, []byte(old), []byte(to), 1)
			}
		}
	}
}

// TestChangesAreCaught flips one thing of a rendered point, or of what was asked
// for, and proves that TestEveryCombination would tell.
func TestChangesAreCaught(t *testing.T) {
	t.Parallel()
	pipeline, err := combination.New()
	if err != nil {
		t.Fatal(err)
	}
	const policy, nic = "manifests/clusterpolicy.yaml", "manifests/nicclusterpolicy.yaml"
	gpu, network := "gpu-operator", "network-operator"
	for name, tt := range map[string]struct {
		change func(*combination.Outcome)
		want   string
	}{
		"unknown value":      {replaceIn(gpu, "values.yaml", "gds:", "gdz:"), "values.yaml: gdz: is no value"},
		"mistyped value":     {replaceIn(gpu, "values.yaml", `version: "595.91.07"`, "version: 595"), "values.yaml: driver.version: is a string"},
		"dead value":         {replaceIn(gpu, "values.yaml", "gds:", "devicePlugin: {mps: {root: /x}}\ngds:"), "has no effect"},
		"value nowhere":      {replaceIn(gpu, "values.yaml", "gds:", "nfd: {enabled: false}\ngds:"), "nfd.enabled false of the values is nowhere"},
		"driver of another":  {replaceIn(gpu, policy, "595.91.07", "595.91.08"), "spec.driver.version is 595.91.08, want 595.91.07"},
		"tag of another":     {replaceIn(gpu, policy, "v0.20.0", "v0.19.0"), "version is v0.19.0, want v0.20.0"},
		"unknown field":      {replaceIn(gpu, policy, `"toolkit"`, `"toolkits"`), "spec.toolkits: is no field"},
		"missing field":      {replaceIn(gpu, policy, `"gfd"`, `"gfb"`), "spec.gfd: is required"},
		"enum":               {replaceIn(gpu, policy, `"strategy": "none"`, `"strategy": "all"`), "spec.mig.strategy: is one of"},
		"option":             {replaceIn(gpu, policy, `"strategy": "none"`, `"strategy": "mixed"`), "spec.mig.strategy is mixed, want none"},
		"floating tag":       {replaceIn(network, nic, "network-operator-v26.4.1", "latest"), "want nvcr.io/nvidia/mellanox"},
		"field of another":   {replaceIn(network, nic, "secondaryNetwork:", "secondaryNetwork:\n    ipamPlugin: {}"), "ipamPlugin: is no field"},
		"broken YAML":        {replaceIn(network, nic, "spec:", "spec: ["), nic + ": "},
		"wrong sum":          {replaceInFile("gpu-operator/README.md", "#", "##"), "checksums.txt is not"},
		"unpinned":           {replaceInFile("gpu-operator/scripts/install.sh", "v26.7.0", "v26"), "install.sh does not name the version"},
		"unnamed manifest":   {replaceInFile("gpu-operator/README.md", "manifests/clusterpolicy.yaml", "a policy"), "README.md does not name manifests/clusterpolicy.yaml"},
		"missing file":       {func(o *combination.Outcome) { o.Bundle.Files = o.Bundle.Files[1:] }, "files: want"},
		"missing component":  {func(o *combination.Outcome) { o.Bundle.Components = o.Bundle.Components[:1] }, "components: want"},
		"another release":    {func(o *combination.Outcome) { o.Bundle.Components[0].Version = "v26.3.3" }, "components: want"},
		"unknown release":    {func(o *combination.Outcome) { o.Bundle.Components[0].Version = "v0.0.1" }, "no facts about gpu-operator"},
		"error as a finding": {finding("mig-unsupported-gpu"), "finding mig-unsupported-gpu"},
		"dead recipe key":    {finding("unknown-recipe-key"), "finding unknown-recipe-key"},
		"doubt":              {finding("kubernetes-range"), "findings: want"},
		"rendered wrongly":   {func(o *combination.Outcome) { o.GPU, o.MIG = "l40", combination.MixedMIG }, `want ["mig-unsupported-gpu"], got []`},
		"refused wrongly":    {func(o *combination.Outcome) { o.Err = errors.New("disk full") }, `want [], got ["disk full"]`},
		"another system":     {func(o *combination.Outcome) { o.OS = "cos" }, `want ["query os"], got []`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := pipeline.Run(t.Context(), combination.Point{
				Service: "self-managed", OS: "ubuntu", GPU: "h100", Intent: "training", Kubernetes: "1.33",
				MIG: combination.NoMIG, RDMA: true, GDS: true, Addresses: true,
			})
			inspector := newInspector()
			if wrong := judge(o, inspector); wrong != nil {
				t.Fatalf("unchanged: %q", wrong)
			}
			tt.change(&o)
			wrong := judge(o, inspector)
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, tt.want) }) {
				t.Errorf("got %q, want %q among them", wrong, tt.want)
			}
		})
	}
}

func finding(rule string) func(*combination.Outcome) {
	return func(o *combination.Outcome) {
		o.Bundle.Findings = append(o.Bundle.Findings, bundle.Finding{Rule: rule})
	}
}
