// SPDX-License-Identifier: Apache-2.0

package finding_test

import (
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
)

func TestIgnored(t *testing.T) {
	t.Parallel()
	ignored := finding.Ignored{"a", "b:x.y", "c:overlays[0]:2"}
	for place, want := range map[[2]string]bool{
		{"a", "anything"}:      true,
		{"a", ""}:              true,
		{"b", "x.y"}:           true,
		{"b", "x"}:             false,
		{"c", "overlays[0]:2"}: true,
		{"c", "overlays[0]"}:   false,
		{"unknown", "b:x.y"}:   false,
		{"b:x.y", "b:x.y"}:     false,
	} {
		if got := ignored.Covers(place[0], place[1]); got != want {
			t.Errorf("%q: got %t, want %t", place, got, want)
		}
	}
	if got := ignored.Rules(); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("rules %v", got)
	}
}
