// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// TestReleases: the release of a component is the root of its tags.
func TestReleases(t *testing.T) {
	t.Parallel()
	const newest, older = "release:gpu-operator v26.7.0", "release:gpu-operator v26.3.3"
	image := func(data string) []string {
		return []string{"types: [{type: K8s, subtypes: [{subtype: image, data: {" + data + "}}]}]"}
	}
	for name, tt := range map[string]struct {
		k8s      string
		overlays []string
		want     map[string]string // "value of layer" by key of K8s/image, "" for none
	}{
		"the newest for the version": {"1.34", nil, map[string]string{
			"gpu-operator": "v26.7.0 of " + newest, "driver": "595.91.07 of " + newest, "dcgm": "4.6.0-1-ubuntu24.04 of " + newest,
			"network-operator": "26.4.1 of release:network-operator 26.4.1",
		}},
		"an older one for the version": {"v1.32.9-eks-113cf36", nil, map[string]string{"gpu-operator": "v26.3.3 of " + older, "driver": "580.126.20 of " + older}},
		"no version":                   {"", nil, map[string]string{"gpu-operator": "v26.7.0 of " + newest}},
		"a release brings its tags": {"1.34", image("gpu-operator: 26.3.3"), map[string]string{
			"gpu-operator": "26.3.3 of user:any", "driver": "580.126.20 of " + older, "dcgm-exporter": "4.5.3-4.8.2-distroless of " + older,
		}},
		"a stated tag stays":         {"1.34", image("driver: 580.95.05"), map[string]string{"driver": "580.95.05 of user:any", "dcgm": "4.6.0-1-ubuntu24.04 of " + newest}},
		"a removed tag stays away":   {"1.34", image("dcgm: null"), map[string]string{"dcgm": "", "driver": "595.91.07 of " + newest}},
		"an unknown one has no tags": {"1.34", image("gpu-operator: v27.1.0"), map[string]string{"gpu-operator": "v27.1.0 of user:any", "driver": "", "dcgm": ""}},
		"a candidate has them": {"1.34", image("network-operator: 26.7.0-rc.2"), map[string]string{
			"network-operator": "26.7.0-rc.2 of user:any", "mofed-driver": "doca3.5.0-26.07-0.7.1.0-0 of release:network-operator 26.7.0-rc.2",
		}},
		"no version, and no candidate": {"", nil, map[string]string{"network-operator": "26.4.1 of release:network-operator 26.4.1"}},
		"a removed one neither":        {"1.34", image("gpu-operator: null"), map[string]string{"gpu-operator": "", "driver": ""}},
		"not one for another service": {"1.34", nil, map[string]string{
			"aws-efa-k8s-device-plugin": "",
		}},
		"none that is needed less": {"1.31", nil, map[string]string{"nvidia-dra-driver-gpu": "", "gpu-operator": "v25.10.1 of release:gpu-operator v25.10.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := buildRecipe(t, embeddedCatalog(t), recipe.Request{
				Query: document.Query{Service: "aks", OS: "ubuntu", GPU: "h100", Intent: "inference", K8s: tt.k8s}, Overlays: tt.overlays,
			})
			got := map[string]string{}
			for key := range tt.want {
				if value := result.Recipe.Measurements.Text("K8s", "image", key); value != "" {
					value += " of " + result.Provenance["K8s/image/"+key]
					got[key] = value
					continue
				}
				got[key] = ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestNoReleaseOfWhatIsNeeded: a component that the platform needs never
// disappears.
func TestNoReleaseOfWhatIsNeeded(t *testing.T) {
	t.Parallel()
	request := recipe.Request{Query: document.Query{Service: "aks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.36"}}
	_, err := embeddedCatalog(t).Build(t.Context(), request)
	const want = "k8s: the platform needs network-operator, and no release of it that eidos knows supports Kubernetes 1.36: 25.4.0 is for 1.29 - 1.32"
	if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "-rc") {
		t.Errorf("got %v, want %s and no candidate", err, want)
	}
	for name, change := range map[string]func(*recipe.Request){
		"a stated release": func(r *recipe.Request) {
			r.Overlays = []string{"types: [{type: K8s, subtypes: [{subtype: image, data: {network-operator: 26.4.1}}]}]"}
		},
		"left out": func(r *recipe.Request) {
			r.Overlays = []string{"types: [{type: K8s, subtypes: [{subtype: image, data: {network-operator: null}}]}]"}
		},
		"not needed": func(r *recipe.Request) { r.Query.Intent = "inference" },
		"allowed":    func(r *recipe.Request) { r.AllowUncovered = true },
	} {
		changed := request
		change(&changed)
		if _, err := embeddedCatalog(t).Build(t.Context(), changed); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
