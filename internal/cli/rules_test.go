// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	catalogs "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
)

// TestRules explains every rule, with the texts of those that are data.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--format", "json"}} {
		equal(t, must(t, append([]string{"catalog", "rules"}, args...)...), must(t, append([]string{"rules"}, args...)...))
	}
	worded := 0
	for _, rule := range bundle.NewRenderer().Rules() {
		text := must(t, "rules", rule.Name)
		for _, want := range []string{rule.Name + "\n", string(rule.Severity), rule.Summary} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in:\n%s", rule.Name, want, text)
			}
		}
		for _, c := range rule.Cases {
			if c.Message == "" {
				continue // a function of Go words it
			}
			worded++
			if !strings.Contains(text, "MESSAGE         "+c.Message+"\n") || !strings.Contains(text, "WHAT TO DO      "+c.Advice+"\n") {
				t.Errorf("%s: a case is missing in:\n%s", rule.Name, text)
			}
		}
	}
	if worded == 0 {
		t.Error("no rule has texts")
	}
}

// TestRuleOfBoth has a rule of recipes and one of bundles under one name.
func TestRuleOfBoth(t *testing.T) {
	t.Parallel()
	equal(t, 2, strings.Count(must(t, "rules", "unknown-rule"), "unknown-rule\n"))
	var both []catalogs.Rule
	if err := json.Unmarshal([]byte(must(t, "rules", "unknown-rule", "--format", "json")), &both); err != nil || len(both) != 2 {
		t.Errorf("got %v, %v", both, err)
	}
}

func TestRulesMistakes(t *testing.T) {
	t.Parallel()
	run(t, "rules", "cert-manager-defintions").check(t, cli.ExitUsage, `eidos rules: error: the catalog has no "cert-manager-defintions" under rules; did you mean "cert-manager-definitions"?`)
	run(t, "rules", "a", "b").check(t, cli.ExitUsage, `unexpected argument "b"; see eidos rules --help`)
	offered := run(t, "__complete", "rules", "").stdout
	if !strings.Contains(offered, "\ncert-manager-definitions\n") || !strings.HasSuffix(offered, ":4\n") {
		t.Errorf("got %s", offered)
	}
}
