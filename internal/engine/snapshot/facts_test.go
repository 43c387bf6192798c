// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// release is a node that says its operating system and its kernel.
func release(id, version, kernel string) measurement.List {
	return measurement.List{{Type: measurement.OS, Subtypes: []measurement.Subtype{
		{Name: "release", Data: map[string]measurement.Reading{"ID": measurement.Str(id), "VERSION_ID": measurement.Str(version)}},
		{Name: "sysctl", Data: map[string]measurement.Reading{"/proc/sys/kernel/osrelease": measurement.Str(kernel)}},
	}}}
}

func TestTypical(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		nodes         map[string]measurement.List
		want          string
		disagreements map[string]string
	}{
		"none":  {disagreements: map[string]string{}},
		"one":   {nodes: map[string]measurement.List{"a": release("ubuntu", "24.04", "6.8")}, want: "a", disagreements: map[string]string{}},
		"equal": {nodes: map[string]measurement.List{"b": release("ubuntu", "24.04", "6.8"), "a": release("ubuntu", "24.04", "6.8")}, want: "a", disagreements: map[string]string{}},
		"one is other": {
			nodes: map[string]measurement.List{"a": release("ubuntu", "22.04", "6.8"), "b": release("ubuntu", "24.04", "6.8"), "c": release("ubuntu", "24.04", "6.8")},
			want:  "b", disagreements: map[string]string{"OS/release/VERSION_ID": "24.04: 2, 22.04: 1"},
		},
		// A majority for each key would be ubuntu 9.6.
		"no machine that does not exist": {
			nodes: map[string]measurement.List{
				"a": release("rhel", "9.6", "5.14"), "b": release("rhel", "9.6", "5.14"),
				"c": release("ubuntu", "24.04", "6.8"), "d": release("ubuntu", "22.04", "6.8"), "e": release("ubuntu", "20.04", "6.8"),
			},
			want: "c", disagreements: map[string]string{
				"OS/release/ID":                        "ubuntu: 3, rhel: 2",
				"OS/release/VERSION_ID":                "9.6: 2, 20.04: 1, 22.04: 1, 24.04: 1",
				"OS/sysctl//proc/sys/kernel/osrelease": "6.8: 3, 5.14: 2",
			},
		},
		"silence is no disagreement": {
			nodes: map[string]measurement.List{"a": nil, "b": release("ubuntu", "24.04", "6.8")},
			want:  "b", disagreements: map[string]string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, disagreements := snapshot.Typical(tt.nodes)
			if got != tt.want {
				t.Errorf("the typical node is %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(tt.disagreements, disagreements); diff != "" {
				t.Errorf("disagreements (-want +got):\n%s", diff)
			}
		})
	}
}
