// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// What the snapshot says is installed is compared with what the recipe chooses.
func TestInstalled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		readings map[string]string
		releases map[string]string
		driver   string
		gpu      string
		want     []string // rules and parts of messages
	}{
		"as chosen":         {readings: map[string]string{"K8s/image/gpu-operator": "v26.7.0", "GPU/smi/driver-version": "595.71.05"}},
		"the line before":   {readings: map[string]string{"K8s/image/gpu-operator": "v26.3.1"}},
		"a line is skipped": {readings: map[string]string{"K8s/image/gpu-operator": "v25.10.0"}, want: []string{"installed-release-skips", "install v26.3.3 first: set each with releases"}},
		"two are skipped":   {readings: map[string]string{"K8s/image/gpu-operator": "v25.3.3"}, want: []string{"installed-release-skips", "install v25.10.1, then v26.3.3 first"}},
		"held":              {readings: map[string]string{"K8s/image/gpu-operator": "v25.10.0"}, releases: map[string]string{"gpu-operator": "v26.3.3"}},
		"newer":             {readings: map[string]string{"K8s/image/gpu-operator": "v26.11.0"}, want: []string{"installed-release-newer", "shows gpu-operator v26.11.0, and the recipe chooses v26.7.0"}},
		"not a version":     {readings: map[string]string{"K8s/image/gpu-operator": "latest", "K8s/image/driver": "devel-ubuntu22.04"}},
		"another branch":    {readings: map[string]string{"GPU/smi/driver-version": "580.82.07"}, want: []string{"installed-driver-branch", "shows the GPU driver 580.82.07, and the recipe chooses 595.91.07 of another branch"}},
		"of the policy":     {readings: map[string]string{"K8s/policy/driver.version": "580.82.07"}, want: []string{"installed-driver-branch", "580.82.07"}},
		"of the image":      {readings: map[string]string{"K8s/image/driver": "580.82.07-ubuntu22.04"}, want: []string{"installed-driver-branch", "GPU driver 580.82.07,"}},
		"definitions": {
			readings: map[string]string{"K8s/image/k8s-dra-driver-gpu": "v25.8.0"}, gpu: "gb200",
			want: []string{"installed-definitions", "definitions of the older release as they are (computedomaincliques.resource.nvidia.com and computedomains.resource.nvidia.com)"},
		},
		"a driver that is held": {readings: map[string]string{"K8s/image/driver": "580.82.07-ubuntu22.04"}, driver: "580.126.20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := snapshotOf(tt.readings)
			r := buildRecipe(t, embeddedCatalog(t), recipe.Request{
				Query: document.Query{Service: "eks", OS: "ubuntu", GPU: cmp.Or(tt.gpu, "h100"), K8s: "1.34"}, Snapshot: &s, Releases: tt.releases, Driver: tt.driver,
			})
			var want [][2]string
			if tt.want != nil {
				want = [][2]string{{"snapshot", tt.want[1]}}
			}
			wantWarnings(t, r.Findings, want...)
			if tt.want != nil && !slices.ContainsFunc(r.Findings, func(f recipe.Finding) bool { return f.Rule == tt.want[0] }) {
				t.Errorf("findings %+v, want %s", r.Findings, tt.want[0])
			}
		})
	}
}
