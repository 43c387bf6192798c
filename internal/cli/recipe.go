// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// recipeCommand is a run of eidos recipe.
type recipeCommand struct {
	process    Process
	query      document.Query
	snapshot   string
	overlays   []string
	catalog    string
	uncovered  bool
	options    []string
	releases   []string
	driver     string
	ignored    []string
	explain    bool
	output     outputFlags
	kubernetes kubernetesFlags
}

func newRecipeCommand(p Process) *cobra.Command {
	c := &recipeCommand{process: p}
	command := &cobra.Command{
		Use:   "recipe [flags]",
		Short: "Make a recipe: what should run on a kind of cluster",
		Long: "Merges everything known about a kind of cluster into a recipe: the versions and settings that fit each other there.\n\n" +
			"The kind of cluster is set by flags, taken from a snapshot, or both: a flag overrides the snapshot, and \"any\" leaves a field open " +
			"regardless of the snapshot. What no data covers is an error, not a guess.",
		Example: "  eidos recipe --service eks --os ubuntu --gpu h100 --intent training --k8s 1.34 --output recipe.yaml\n" +
			"  eidos recipe --snapshot cm://gpu-operator/eidos-snapshot --intent inference\n" +
			"  eidos recipe --service eks --gpu h100 --overlay ours.yaml --explain",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if command.Flags().NFlag() == 0 {
				return invalid(nothingStated())
			}
			return c.run(command.Context(), newReporter(p, command))
		},
	}
	c.registerFlags(command)
	return command
}

func (c *recipeCommand) registerFlags(command *cobra.Command) {
	flags := command.Flags()
	for _, field := range queryFlags() {
		flags.StringVar(c.query.Field(field.name), field.name, "", field.help)
		completeWith(command, field.name, func(ctx context.Context) []string {
			catalog, err := c.process.loadCatalog(ctx, c.catalog)
			if err != nil {
				return nil
			}
			offered, _ := catalog.Offers(ctx, field.name, c.query) // nothing where it fails
			return offered
		})
	}
	flags.BoolVar(&c.query.Context, "context", false, "keep the texts that explain the values")
	flags.StringVar(&c.snapshot, "snapshot", "", "take fields that no flag sets from this snapshot: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringArrayVar(&c.overlays, "overlay", nil, "your own overlay, applied after the catalog's: a `file`, URL, cm://namespace/name (key "+overlayKey+"), or - for standard input; repeatable, later ones win")
	flags.StringVar(&c.catalog, "catalog", "", "`file` or directory with a catalog that replaces the embedded one")
	flags.StringArrayVar(&c.options, "option", nil, "option, as `name=value`, which overrides every overlay; repeatable")
	flags.StringArrayVar(&c.releases, "release", nil, "chart release to pin, as `component=version`, instead of the newest that supports the Kubernetes version; repeatable")
	flags.StringVar(&c.driver, "driver", "", "`version` of the GPU driver, such as 580.126.20 (default: that of the GPU Operator's release)")
	flags.BoolVar(&c.uncovered, "allow-uncovered", false, "warn about what no data covers, instead of failing")
	flags.StringSliceVar(&c.ignored, "ignore-findings", nil, "`rules` of warnings to leave out, separated by commas; rule:place for one place")
	documents(command, "snapshot", "overlay")
	complete(command, "option", optionWords)
	complete(command, "release", releaseWords)
	complete(command, "ignore-findings", recipeRuleNames)
	flags.BoolVar(&c.explain, "explain", false, "write each value, the layer that set it and the reason, instead of the recipe: a table, or what --format says")
	c.output.register(command, "recipe")
	c.kubernetes.register(flags)
}

// optionWords completes names, and where the values are known, these as well.
func optionWords() []string {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil
	}
	options, err := catalog.Options()
	if err != nil {
		return nil
	}
	var offered []string
	for _, k := range options {
		if k.Values() == nil {
			offered = append(offered, k.Name()+"=")
		}
		for _, value := range k.Values() {
			offered = append(offered, k.Name()+"="+value)
		}
	}
	return offered
}

func releaseWords() []string {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil
	}
	components, err := catalog.Components()
	if err != nil {
		return nil
	}
	var offered []string
	for _, e := range components {
		for _, r := range e.Releases {
			offered = append(offered, e.Name+"="+r.Version)
		}
	}
	return offered
}

func recipeRuleNames() []string {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil
	}
	var names []string
	for _, info := range catalog.Rules() {
		names = append(names, info.Name)
	}
	return names
}

// nothingStated says what flags there are to who gives none: nobody asks for the recipe of
// any cluster there is by giving none.
func nothingStated() error {
	return fmt.Errorf("say what the recipe is for: with --snapshot, or with some of %s, such as --service eks --gpu h100 --k8s 1.34; eidos catalog lists what there is", words.And(queryFlagNames()))
}

func queryFlagNames() []string {
	var names []string
	for _, field := range queryFlags() {
		names = append(names, "--"+field.name)
	}
	return names
}

type queryFlag struct{ name, help string }

// queryFlags are named as the fields of a query in documents.
func queryFlags() []queryFlag {
	return []queryFlag{
		{"os", "operating `system` of the GPU nodes, such as ubuntu"},
		{"osv", "`version` of the operating system, such as 24.04"},
		{"kernel", "kernel `version` of the GPU nodes, such as 6.8.0-1028-aws"},
		{"service", "Kubernetes `service`, such as eks"},
		{"k8s", "`version` of Kubernetes, such as 1.34 or v1.33.5-eks-3025e55"},
		{"gpu", "GPU `model`, such as h100"},
		{"intent", "what the cluster is `for`: training or inference"},
	}
}

func (c *recipeCommand) run(ctx context.Context, report *reporter) error {
	to, err := c.destination()
	if err != nil {
		return invalid(err)
	}
	store := c.process.store(c.kubernetes.client(c.process), c.output.force)
	catalog, err := c.process.loadCatalog(ctx, c.catalog)
	if err != nil {
		return err
	}
	request, err := c.request(ctx, store)
	if err != nil {
		return err
	}
	start := c.process.Now()
	result, err := catalog.Build(ctx, request)
	if err != nil {
		return invalid(c.blameAll(err)...)
	}
	c.process.log.Debug("Made the recipe", "rules", result.Recipe.MatchedRules, c.process.took(start))
	for _, f := range result.Findings {
		text := c.blame(&recipe.Error{Field: f.Field, Index: f.Index, Err: errors.New(f.Message)}).Error()
		report.warn(fmt.Sprintf("%s (--ignore-findings %s silences this)", text, f.Rule))
	}
	return c.write(ctx, report, store, to, result)
}

// destination checks the output flags.
func (c *recipeCommand) destination() (destination, error) {
	if !c.explain {
		return c.output.resolve()
	}
	if at, err := location.Parse(c.output.to); err == nil && at.ConfigMap != nil {
		return destination{}, fmt.Errorf("--output %s: a ConfigMap holds a recipe, and --explain writes none: name a file or -", at)
	}
	if c.output.format == "" {
		c.output.format = string(explainedFormat(c.output.to))
	}
	return c.output.resolve()
}

func (c *recipeCommand) write(ctx context.Context, report *reporter, store location.Store, to destination, result *recipe.Result) error {
	doc := location.Document{Kind: document.RecipeKind, Format: string(to.format)}
	var err error
	if doc.Created, result.Recipe.Metadata.Created, err = c.output.madeAt(c.process); err != nil {
		return invalid(err)
	}
	if c.explain {
		doc.Text, err = c.process.explanation(result, to)
	} else {
		doc.Text, err = result.Recipe.Encode(to.format)
	}
	if err != nil {
		return failed(err)
	}
	return unreachable(writeDocument(ctx, report, store, to, doc))
}
