// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// complete completes a flag with words, also where it takes several that are
// separated by commas: the last one, by what is not named before it.
func complete(command *cobra.Command, flag string, words func() []string) {
	completeWith(command, flag, func(context.Context) []string { return words() })
}

// completeWith is complete with words that follow from the other flags.
func completeWith(command *cobra.Command, flag string, words func(context.Context) []string) {
	// It fails only for a flag that does not exist, and then the tests of
	// completion do.
	_ = command.RegisterFlagCompletionFunc(flag, func(command *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		named := strings.Split(typed, ",")
		prefix := strings.TrimSuffix(typed, named[len(named)-1])
		named = named[:len(named)-1]
		var offered []string
		for _, word := range words(command.Context()) {
			if !slices.ContainsFunc(named, func(n string) bool { return strings.EqualFold(n, word) }) {
				offered = append(offered, prefix+word)
			}
		}
		return offered, cobra.ShellCompDirectiveNoFileComp
	})
}

// completePairs completes what stands before the separator in COMPONENT=FILE and the
// like, and behind it files where they belong there.
func completePairs(command *cobra.Command, flag, separator string, words func(context.Context) []string) {
	behind := cobra.ShellCompDirectiveNoFileComp
	if takesFiles(command.Flags().Lookup(flag)) {
		behind = cobra.ShellCompDirectiveDefault
	}
	_ = command.RegisterFlagCompletionFunc(flag, func(command *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(typed, separator) {
			return nil, behind
		}
		var offered []string
		for _, word := range words(command.Context()) {
			offered = append(offered, word+separator)
		}
		return offered, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
}

// takesFiles reports whether the value of a flag is a file or holds one, as the name
// that help has for the value says.
func takesFiles(f *pflag.Flag) bool {
	value, _ := pflag.UnquoteUsage(f)
	return f.Name == "output" || strings.Contains(value, "file")
}

// completeNoFiles keeps a shell from offering files where none belong: for flags that
// name something else, and for arguments that nothing completes.
func completeNoFiles(commands ...*cobra.Command) {
	for _, command := range commands {
		command.Flags().VisitAll(func(f *pflag.Flag) {
			value, _ := pflag.UnquoteUsage(f)
			_, completed := command.GetFlagCompletionFunc(f.Name)
			switch {
			case completed, takesFiles(f):
			case value == "directory":
				_ = command.MarkFlagDirname(f.Name)
			default:
				_ = command.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions)
			}
		})
		if command.ValidArgsFunction == nil && !command.HasSubCommands() {
			command.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
}

// completeFiles offers the shell's own files for so many arguments.
func completeFiles(most int, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) < most {
			return nil, directive
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// componentsOf are the components that a recipe has releases of, all that bundles can
// have where no file names it: to complete a word is no reason to ask a server.
func (p Process) componentsOf(ctx context.Context, at string) []string {
	all := bundle.NewRenderer().Bundlers()
	if from, err := location.Parse(at); err != nil || from.File == "" {
		return all
	}
	recipe, err := readDocument(ctx, p, p.store(nil, false), "--recipe", at, []string{location.RecipeKey}, document.Value.Recipe)
	if err != nil {
		return all
	}
	return slices.DeleteFunc(all, func(name string) bool {
		path := component.ImagePath(name)
		return recipe.Measurements.Get(path.Type, path.Subtype, path.Key) == nil
	})
}
