// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"slices"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// gpu returns what the hardware says of itself, then what its labels and the
// platform table say. A product that the hardware names and no data knows ends
// the search: a guess from the instance type would contradict it.
func (x extractor) gpu() []clue {
	clues := []clue{
		x.product(measurement.GPU, "smi", "model"),
		x.product(measurement.GPU, "smi", "gpu.model"), // older snapshots
		x.product(measurement.GPU, "device", "model"),
		x.product(measurement.K8s, "node", "gpu-product"),
	}
	if i := slices.IndexFunc(clues, func(c clue) bool { return c.said != "" }); i >= 0 && clues[i].value == "" {
		return clues[i : i+1]
	}
	instance := x.read(measurement.K8s, "node", "instance-type")
	instance.value = x.known("gpu", x.platforms.gpuOf(instance.said))
	return append(clues, instance, x.product(measurement.K8s, "node", "gke-accelerator"))
}

// product recognises a GPU in a product name or label. Names are compared by
// whole words: "NVIDIA GB200" is no B200, "L40S" no L40.
func (x extractor) product(t measurement.Type, subtype, key string) clue {
	c := x.read(t, subtype, key)
	words := strings.FieldsFunc(c.said, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
	for _, word := range words {
		if value := x.known("gpu", word); value != "" {
			c.value = value
			break
		}
	}
	return c
}
