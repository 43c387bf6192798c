// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
)

// twoRecipes writes the recipe of one cluster with two drivers.
func twoRecipes(t *testing.T) (a, b string) {
	t.Helper()
	dir := t.TempDir()
	a, b = filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.json")
	for file, driver := range map[string]string{a: "595.91.07", b: "580.126.20"} {
		must(t, "recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--k8s", "1.34", "--driver", driver, "--output", file)
	}
	return a, b
}

func TestDiff(t *testing.T) {
	t.Parallel()
	a, b := twoRecipes(t)
	o := run(t, "diff", a, b)
	o.check(t, cli.ExitDifferent, "eidos diff: error: "+a+" and "+b+" differ")
	if fields := strings.Fields(strings.Split(o.stdout, "\n")[1]); strings.Join(fields, " ") != "K8s/image/driver 595.91.07 release:gpu-operator v26.7.0 580.126.20 input -" {
		t.Errorf("got:\n%s", o.stdout)
	}
	o = run(t, "diff", a, b, "--format", "json")
	o.check(t, cli.ExitDifferent)
	var changes []compare.Change
	if err := json.Unmarshal([]byte(o.stdout), &changes); err != nil || len(changes) != 1 || *changes[0].After != "580.126.20" || changes[0].BeforeLayer != "release:gpu-operator v26.7.0" || changes[0].AfterLayer != "input" {
		t.Errorf("got %+v, %v", changes, err)
	}
	equal(t, "", must(t, "diff", a, a))
	old := filepath.Join(plant(t, map[string]string{"old.yaml": strings.Replace(contents(t, a), "recipe-version: ", "recipe-version: older-", 1)}), "old.yaml")
	if o = run(t, "diff", old, b); !strings.Contains(o.stdout, "595.91.07   -        580.126.20   input") {
		t.Errorf("next to a recipe of another catalog, got:\n%s", o.stdout)
	}
	run(t, "diff", a, b, "--catalog", "missing").check(t, cli.ExitFailure, "--catalog")
	equal(t, "[]\n", must(t, "diff", b, b, "--format", "json"))
	piped := session{stdin: contents(t, b)}.run(t, "diff", a, "-")
	piped.check(t, cli.ExitDifferent)
}

// TestDiffOfBundles compares two directories, and one with what a write would make of
// it.
func TestDiffOfBundles(t *testing.T) {
	t.Parallel()
	a, b := twoRecipes(t)
	first, second := a+".d", b+".d"
	for recipe, dir := range map[string]string{a: first, b: second} {
		run(t, "bundle", "--recipe", recipe, "--bundlers", "gpu-operator", "--output", dir).check(t, cli.ExitOK)
	}
	o := run(t, "diff", first, second)
	o.check(t, cli.ExitDifferent)
	const line = `gpu-operator/values.yaml: driver.version `
	if !strings.Contains(o.stdout, line) || strings.Contains(o.stdout, "checksums.txt") {
		t.Errorf("got:\n%s", o.stdout)
	}
	before := contents(t, filepath.Join(first, "gpu-operator", "values.yaml"))
	preview := run(t, "bundle", "--recipe", b, "--bundlers", "gpu-operator", "--output", first, "--diff")
	preview.check(t, cli.ExitOK)
	equal(t, o.stdout, preview.stdout)
	equal(t, before, contents(t, filepath.Join(first, "gpu-operator", "values.yaml")))
	run(t, "bundle", "--recipe", b, "--diff").check(t, cli.ExitUsage, "--diff needs --output")
}

func TestDiffMistakes(t *testing.T) {
	t.Parallel()
	a, _ := twoRecipes(t)
	dir := plant(t, map[string]string{"snapshot.yaml": tunedDocument})
	there := filepath.Join(dir, "snapshot.yaml")
	run(t, "diff", a).check(t, cli.ExitUsage, "directories of bundles, got 1")
	run(t, "diff", "-", "-").check(t, cli.ExitUsage, "both are standard input")
	run(t, "diff", a, there).check(t, cli.ExitUsage, a+" and "+there+": one is a recipe, the other a snapshot")
	run(t, "diff", a, dir).check(t, cli.ExitUsage, a+" is not the directory of a bundle")
	run(t, "diff", dir, dir).check(t, cli.ExitUsage, dir+" is not the directory of a bundle")
	run(t, "diff", a, "missing").check(t, cli.ExitFailure, "the second document: ", "missing")
	run(t, "diff", a, a, "--format", "xml").check(t, cli.ExitUsage, `--format: got "xml"`)
	equal(t, "", must(t, "diff", there, there))
}
