// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// completed returns what a shell offers, and the directive behind it.
func completed(t *testing.T, args ...string) (offered []string, directive string) {
	t.Helper()
	lines := strings.Fields(run(t, append([]string{"__complete"}, args...)...).stdout)
	if len(lines) == 0 {
		t.Fatalf("%q completes to nothing", args)
	}
	return lines[:len(lines)-1], lines[len(lines)-1]
}

// The directives of cobra.
const (
	files, noFiles, noFilesNoSpace, directories = ":0", ":4", ":6", ":16"
)

// TestCompletionOffersNoFiles has files for flags that name some, and for no other.
func TestCompletionOffersNoFiles(t *testing.T) {
	t.Parallel()
	everyCommand(t, func(command *cobra.Command, _ []string) {
		command.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" {
				return // a switch
			}
			value, _ := pflag.UnquoteUsage(f)
			_, got := completed(t, command.Name(), "--"+f.Name, "")
			want := noFiles
			switch {
			case f.Name == "output", value == "file":
				want = files
			case strings.Contains(value, "="), f.Name == "set", f.Name == "option", f.Name == "release":
				return // see the other tests
			case value == "directory":
				want = directories
			}
			if got != want {
				t.Errorf("%s --%s: directive %s, want %s", command.Name(), f.Name, got, want)
			}
		})
	})
	for args, want := range map[string]string{
		"recipe": noFiles, "bundle": noFiles, "snapshot": noFiles, "serve": noFiles, "version": noFiles, "check": noFiles,
		"verify": directories, "verify out": noFiles, "diff": files, "diff a": files, "diff a b": noFiles,
		"get a": noFiles, "catalog gpus h100": noFiles, "rules a": noFiles,
	} {
		if _, got := completed(t, append(strings.Fields(args), "")...); got != want {
			t.Errorf("%s: directive %s, want %s", args, got, want)
		}
	}
}

// TestCompletionOfDependentValues follows what other flags state.
func TestCompletionOfDependentValues(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]struct{ has, lacks string }{
		"recipe --service aks --gpu":             {"h100", "b200"},
		"recipe --service gke --os":              {"cos", "rhel"},
		"recipe --service eks --os":              {"ubuntu", "cos"},
		"recipe --gpu l40 --service":             {"self-managed", "gke"},
		"recipe --gpu gb200 --k8s":               {"1.34", "1.31"},
		"recipe --k8s":                           {"1.34", "1.3"},
		"recipe --service nowhere --gpu":         {"h100", "nowhere"},
		"recipe --service any --gpu":             {"b200", "any"},
		"bundle --images=list --ignore-findings": {"unknown-option", "not-covered"},
		"recipe --gpu h100 --service":            {"eks", "h100"},
		"recipe --service eks --gpu h100 --osv":  {"", "24.04"},
	} {
		offered, directive := completed(t, append(strings.Fields(args), "")...)
		if want.has != "" && !slices.Contains(offered, want.has) || slices.Contains(offered, want.lacks) || directive != noFiles {
			t.Errorf("%s: got %q and %s, want %q in it and %q not", args, offered, directive, want.has, want.lacks)
		}
	}
}

// TestCompletionOfComponents offers those of the recipe, and all where it does not say.
func TestCompletionOfComponents(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	all := bundle.NewRenderer().Bundlers()
	offered, _ := completed(t, "bundle", "--bundlers", "")
	equal(t, all, offered)
	offered, directive := completed(t, "bundle", "--recipe", recipe, "--bundlers", "")
	if len(offered) == 0 || len(offered) >= len(all) || !slices.Contains(offered, "gpu-operator") || directive != noFiles {
		t.Errorf("got %q and %s", offered, directive)
	}
	for _, unreadable := range []string{"-", "none.yaml", "cm://a/b", "https://127.0.0.1:1/x"} {
		got, _ := completed(t, "bundle", "--recipe", unreadable, "--bundlers", "")
		equal(t, all, got)
	}
	preflight, _ := completed(t, "check", "--preflight", "--recipe", recipe, "--bundlers", "")
	equal(t, offered, preflight)

	for flag, separator := range map[string]string{"--set": ":", "--values": "=", "--namespace": "="} {
		var want []string
		for _, name := range offered {
			want = append(want, name+separator)
		}
		got, directive := completed(t, "bundle", "--recipe", recipe, flag, "")
		equal(t, want, got)
		equal(t, noFilesNoSpace, directive)
	}
	for typed, want := range map[string]string{"--values gpu-operator=": files, "--namespace gpu-operator=": noFiles, "--set gpu-operator:": noFiles} {
		got, directive := completed(t, append([]string{"bundle", "--recipe", recipe}, strings.Fields(typed)...)...)
		if len(got) > 0 || directive != want {
			t.Errorf("%s: got %q and %s, want %s", typed, got, directive, want)
		}
	}
}
