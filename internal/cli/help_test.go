// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"help"}, {"--help"}} {
		printed := must(t, args...)
		for _, want := range []string{"Usage:\n  eidos COMMAND [flags]\n", "Commands:\n", "\n  bundle ", "\n  completion ", "\n  recipe ", "\n  snapshot ", "\n  version "} {
			if !strings.Contains(printed, want) {
				t.Errorf("%q: no %q in:\n%s", args, want, printed)
			}
		}
	}
}

// TestHelpOfCommands shows every flag of every command, connections apart from
// the others, in lines that fit a terminal.
func TestHelpOfCommands(t *testing.T) {
	t.Parallel()
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		printed := must(t, command.Name(), "--help")
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(printed, "--"+f.Name) {
				t.Errorf("the help of %s lacks --%s", command.Name(), f.Name)
			}
		})
		_, kubernetes, found := strings.Cut(printed, "\nKubernetes flags")
		if found && (!strings.Contains(kubernetes, "--kubeconfig") || strings.Contains(kubernetes, "--output")) {
			t.Errorf("the flags of %s are in the wrong groups:\n%s", command.Name(), printed)
		}
		_, flags, _ := strings.Cut(printed, "\nFlags:\n")
		for line := range strings.Lines(flags) {
			if len(line) > 111 {
				t.Errorf("the help of %s has a line of %d characters: %s", command.Name(), len(line), line)
			}
		}
	}
}

// TestHelpOfOneCommand sees that both ways to ask for help give the same.
func TestHelpOfOneCommand(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"recipe", "completion", "completion bash", "version"} {
		words := strings.Fields(path)
		equal(t, must(t, append(words, "--help")...), must(t, append([]string{"help"}, words...)...))
	}
	equal(t, must(t, "completion"), must(t, "completion", "--help"))
	printed := must(t, "help", "completion")
	for _, want := range []string{"Usage:\n  eidos completion COMMAND [flags]\n", "\neidos completion COMMAND --help shows the flags of a command.\n"} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in:\n%s", want, printed)
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"snapshto":   `eidos: error: unknown command "snapshto" for "eidos" Did you mean this? snapshot` + "\n",
		"frobnicate": `eidos: error: unknown command "frobnicate" for "eidos"`,
	} {
		o := run(t, strings.Fields(args)...)
		o.check(t, cli.ExitUsage, want)
		o.silent(t)
		equal(t, 1, strings.Count(o.stderr, "\n"))
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if printed := must(t, "completion", shell); !strings.Contains(printed, "eidos") {
			t.Errorf("the script for %s does not name the command", shell)
		}
	}
	for flag, want := range map[string]string{"recipe --format": "table\n", "snapshot --format": "yaml\n", "bundle --ignore-findings": "unknown-recipe-key\n"} {
		printed := run(t, append(append([]string{"__complete"}, strings.Fields(flag)...), "")...).stdout
		if !strings.Contains(printed, want) {
			t.Errorf("%s: %q is not offered:\n%s", flag, want, printed)
		}
	}
}

// TestCompletionOfValues offers all that the catalog has.
func TestCompletionOfValues(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"os", "service", "gpu", "intent"} {
		printed := run(t, "__complete", "recipe", "--"+field, "").stdout
		equal(t, catalog.Values(field), strings.Fields(strings.TrimSuffix(printed, ":4\n")))
	}
}

// TestCompletionOfLists keeps what is typed, and offers nothing twice.
func TestCompletionOfLists(t *testing.T) {
	t.Parallel()
	for prefix, named := range map[string][]string{
		"":                               nil,
		"gpu-operator,":                  {"gpu-operator"},
		"network-operator,GPU-Operator,": {"gpu-operator", "network-operator"},
	} {
		var want []string
		for _, name := range bundle.NewRenderer().Bundlers() {
			if !slices.Contains(named, name) {
				want = append(want, prefix+name)
			}
		}
		for _, typed := range []string{prefix, prefix + "n"} {
			printed := run(t, "__complete", "bundle", "--bundlers", typed).stdout
			equal(t, want, strings.Fields(strings.TrimSuffix(printed, ":4\n")))
		}
	}
	rules := bundle.NewRenderer().Rules()
	typed := rules[0].Name + "," + rules[1].Name + ","
	var want []string
	for _, rule := range rules[2:] {
		want = append(want, typed+rule.Name)
	}
	printed := run(t, "__complete", "bundle", "--ignore-findings", typed).stdout
	equal(t, want, strings.Fields(strings.TrimSuffix(printed, ":4\n")))
}

// TestDependencies keeps out of the command what costs every start of it: the
// types of Kubernetes, which typed clients register, Prometheus' collectors, and
// Terraform.
func TestDependencies(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/eidos")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for dependency := range strings.Lines(string(out)) {
		for _, heavy := range []string{"k8s.io/client-go/kubernetes", "k8s.io/client-go/applyconfigurations", "github.com/prometheus/", "github.com/hashicorp/"} {
			if strings.HasPrefix(dependency, heavy) {
				t.Errorf("the command depends on %s", dependency)
			}
		}
	}
}
