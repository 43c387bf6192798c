// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// getCommand is a run of eidos get.
type getCommand struct {
	process    Process
	recipe     string
	format     formatFlag
	kubernetes kubernetesFlags
}

func newGetCommand(p Process) *cobra.Command {
	c := &getCommand{process: p, format: formatFlag{known: []string{checkText, string(document.FormatJSON), string(document.FormatYAML)}}}
	command := &cobra.Command{
		Use:   "get KEY --recipe RECIPE [flags]",
		Short: "Print one value of a recipe, for a script",
		Long: "Prints the value of a recipe's key, such as K8s/image/driver, as it is, followed by a newline. The keys are those of eidos recipe --explain, and request/gpu, metadata/recipe-version and the like for what precedes the measurements.\n\n" +
			"A key that holds several values, such as K8s/image, request or matchedRules, is printed with --format json or yaml. The exit code is 1 if the recipe does not have the key.",
		Example: "  eidos get K8s/image/driver --recipe recipe.yaml\n" +
			"  eidos get request/k8s --recipe cm://gpu-operator/eidos-recipe\n" +
			"  eidos get K8s/config --recipe recipe.yaml --format json",
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) != 1 {
				return invalid(fmt.Errorf("want one key, such as K8s/image/driver, got %d; see %s --help", len(args), command.CommandPath()))
			}
			return c.run(command.Context(), args[0])
		},
		ValidArgsFunction: func(command *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return c.completion(command.Context(), args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	command.Flags().StringVar(&c.recipe, "recipe", "", "the recipe: a `file`, URL, cm://namespace/name, or - for standard input")
	documents(command, "recipe")
	c.format.register(command)
	c.kubernetes.register(command.Flags())
	return command
}

func (c *getCommand) run(ctx context.Context, key string) error {
	if c.recipe == "" {
		return invalid(errors.New("--recipe is missing: give a file, a URL, cm://namespace/name or -"))
	}
	if err := c.format.check(); err != nil {
		return invalid(err)
	}
	recipe, err := c.read(ctx)
	if err != nil {
		return err
	}
	tree, err := recipeTree(recipe)
	if err != nil {
		return failed(err)
	}
	value, found := lookUp(tree, key)
	if !found {
		return failed(fmt.Errorf("the recipe has no %s%s", words.Quote(key), suggestedKey(key, keysOf(tree, ""))))
	}
	text, err := scalarText(key, value)
	if err != nil && c.format.value == checkText {
		return invalid(err)
	}
	return failed(c.format.write(c.process.Stdout, text, value))
}

func (c *getCommand) read(ctx context.Context) (document.Recipe, error) {
	store := c.process.store(c.kubernetes.client(c.process), false)
	return readDocument(ctx, c.process, store, "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe)
}

// recipeTree is a recipe as nested objects: what stands before its measurements as the
// document has it, and the measurements by type and subtype.
func recipeTree(r document.Recipe) (map[string]any, error) {
	readings := r.Measurements
	r.Measurements = nil
	text, err := r.JSON()
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	delete(tree, "measurements")
	for path, reading := range readings.All() {
		below(below(tree, string(path.Type)), path.Subtype)[path.Key] = reading.Any()
	}
	return tree, nil
}

// below returns the object under a key, which is made where there is none.
func below(tree map[string]any, key string) map[string]any {
	object, ok := tree[key].(map[string]any)
	if !ok {
		object = map[string]any{}
		tree[key] = object
	}
	return object
}

// lookUp finds the value of a key. Only its first two slashes separate: names of
// kernel parameters hold some.
func lookUp(tree map[string]any, key string) (any, bool) {
	const depth = 3
	var value any = tree
	for _, name := range strings.SplitN(key, "/", depth) {
		object, _ := value.(map[string]any)
		var found bool
		if value, found = object[name]; !found {
			return nil, false
		}
	}
	return value, true
}

// keysOf lists the keys that lookUp finds.
func keysOf(tree map[string]any, prefix string) []string {
	var keys []string
	for _, name := range slices.Sorted(maps.Keys(tree)) {
		keys = append(keys, prefix+name)
		if object, ok := tree[name].(map[string]any); ok {
			keys = append(keys, keysOf(object, prefix+name+"/")...)
		}
	}
	return keys
}

// suggestedKey asks for the key that ends like the one that is not there, rather that of
// one value than of several, or for one that is near it.
func suggestedKey(key string, known []string) string {
	deepest := slices.SortedStableFunc(slices.Values(known), func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	for _, candidate := range deepest {
		if strings.HasSuffix(strings.ToLower(candidate), "/"+strings.ToLower(key)) {
			return fmt.Sprintf("; did you mean %q?", candidate)
		}
	}
	return suggest.Question(key, known)
}

// scalarText is a single value on a line.
func scalarText(key string, value any) ([]byte, error) {
	switch value.(type) {
	case map[string]any, []any:
		return nil, fmt.Errorf("%s holds several values: print them with --format json or yaml, or name one", key)
	default:
		return fmt.Appendln(nil, value), nil
	}
}

// completion returns the keys of the recipe, where that is a file: to complete a word is
// no reason to ask a server.
func (c *getCommand) completion(ctx context.Context, args []string) []string {
	if at, err := location.Parse(c.recipe); len(args) > 0 || err != nil || at.File == "" {
		return nil
	}
	recipe, err := c.read(ctx)
	if err != nil {
		return nil
	}
	tree, err := recipeTree(recipe)
	if err != nil {
		return nil
	}
	return keysOf(tree, "")
}
