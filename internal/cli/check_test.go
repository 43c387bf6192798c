// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"encoding/xml"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
)

const tunedDocument = `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
measurements:
- type: OS
  subtypes:
  - subtype: sysctl
    data: {/proc/sys/vm/swappiness: "10", /proc/sys/vm/dirty_ratio: "20"}
`

// checked returns the arguments of a check of a snapshot.
func checked(t *testing.T, document string, more ...string) []string {
	t.Helper()
	there := filepath.Join(plant(t, map[string]string{"snapshot.yaml": document}), "snapshot.yaml")
	wanted := filepath.Join(filepath.Dir(there), "recipe.yaml")
	must(t, "recipe", "--service", "self-managed", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--context", "--output", wanted)
	return append([]string{"check", "--recipe", wanted, "--snapshot", there}, more...)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	o := run(t, checked(t, tunedDocument)...)
	o.check(t, cli.ExitDifferent, "eidos check: error: 1 of ", " values differ")
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "VALUE ") || strings.Join(strings.Fields(lines[1])[:4], " ") != "OS/sysctl//proc/sys/vm/swappiness different 60 10" || !strings.Contains(lines[1], "Kernel default") {
		t.Errorf("got:\n%s", o.stdout)
	}
	if all := run(t, checked(t, tunedDocument, "--all")...).stdout; !strings.Contains(all, "dirty_ratio") || !strings.Contains(all, "unknown") {
		t.Errorf("got:\n%s", all)
	}
}

func TestCheckForms(t *testing.T) {
	t.Parallel()
	o := run(t, checked(t, tunedDocument, "--format", "json")...)
	o.check(t, cli.ExitDifferent)
	var values []compare.Value
	if err := json.Unmarshal([]byte(o.stdout), &values); err != nil || len(values) != 1 || values[0].Have != "10" || values[0].Want != "60" {
		t.Errorf("got %+v, %v", values, err)
	}
	o = run(t, checked(t, tunedDocument, "--format", "junit")...)
	o.check(t, cli.ExitDifferent)
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	}
	if err := xml.Unmarshal([]byte(o.stdout), &suite); err != nil {
		t.Fatal(err)
	}
	failures, skipped := 0, 0
	for _, c := range suite.Cases {
		if c.Failure != nil {
			failures++
			equal(t, "the recipe says 60, the snapshot 10", c.Failure.Message)
		}
		if c.Skipped != nil {
			skipped++
		}
	}
	equal(t, []int{len(suite.Cases), 1, skipped}, []int{suite.Tests, suite.Failures, suite.Skipped})
	equal(t, 1, failures)
}

// TestCheckAgrees checks a node that is as the recipe says.
func TestCheckAgrees(t *testing.T) {
	t.Parallel()
	args := checked(t, strings.ReplaceAll(tunedDocument, `"10"`, `"60"`))
	equal(t, "", must(t, args...))
	equal(t, "[]\n", must(t, append(args, "--format", "json")...))
}

func TestCheckMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                                      "--recipe is missing",
		"--recipe r.yaml":                       "--snapshot is missing",
		"--recipe - --snapshot -":               "--recipe - and --snapshot -: standard input is one document",
		"--recipe a --snapshot b --format yaml": `--format: got "yaml", want text, json or junit`,
		"--recipe a --snapshot b --wait 1s":     "--wait and --timeout are for --bundle",
		"--bundle a --snapshot b":               "--bundle asks the cluster: leave out --snapshot",
		"--bundle a --catalog b":                "--catalog is for --snapshot",
		"--bundle a --preflight":                "leave out one of them",
		"--bundle a --wait -1s":                 "--wait and --timeout are times that are not negative",
		"--bundle a --format yaml":              `--format: got "yaml", want text, json or junit`,
	}
	for args, text := range tests {
		run(t, append([]string{"check"}, strings.Fields(args)...)...).check(t, cli.ExitUsage, text)
	}
	run(t, "check", "--recipe", "missing.yaml", "--snapshot", "missing.yaml").check(t, cli.ExitFailure, "--recipe: ", "missing.yaml")
	args := checked(t, tunedDocument)
	args[2], args[4] = args[4], args[2]
	run(t, args...).check(t, cli.ExitUsage, "--recipe: ", "this is not a Recipe document")
}
