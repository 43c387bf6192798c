// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestEmptyFlags gives every flag of every command an empty value, as a script
// does with a variable that is not set.
func TestEmptyFlags(t *testing.T) {
	t.Parallel()
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" {
				return // a switch
			}
			o := run(t, command.Name(), "--"+f.Name, "")
			o.check(t, cli.ExitUsage, "eidos "+command.Name()+": error: --"+f.Name+" ")
			o.silent(t)
		})
	}
}

func TestEmptyFlagsAreNamed(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), t.TempDir()
	for name, test := range map[string]struct {
		args  []string
		flags []string
	}{
		"a snapshot":    {[]string{"recipe", "--snapshot", "", "--gpu", "h100"}, []string{"snapshot"}},
		"two":           {[]string{"recipe", "--service=", "--catalog", ""}, []string{"service", "catalog"}},
		"a directory":   {[]string{"bundle", "--recipe", recipe, "--output", ""}, []string{"output"}},
		"one of a list": {[]string{"bundle", "--recipe", recipe, "--bundlers", "gpu-operator,", "-o", filepath.Join(dir, "out")}, []string{"bundlers"}},
		"one of many":   {[]string{"snapshot", "--unit", "kubelet", "--unit", ""}, []string{"unit"}},
	} {
		o := run(t, test.args...)
		o.check(t, cli.ExitUsage)
		for _, flag := range test.flags {
			o.check(t, cli.ExitUsage, "error: --"+flag+" has an empty value: is a variable not set?")
		}
		if lines := strings.Count(o.stderr, "\n"); lines != len(test.flags) {
			t.Errorf("%s: %d lines:\n%s", name, lines, o.stderr)
		}
	}
	if found := names(t, dir); len(found) > 0 {
		t.Errorf("files were written: %v", found)
	}
}

func TestFlagValues(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"recipe --context=maybe":       `eidos recipe: error: --context "maybe": want true or false; see eidos recipe --help`,
		"serve --rate-limit many":      `--rate-limit "many": want a whole number; see eidos serve --help`,
		"serve --max-body 1.5":         `--max-body "1.5": want a whole number`,
		"serve --drain-delay 5":        `--drain-delay "5": want a time such as 30s or 2m`,
		`snapshot --collectors gp"u`:   `invalid argument "gp\"u" for "--collectors" flag`,
		"bundle --dry-run=2":           `--dry-run "2": want true or false`,
		"snapshot --fail-fast=perhaps": `--fail-fast "perhaps": want true or false`,
	} {
		o := run(t, strings.Fields(args)...)
		o.check(t, cli.ExitUsage, want)
		if strings.Contains(o.stderr, "strconv") {
			t.Errorf("%s: the message speaks of Go: %s", args, o.stderr)
		}
	}
}
