// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"slices"
	"strings"
	"testing"
)

// TestGuidesSayWhatComesOut: the outputs of the guides' examples are what their
// texts say, and the example of bare metal leaves nothing to ask until a line of it
// is missing.
func TestGuidesSayWhatComesOut(t *testing.T) {
	t.Parallel()
	bareMetal := fenced(t, "../../templates/guides/bare-metal.md.tmpl", "terraform")[0]
	without := func(names ...string) string {
		var kept []string
		for line := range strings.Lines(bareMetal) {
			name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			if !slices.Contains(names, name) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	overlays := fenced(t, "../../templates/guides/recipes-and-overlays.md.tmpl", "terraform")
	for name, tt := range map[string]struct{ config, want string }{
		"bare metal":                  {bareMetal, "findings = tolist([])"},
		"bare metal without a driver": {without("use_host_mofed"), `network-driver-unstated`},
		"bare metal without a fabric": {without("use_host_mofed", "fabric", "ip_range", "master_interface"), `fabric-unstated`},
		"shared GPUs":                 {fenced(t, "../../templates/guides/gpu-sharing.md.tmpl", "terraform")[0], `"default" = "whole"` + "\n  " + `"name" = "gpu-sharing"`},
		"conditions on what there is": {overlays[1], `gdrcopy = "user:driver of the image"`},
		"conditions that do not hold": {strings.Replace(overlays[1], `, driver_source = "image"`, "", 1), `gdrcopy = "`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, map[string]string{"main.tf": tt.config})
			w.apply()
			if got := w.must("output", "-no-color").output; !strings.Contains(got, tt.want) || strings.Contains(got, "user:") != strings.Contains(tt.want, "user:") {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
