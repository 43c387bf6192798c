// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	_ "embed" // for the synonyms
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// checkFlags refuses what is wrong with the flags of any command.
func checkFlags(command *cobra.Command) error {
	for _, check := range []func(*cobra.Command) error{withoutEmptyFlags, withoutSeconds, oneStream} {
		if err := check(command); err != nil {
			return err
		}
	}
	return nil
}

// withoutEmptyFlags refuses flags that are given an empty value. In a script
// that is a variable that nobody set, and leaving the flag out would answer
// another question than the one that was asked.
func withoutEmptyFlags(command *cobra.Command) error {
	var errs []error
	command.Flags().Visit(func(f *pflag.Flag) {
		if hasEmptyValue(f) {
			errs = append(errs, fmt.Errorf("--%s has an empty value: is a variable not set? Give it a value or leave the flag out", f.Name))
		}
	})
	return invalid(errs...)
}

// documentAnnotation marks the flags that name documents, of which one may be standard
// input.
const documentAnnotation = "eidos_document"

// documents marks flags that name documents.
func documents(command *cobra.Command, names ...string) {
	for _, name := range names {
		f := command.Flags().Lookup(name)
		if f.Annotations == nil {
			f.Annotations = map[string][]string{}
		}
		f.Annotations[documentAnnotation] = nil
	}
}

// oneStream refuses two flags that read standard input: the second would find nothing.
func oneStream(command *cobra.Command) error {
	var reading []string
	command.Flags().Visit(func(f *pflag.Flag) {
		if _, document := f.Annotations[documentAnnotation]; !document {
			return
		}
		values := []string{f.Value.String()}
		if list, many := f.Value.(pflag.SliceValue); many {
			values = list.GetSlice()
		}
		for _, value := range values {
			if value == location.Stream || strings.HasSuffix(value, "="+location.Stream) {
				reading = append(reading, "--"+f.Name+" "+value)
			}
		}
	})
	if len(reading) < 2 {
		return nil
	}
	return invalid(fmt.Errorf("%s: standard input is one document; give a file for the others", words.And(reading)))
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
		name := cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName())
		if meant := meantFlags(command, name); len(meant) > 0 {
			return fmt.Errorf("%w; did you mean %s? See %s --help", err, words.Or(meant), command.CommandPath())
		}
	}
	return fmt.Errorf("%w; see %s --help", flagValueError(err), command.CommandPath())
}

// synonyms are what other tools call flags: kubectl, helm, and older commands. The
// fields of a query have names of their own.
//
//go:embed synonyms.json
var synonyms []byte

// meantFlags returns the flags that were probably meant: those that Terraform or another
// tool calls so, also behind one hyphen, or else the nearest.
func meantFlags(command *cobra.Command, name string) []string {
	var other map[string][]string
	if err := json.Unmarshal(synonyms, &other); err != nil {
		panic("cli: synonyms.json: " + err.Error()) // a test reads it
	}
	candidates := append([]string{name, document.FieldOf(name)}, other[strings.ReplaceAll(name, "_", "-")]...)
	var known []string
	command.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	meant := slices.DeleteFunc(candidates, func(c string) bool { return !slices.Contains(known, c) })
	if len(meant) == 0 {
		meant = append(meant, suggest.Nearest(name, known, suggest.Name))
	}
	if meant[0] == "" {
		return nil
	}
	for i := range meant {
		meant[i] = "--" + meant[i]
	}
	return meant
}

// once is the value of a flag that takes one. It keeps what is given, as a second value
// would silently win over the first.
type once struct {
	pflag.Value
	given []string
}

// Set sets the value. It refuses no second one: a shell that completes a word has the
// flags read twice.
func (o *once) Set(text string) error {
	o.given = append(o.given, text)
	return o.Value.Set(text)
}

// withoutSeconds refuses flags that are given twice and take one value.
func withoutSeconds(command *cobra.Command) error {
	var errs []error
	command.Flags().Visit(func(f *pflag.Flag) {
		o, ok := f.Value.(*once)
		if !ok || len(o.given) < 2 {
			return
		}
		given := make([]string, len(o.given))
		for i, text := range o.given {
			given[i] = secret.Value(f.Name, text)
		}
		errs = append(errs, fmt.Errorf("--%s takes one value, and has %d: %s; leave out the others", f.Name, len(given), strings.Join(given, ", ")))
	})
	return invalid(errs...)
}

// countValues prepares the flags of commands for withoutSeconds.
func countValues(commands ...*cobra.Command) {
	seen := map[*pflag.Flag]bool{}
	guard := func(f *pflag.Flag) {
		if _, many := f.Value.(pflag.SliceValue); many || seen[f] {
			return
		}
		seen[f] = true
		f.Value = &once{Value: f.Value}
		if f.DefValue == "0s" {
			f.DefValue = "" // help recognizes by the type of a value that nothing is the default
		}
	}
	for _, command := range commands {
		command.Flags().VisitAll(guard)
		command.PersistentFlags().VisitAll(guard)
	}
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
