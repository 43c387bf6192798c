// SPDX-License-Identifier: Apache-2.0

package recipe_test

import "testing"

func TestGPUInstanceType(t *testing.T) {
	t.Parallel()
	c := mustLoad(t, `
base: [{type: K8s, subtypes: [{subtype: image, data: {driver: "1"}}]}]
platforms:
- {service: eks, os: [ubuntu], gpus: [{gpu: h100, instanceTypes: [p5.48xlarge, p5.4xlarge]}, {gpu: l4}]}
`)
	for name, want := range map[string]bool{"p5.48xlarge": true, "p5.4xlarge": true, "m5.large": false, "p5": false, "": false} {
		if got := c.GPUInstanceType(name); got != want {
			t.Errorf("%q: got %t, want %t", name, got, want)
		}
	}
}
