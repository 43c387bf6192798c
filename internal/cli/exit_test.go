// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// everyCommand yields each command with arguments that it needs.
func everyCommand(t *testing.T, visit func(command *cobra.Command, args []string)) {
	t.Helper()
	needed := map[string][]string{"get": {"K8s/image/driver"}, "diff": {"a.yaml", "b.yaml"}, "verify": {"out"}}
	for _, command := range cli.NewCommand(cli.Process{}).Commands() {
		visit(command, append([]string{command.Name()}, needed[command.Name()]...))
	}
}

// TestExitCodesOfMistakes makes the mistakes that any command can be called with.
func TestExitCodesOfMistakes(t *testing.T) {
	t.Parallel()
	everyCommand(t, func(command *cobra.Command, args []string) {
		for mistake, more := range map[string][]string{
			"an unknown flag":    {"--frobnicate"},
			"too many arguments": {"a", "b", "c"},
			"a flag twice":       {"--debug", "--debug"},
			"not a bool":         {"--debug=perhaps"},
		} {
			o := run(t, append(slices.Clone(args), more...)...)
			if o.code != cli.ExitUsage || o.stdout != "" || !strings.HasPrefix(strings.TrimPrefix(lastLine(o.stderr), command.CommandPath()), ": error: ") {
				t.Errorf("%s, %s: exit code %d, standard error:\n%s", command.Name(), mistake, o.code, o.stderr)
			}
		}
	})
}

func lastLine(text string) string {
	text = strings.TrimSuffix(text, "\n")
	for {
		line := text[strings.LastIndexByte(text, '\n')+1:]
		if !strings.HasPrefix(line, "time=") {
			return line
		}
		text = strings.TrimSuffix(text[:len(text)-len(line)], "\n")
	}
}

// TestFlagsTwice gives every flag of every command two values.
func TestFlagsTwice(t *testing.T) {
	t.Parallel()
	everyCommand(t, func(command *cobra.Command, args []string) {
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if _, many := f.Value.(pflag.SliceValue); many {
				return
			}
			value := map[string]string{"bool": "true", "duration": "2s", "int": "2", "int64": "2"}[f.Value.Type()]
			if value == "" {
				value = "x"
			}
			o := run(t, append(slices.Clone(args), "--"+f.Name+"="+value, "--"+f.Name+"="+value)...)
			o.check(t, cli.ExitUsage, command.CommandPath()+": error: --"+f.Name+" takes one value, and has 2: ")
			o.silent(t)
		})
	})
	o := run(t, "snapshot", "--server", "https://127.0.0.1:1", "--token", "hunter2hunter2", "--token", "hunter3hunter3")
	o.check(t, cli.ExitUsage, "--token takes one value, and has 2: (redacted), (redacted)")
	if strings.Contains(o.stderr, "hunter") {
		t.Errorf("a token is shown: %s", o.stderr)
	}
	run(t, "recipe", "--gpu", "h100", "--overlay", "none", "--gpu=b200").check(t, cli.ExitUsage, "--gpu takes one value, and has 2: h100, b200; leave out the others")
}

// TestExitCodesOfFiles has what is missing end every command with one code, and what is
// broken with another, whichever flag names it.
func TestExitCodesOfFiles(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	dir := plant(t, map[string]string{"broken": "a: [", "dir/a": "a"})
	bundle := []string{"bundle", "--recipe", recipe}
	snapshot := []string{"snapshot", "--collectors", "k8s"}
	for name, test := range map[string]struct {
		args   []string // to which the name of a file is appended
		prefix string
		broken string // the name of what is there and cannot be used, "" for a file
	}{
		"recipe --snapshot":       {args: []string{"recipe", "--snapshot"}},
		"recipe --overlay":        {args: []string{"recipe", "--overlay"}},
		"recipe --catalog":        {args: []string{"recipe", "--catalog"}},
		"catalog --catalog":       {args: []string{"catalog", "--catalog"}},
		"rules --catalog":         {args: []string{"rules", "--catalog"}},
		"get --recipe":            {args: []string{"get", "x", "--recipe"}},
		"bundle --recipe":         {args: []string{"bundle", "--recipe"}},
		"bundle --snapshot":       {args: append(slices.Clone(bundle), "--snapshot")},
		"bundle --values":         {args: append(slices.Clone(bundle), "--values"), prefix: "gpu-operator="},
		"bundle --object":         {args: append(slices.Clone(bundle), "--object"), prefix: "network-operator/nicclusterpolicy="},
		"bundle --placement":      {args: append(slices.Clone(bundle), "--placement")},
		"bundle --registry":       {args: append(slices.Clone(bundle), "--registry")},
		"bundle --vendor-charts":  {args: append(slices.Clone(bundle), "--vendor-charts"), broken: "dir"},
		"bundle --sign":           {args: append(slices.Clone(bundle), "--output", filepath.Join(dir, "out"), "--sign")},
		"verify":                  {args: []string{"verify"}, broken: "dir"},
		"verify --key":            {args: []string{"verify", dir, "--key"}},
		"check --recipe":          {args: []string{"check", "--snapshot", recipe, "--recipe"}},
		"check --snapshot":        {args: []string{"check", "--recipe", recipe, "--snapshot"}},
		"check --bundle":          {args: []string{"check", "--bundle"}, broken: "dir"},
		"diff":                    {args: []string{"diff", recipe}},
		"diff of directories":     {args: []string{"diff", dir}, broken: "dir"},
		"--host-root":             {args: []string{"snapshot", "--host-root"}},
		"--kubeconfig":            {args: append(slices.Clone(snapshot), "--kubeconfig")},
		"--certificate-authority": {args: append(slices.Clone(snapshot), "--server", "https://127.0.0.1:1", "--certificate-authority")},
	} {
		if name != "diff of directories" { // whose first directory is not that of a bundle
			missing := filepath.Join(dir, "missing")
			o := run(t, append(slices.Clone(test.args), test.prefix+missing)...)
			o.check(t, cli.ExitFailure, missing, "no such file or directory")
			o.silent(t)
		}
		broken := filepath.Join(dir, "broken")
		if test.broken != "" {
			broken = filepath.Join(dir, test.broken)
		}
		o := run(t, append(slices.Clone(test.args), test.prefix+broken)...)
		o.check(t, cli.ExitUsage)
		o.silent(t)
		if t.Failed() {
			t.Fatalf("%s", name)
		}
	}
}

// TestOneStandardInput gives a command two documents on one standard input.
func TestOneStandardInput(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"recipe --snapshot - --overlay -":                         "--snapshot - and --overlay -",
		"recipe --overlay - --overlay -":                          "--overlay - and --overlay -",
		"bundle --recipe - --snapshot -":                          "--recipe - and --snapshot -",
		"bundle --recipe - --values gpu-operator=- --placement -": "--recipe -, --values gpu-operator=- and --placement -",
		"bundle --registry - --object a/b=-":                      "--registry - and --object a/b=-",
		"check --recipe - --snapshot -":                           "--recipe - and --snapshot -",
		"check --bundle out --recipe - --snapshot -":              "--recipe - and --snapshot -",
	} {
		o := run(t, strings.Fields(args)...)
		o.check(t, cli.ExitUsage, ": error: "+want+": standard input is one document; give a file for the others")
		o.silent(t)
	}
}

// TestFlagSuggestions has the names of other tools, and those that are misspelled.
func TestFlagSuggestions(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"recipe --accelerator h100":        "unknown flag: --accelerator; did you mean --gpu? See eidos recipe --help",
		"recipe --gpus h100":               "did you mean --gpu?",
		"recipe --kubernetes-version 1.34": "did you mean --k8s?",
		"recipe --kube-version 1.34":       "did you mean --k8s?",
		"recipe -f x":                      "unknown shorthand flag: 'f' in -f; did you mean --snapshot?",
		"bundle -f x":                      "did you mean --recipe, --snapshot or --values?",
		"bundle -n gpus":                   "did you mean --namespace?",
		"bundle -recipe x":                 "did you mean --recipe?",
		"bundle --output-dir x":            "did you mean --output?",
		"get x --rcipe x":                  "did you mean --recipe?",
		"version --verbose":                "did you mean --debug?",
		"bundle --frobnicate":              "unknown flag: --frobnicate; see eidos bundle --help",
		"verify --accelerator x":           "unknown flag: --accelerator; see eidos verify --help",
	} {
		run(t, strings.Fields(args)...).check(t, cli.ExitUsage, want)
	}
}

// TestRecipeOfNothing: without a flag the command says what to state. With one it
// answers as Terraform and the API do.
func TestRecipeOfNothing(t *testing.T) {
	t.Parallel()
	o := run(t, "recipe")
	o.check(t, cli.ExitUsage, "eidos recipe: error: say what the recipe is for: with --snapshot, or with some of --os, ")
	o.silent(t)
	run(t, "recipe", "--option", "rdma=true").check(t, cli.ExitOK)
	run(t, "recipe", "--os", "any").check(t, cli.ExitOK)
}
