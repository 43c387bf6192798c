// SPDX-License-Identifier: Apache-2.0

package form

import "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"

// kustomize writes the objects next to the charts, a folder for each step.
type kustomize struct{}

func (kustomize) Write(b Bundle) ([]outdir.File, error) {
	f := folder{name: "kustomize"}
	for _, s := range steps(b) {
		if !s.chart {
			f.objects(s.name, s.objects)
		}
	}
	return f.result()
}
