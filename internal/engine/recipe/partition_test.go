// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestMIGOfTheSnapshotAndTheRecipe(t *testing.T) {
	t.Parallel()
	const (
		data    = `{base: [{type: K8s, subtypes: [{subtype: config, data: {cdi: true}}]}], overlays: [{key: {gpu: h100}, types: [{type: K8s, subtypes: [{subtype: config, data: {mig: false}}]}]}, {key: {gpu: a100}}]}`
		off     = `the recipe leaves MIG off: K8s/config/mig is false; set it with the option mig`
		overlay = `types: [{type: K8s, subtypes: [{subtype: config, data: {mig: `
	)
	for name, tt := range map[string]struct {
		readings map[string]string
		overlays []string
		gpu      string
		want     [][2]string
	}{
		"on and off":             {map[string]string{"GPU/smi/mig-mode": "Enabled"}, nil, "h100", [][2]string{{"snapshot", `GPU/smi/mig-mode is "Enabled", but ` + off}}},
		"on and not set":         {map[string]string{"GPU/smi/mig-mode": "Enabled"}, nil, "a100", [][2]string{{"snapshot", "K8s/config/mig is not set"}}},
		"on for some GPUs":       {map[string]string{"GPU/smi/mig-mode": "Disabled", "GPU/smi-variance/mig-mode": "Disabled: 7, Enabled: 1"}, nil, "h100", [][2]string{{"snapshot", `GPU/smi-variance/mig-mode is "Disabled: 7, Enabled: 1"`}}},
		"on and on":              {map[string]string{"GPU/smi/mig-mode": "Enabled"}, []string{overlay + `true}}]}]`}, "h100", nil},
		"on, and the user says":  {map[string]string{"GPU/smi/mig-mode": "Enabled"}, []string{overlay + `false}}]}]`}, "h100", nil},
		"off and off":            {map[string]string{"GPU/smi/mig-mode": "Disabled"}, nil, "h100", nil},
		"nobody knows of a mode": {map[string]string{"GPU/smi/model": "NVIDIA H100 80GB HBM3"}, nil, "h100", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snapshot := snapshotOf(tt.readings)
			query := document.Query{OS: "any", Service: "any", GPU: tt.gpu}
			got := buildRecipe(t, mustLoad(t, data), recipe.Request{Query: query, Snapshot: &snapshot, Overlays: tt.overlays})
			wantWarnings(t, got.Findings, tt.want...)
		})
	}
}
