// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	testDigest   = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	defaultImage = "ghcr.io/cloud-native-stack/eidos:1.2.3@" + testDigest
)

// TestAgentImage plans an agent with the image that is stated, next to that of the
// state.
func TestAgentImage(t *testing.T) {
	t.Parallel()
	const older, own = "ghcr.io/cloud-native-stack/eidos:1.0.0@" + testDigest, "registry.example.com/eidos@" + testDigest
	for name, tt := range map[string]struct {
		prior, stated string // "" for none
		want          string
		runs, warns   bool
	}{
		"new":                           {"", "", defaultImage, true, false},
		"new, by digest":                {"", own, own, true, false},
		"new, by tag":                   {"", "registry.example.com/eidos:1", "registry.example.com/eidos:1", true, true},
		"a new version of the provider": {older, "", older, false, false},
		"the default is what ran":       {defaultImage, "", defaultImage, false, false},
		"no more an image of one's own": {own, "", defaultImage, true, false},
		"another image":                 {own, older, older, true, false},
		"the same image":                {own, own, own, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned, warnings := newCaller(t.Context(), t).planAgent(tt.prior, tt.stated)
			var image string
			if err := planned["image"].As(&image); err != nil || image != tt.want {
				t.Errorf("got image %q, %v, want %q", image, err, tt.want)
			}
			if runs := !planned["snapshot"].IsKnown(); runs != tt.runs {
				t.Errorf("runs: %t, want %t", runs, tt.runs)
			}
			if warns := strings.Contains(warnings, "Agent Image Is Not Fixed"); warns != tt.warns {
				t.Errorf("got warnings %q", warnings)
			}
		})
	}
}

// planAgent plans an agent that has run with the prior image, if there is one.
func (c caller) planAgent(prior, stated string) (planned map[string]tftypes.Value, said string) {
	text := func(s string) tftypes.Value {
		if s == "" {
			return tftypes.NewValue(tftypes.String, nil)
		}
		return tftypes.NewValue(tftypes.String, s)
	}
	attributes := map[string]tftypes.Value{"namespace": text("gpus"), "name": text("eidos-snapshot"), "image": text(stated)}
	config, before := c.config("eidos_agent", attributes)
	if prior != "" {
		before, _ = c.config("eidos_agent", map[string]tftypes.Value{
			"namespace": text("gpus"), "name": text("eidos-snapshot"), "image": text(prior), "snapshot": text("kind: Snapshot"), "sha256": text("0"),
		})
	}
	response, err := c.server.PlanResourceChange(c.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: "eidos_agent", PriorState: before, ProposedNewState: config, Config: config,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range response.Diagnostics {
		if said += d.Summary + ": " + d.Detail + "\n"; d.Severity == tfprotov6.DiagnosticSeverityError {
			c.t.Fatal(said)
		}
	}
	value, err := response.PlannedState.Unmarshal(schemas(c.t)["eidos_agent"].ValueType())
	if err == nil {
		err = value.As(&planned)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	return planned, said
}
