// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
)

// withoutEmptyFlags refuses flags that are given an empty value. In a script
// that is a variable that nobody set, and leaving the flag out would answer
// another question than the one that was asked.
func withoutEmptyFlags(command *cobra.Command, _ []string) error {
	var errs []error
	command.Flags().Visit(func(f *pflag.Flag) {
		if hasEmptyValue(f) {
			errs = append(errs, fmt.Errorf("--%s has an empty value: is a variable not set? Give it a value or leave the flag out", f.Name))
		}
	})
	return invalid(errs...)
}

// hasEmptyValue reports whether a flag, or one element of its list, is empty.
func hasEmptyValue(f *pflag.Flag) bool {
	list, isList := f.Value.(pflag.SliceValue)
	if !isList {
		return f.Value.String() == ""
	}
	values := list.GetSlice()
	return len(values) == 0 || slices.Contains(values, "")
}

func flagError(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		if meant := meantFlag(command, unknown.GetSpecifiedName()); meant != "" {
			return fmt.Errorf("%w; did you mean --%s? See %s --help", err, meant, command.CommandPath())
		}
	}
	return fmt.Errorf("%w; see %s --help", flagValueError(err), command.CommandPath())
}

// meantFlag returns the flag that was probably meant: one that Terraform calls so,
// or else the nearest; "" for none.
func meantFlag(command *cobra.Command, name string) string {
	if field := document.FieldOf(name); command.Flags().Lookup(field) != nil {
		return field
	}
	var known []string
	command.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	return suggest.Nearest(name, known, suggest.Name)
}

// flagValueError says what a flag wants in the words of its reader and not in
// those of the package that parses it.
func flagValueError(err error) error {
	var value *pflag.InvalidValueError
	if !errors.As(err, &value) {
		return err
	}
	want := map[string]string{
		"bool":     "true or false",
		"duration": "a time such as 30s or 2m",
		"int":      "a whole number",
		"int64":    "a whole number",
	}[value.GetFlag().Value.Type()]
	if want == "" {
		return err
	}
	return fmt.Errorf("--%s %q: want %s", value.GetFlag().Name, value.GetValue(), want)
}

// complete completes a flag with words, also where it takes several that are
// separated by commas: the last one, by what is not named before it.
func complete(command *cobra.Command, flag string, words func() []string) {
	// It fails only for a flag that does not exist, and then the tests of
	// completion do.
	_ = command.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
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
