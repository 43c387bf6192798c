// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestOverrideDropsEntry: an override of a list that loses what the component had
// put there is a finding with the list to write, which is none then.
func TestOverrideDropsEntry(t *testing.T) {
	t.Parallel()
	toolkit := func(s *scenario) { s.set(config("toolkit_runtime_config_source"), "file") }
	reboot := func(s *scenario) {
		s.set(config("mig"), true).set(config("mig_strategy"), "single").set(config("mig_with_reboot"), true)
	}
	for name, tt := range map[string]struct {
		change         func(*scenario)
		override, want string // "" where nothing is lost
	}{
		"the toolkit's environment": {
			toolkit, `toolkit: {env: [{name: A, value: "1"}]}`,
			`toolkit.env: [{"name":"A","value":"1"},{"name":"RUNTIME_CONFIG_SOURCE","value":"file"}]`,
		},
		"an empty list":             {toolkit, `toolkit: {env: []}`, `toolkit.env: [{"name":"RUNTIME_CONFIG_SOURCE","value":"file"}]`},
		"a null":                    {toolkit, `toolkit: {env: null}`, `toolkit.env: [{"name":"RUNTIME_CONFIG_SOURCE","value":"file"}]`},
		"another value for it":      {toolkit, `toolkit: {env: [{name: RUNTIME_CONFIG_SOURCE, value: command}]}`, ""},
		"a list that nobody filled": {func(s *scenario) { s.set(config("toolkit_runtime_config_source"), nil) }, `toolkit: {env: [{name: A, value: "1"}]}`, ""},
		"another value":             {toolkit, `toolkit: {imagePullPolicy: Always}`, ""},
		"the MIG manager's environment": {
			reboot, `migManager: {env: [{name: B, value: "2"}]}`,
			`migManager.env: [{"name":"B","value":"2"},{"name":"WITH_REBOOT","value":"true"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dropped := func(override string) []string {
				s := newScenario(t, func(s *scenario) { tt.change(s); s.gpu(override) })
				var messages []string
				for _, f := range render(t, s.Request).Findings {
					if f.Rule == "override-drops-entry" {
						messages = append(messages, f.Message)
					}
				}
				return messages
			}
			got := dropped(tt.override)
			if tt.want == "" {
				if got != nil {
					t.Errorf("got %q", got)
				}
				return
			}
			if len(got) != 1 || !strings.HasSuffix(got[0], "; write "+tt.want) {
				t.Fatalf("got %q, want one that ends in %s", got, tt.want)
			}
			path, list, _ := strings.Cut(tt.want, ": ")
			component, key, _ := strings.Cut(path, ".")
			if again := dropped(component + ": {" + key + ": " + list + "}"); again != nil {
				t.Errorf("what the finding says to write: %q", again)
			}
		})
	}
	// Next to an override that is not known, nothing is said.
	req := newScenario(t, func(s *scenario) { toolkit(s) }).Request
	req.Pending = bundle.Pending{Overrides: []string{"gpu-operator"}}
	if diff := cmp.Diff([]string(nil), brokenRules(t, req)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
