// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// completeValues completes a flag with the values that the embedded catalogue
// has for a field of that name.
func completeValues(command *cobra.Command, field string) {
	complete(command, field, func() []string {
		catalog, err := recipe.Embedded()
		if err != nil {
			return nil
		}
		return catalog.Values(field)
	})
}

// completeList completes a flag that takes words separated by commas: the last
// one, by what is not named before it.
func completeList(command *cobra.Command, flag string, words func() []string) {
	_ = command.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) { // as in complete
		named := strings.Split(typed, ",")
		prefix := strings.TrimSuffix(typed, named[len(named)-1])
		named = named[:len(named)-1]
		var offered []string
		for _, word := range words() {
			if !slices.ContainsFunc(named, func(n string) bool { return strings.EqualFold(n, word) }) {
				offered = append(offered, prefix+word)
			}
		}
		return offered, cobra.ShellCompDirectiveNoFileComp
	})
}

// complete completes a flag of the command with words.
func complete(command *cobra.Command, flag string, words func() []string) {
	// It fails only for a flag that does not exist, and then the tests of
	// completion do.
	_ = command.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	})
}
