// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/attest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// bundleCommand is a run of eidos bundle.
type bundleCommand struct {
	process    Process
	recipe     string
	bundlers   []string
	existing   []string
	snapshot   string
	settings   []string
	values     []string
	objects    []string
	namespaces []string
	placement  string
	registry   string
	charts     string
	images     string
	formats    []string
	gitops     []string
	sign       string
	ignored    []string
	output     string
	dryRun     bool
	diff       bool
	kubernetes kubernetesFlags
}

func newBundleCommand(p Process) *cobra.Command {
	c := &bundleCommand{process: p}
	command := &cobra.Command{
		Use:   "bundle --recipe RECIPE [flags]",
		Short: "Render a recipe as Helm values, manifests, scripts and checksums",
		Long: "Turns a recipe into files that install it: for each component Helm values, manifests, scripts, a README and checksums, " +
			"checked against the pinned release of the chart. With --format it writes the same for Argo CD, Flux, Helmfile or Kustomize.\n\n" +
			"The output directory must be missing, empty, or hold a bundle that nobody has edited; files are replaced whole. " +
			"An archive, which has the same bytes for the same bundle, replaces an existing file. Each file of a directory that is written or removed is listed on standard output. Without --output, the bundle is checked and its components are listed.",
		Example: "  eidos bundle --recipe recipe.yaml --output out\n" +
			"  eidos bundle --recipe recipe.yaml --output out --dry-run --set gpu-operator:driver.version='\"580.126.20\"'\n" +
			"  eidos bundle --recipe recipe.yaml --output out --format argocd --gitops repository=https://git.example.com/platform/gpu.git\n" +
			"  eidos bundle --recipe recipe.yaml --output bundle.tar.gz --sign bundle.key\n" +
			"  eidos bundle --recipe - --bundlers gpu-operator --values gpu-operator=ours.yaml --output out",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return c.run(command.Context(), newReporter(p, command))
		},
	}
	c.registerFlags(command)
	return command
}

func (c *bundleCommand) registerFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&c.recipe, "recipe", "", "the recipe: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringVarP(&c.output, "output", "o", "", "`directory` to write to, or a file that ends in .tar.gz, .tgz or .zip for an archive")
	flags.BoolVar(&c.dryRun, "dry-run", false, "list what would be written and removed, and change nothing")
	flags.BoolVar(&c.diff, "diff", false, "show by value what a write would change, and change nothing")
	flags.StringSliceVar(&c.bundlers, "bundlers", nil, "`components` to render, separated by commas (default: those that the platform needs)")
	flags.StringSliceVar(&c.existing, "existing", nil, "`components` that the cluster has already, separated by commas: they are not rendered, and what requires them uses those")
	flags.StringVar(&c.snapshot, "snapshot", "", "a snapshot of the cluster, which has to show what --existing names, and nothing to install under another release: a `file`, URL, cm://namespace/name, or - for standard input")
	flags.StringArrayVar(&c.settings, "set", nil, "Helm value, as `component:path=value`, where the value is YAML: quote text that looks like a number; repeatable")
	flags.StringArrayVar(&c.values, "values", nil, "Helm values, as `component=file`, where the file may be a URL, cm://namespace/name (key "+valuesKey+") or -; --set overrides it; repeatable")
	flags.StringArrayVar(&c.objects, "object", nil, "fields to set in an object next to a chart, as `component/manifest=file`, where the file may be a URL, cm://namespace/name (key "+objectKey+") or -: a null removes a field; repeatable, a later one wins")
	flags.StringArrayVar(&c.namespaces, "namespace", nil, "namespace of a component, as `component=name`; repeatable")
	flags.StringVar(&c.placement, "placement", "", "node selectors, tolerations and the storage class of the site: a `file`, URL, cm://namespace/name (key "+placementKey+") or -, as YAML: system: {node_selector: {pool: system}, tolerations: [...]}, gpu: {...}, storage_class: NAME")
	flags.StringVar(&c.registry, "registry", "", "where the site gets images, charts and packages: a `file`, URL, cm://namespace/name (key "+registryKey+") or -, as YAML: mirror: HOST, pull_secrets: [NAME], chart_repositories: {COMPONENT: URL}, packages: {gpu_config_map: NAME}")
	flags.StringVar(&c.charts, "vendor-charts", "", "`directory` with charts and an index.yaml, as helm pull and helm repo index make it: the bundle holds the charts that it installs and uses no repository")
	flags.StringSliceVar(&c.formats, "format", nil, "`forms` of the files, separated by commas: "+strings.Join(bundle.Formats(), ", ")+" (default: scripts); repeatable")
	flags.StringArrayVar(&c.gitops, "gitops", nil, "where the files will be in Git, as `field=value`: repository and revision, which argocd reads, and path, which argocd and flux read; repeatable")
	flags.StringVar(&c.sign, "sign", "", "`file` with a private key, Ed25519 or ECDSA, as PEM: writes a signed statement of what was rendered from what to "+attest.StatementName+" at the top, for eidos verify")
	flags.StringVar(&c.images, "images", "", "print the images that nodes pull instead, as `form`: list, or skopeo for a file that skopeo sync reads")
	flags.Lookup("images").NoOptDefVal = imagesList
	flags.StringSliceVar(&c.ignored, "ignore-findings", nil, "`rules` to ignore, separated by commas: an error becomes a warning, a warning is silenced")
	c.kubernetes.register(flags)
	components := func(ctx context.Context) []string { return c.process.componentsOf(ctx, c.recipe) }
	completeWith(command, "bundlers", components)
	complete(command, "existing", bundle.NewRenderer().Bundlers)
	completePairs(command, "set", ":", components)
	completePairs(command, "values", "=", components)
	completePairs(command, "namespace", "=", components)
	complete(command, "images", func() []string { return []string{imagesList, imagesSkopeo} })
	documents(command, "recipe", "snapshot", "values", "object", "placement", "registry")
	complete(command, "format", bundle.Formats)
	complete(command, "ignore-findings", ruleNames)
}

func ruleNames() []string {
	var names []string
	for _, rule := range bundle.NewRenderer().Rules() {
		names = append(names, rule.Name)
	}
	return names
}

func (c *bundleCommand) run(ctx context.Context, report *reporter) error {
	if err := c.check(); err != nil {
		return invalid(err)
	}
	request, err := c.request(ctx)
	if err != nil {
		return err
	}
	key, err := c.signingKey(ctx)
	if err != nil {
		return err
	}
	start := c.process.Now()
	end := waitFor(ctx, "rendering the bundle")
	rendered, err := bundle.NewRenderer().Render(ctx, request)
	end()
	if err != nil {
		return invalid(c.blameAll(err)...)
	}
	c.process.log.Debug("Rendered the bundle", "components", len(rendered.Components), "files", len(rendered.Files), c.process.took(start))
	for _, f := range rendered.Findings {
		report.warn(c.describe(f))
	}
	if c.images != "" {
		return c.printImages(report, rendered)
	}
	if c.output == "" {
		return c.list(rendered)
	}
	if c.diff {
		return c.printDiff(ctx, rendered)
	}
	var statement *outdir.File
	if key != nil {
		content, err := attest.Sign(rendered, request.Recipe, c.process.Version, key)
		if err != nil {
			return failed(err)
		}
		statement = &outdir.File{Path: attest.StatementName, Content: content}
	}
	if pack := packer(c.output); pack != nil {
		return c.pack(report, pack, rendered, statement)
	}
	return c.write(report, rendered, statement)
}

// check finds mistakes in the flags before anything is read.
func (c *bundleCommand) check() error {
	switch {
	case c.recipe == "":
		return errors.New("--recipe is missing: give a file, a URL, cm://namespace/name or -")
	case c.images != "" && c.images != imagesList && c.images != imagesSkopeo:
		return fmt.Errorf("--images %s: want %s or %s", c.images, imagesList, imagesSkopeo)
	case c.images != "" && c.output != "":
		return errors.New("--images prints, and --output writes: give one of them")
	case c.sign != "" && (c.output == "" || c.diff):
		return errors.New("--sign needs --output, and not --diff: it signs what is written")
	case c.output == "" && c.diff:
		return errors.New("--diff needs --output: the directory to compare with")
	case c.output == "" && c.dryRun:
		return errors.New("--dry-run needs --output: the directory that would be written to")
	case c.output == location.Stream || strings.Contains(c.output, "://"):
		return fmt.Errorf("--output %s: a bundle is written to a directory or an archive", c.output)
	case c.diff && packer(c.output) != nil:
		return fmt.Errorf("--diff --output %s: an archive is not compared; name a directory", c.output)
	}
	return nil
}

func (c *bundleCommand) request(ctx context.Context) (bundle.Request, error) {
	request := bundle.Request{Bundlers: c.bundlers, Existing: c.existing, Formats: c.formats, IgnoreFindings: c.ignored}
	var err error
	if len(c.gitops) > 0 {
		fields, err := pairs("gitops", "FIELD=VALUE", c.gitops)
		if err != nil {
			return request, invalid(joined.Errors(err)...)
		}
		if request.GitOps, err = form.ParseGitOps(fields); err != nil {
			return request, invalid(fmt.Errorf("--gitops: %w", err))
		}
	}
	if request.Namespaces, err = pairs("namespace", "COMPONENT=NAMESPACE", c.namespaces); err != nil {
		return request, invalid(joined.Errors(err)...)
	}
	store := c.process.store(c.kubernetes.client(c.process), false)
	if request.Overrides, err = c.process.overrides(ctx, store, c.values, c.settings); err != nil {
		return request, err
	}
	objects, err := c.process.readTrees(ctx, store, objectFlag(), c.objects)
	if err != nil {
		return request, err
	}
	if request.ObjectOverrides, err = encodeTrees(objects); err != nil {
		return request, err
	}
	if err = c.site(ctx, store, &request); err != nil {
		return request, err
	}
	if c.charts != "" {
		start := c.process.Now()
		folder, err := archive.OpenFolder(c.charts)
		c.process.logRead("--vendor-charts", c.charts, err, start)
		if err != nil {
			return request, unusable(fmt.Errorf("--vendor-charts %s: %w", c.charts, err))
		}
		request.Charts = folder.Chart
	}
	if request.Recipe, err = readDocument(ctx, c.process, store, "--recipe", c.recipe, []string{location.RecipeKey}, document.Value.Recipe); err != nil || c.snapshot == "" {
		return request, err
	}
	snapshot, err := readDocument(ctx, c.process, store, "--snapshot", c.snapshot, []string{location.SnapshotKey}, document.Value.Snapshot)
	request.Snapshot = &snapshot
	return request, err
}

// signingKey reads the key to sign with, nil for none.
func (c *bundleCommand) signingKey(ctx context.Context) (*attest.PrivateKey, error) {
	if c.sign == "" {
		return nil, nil
	}
	return readKey(ctx, c.process, "--sign", c.sign, attest.ParsePrivateKey)
}

// describe says what is doubtful and how to silence it.
func (c *bundleCommand) describe(f bundle.Finding) string {
	about := strings.ReplaceAll(f.Path, "ignore_findings", "--ignore-findings")
	if f.Component != "" {
		about = f.Component + ": " + about
	}
	end := "--ignore-findings " + f.Rule + " silences this"
	if finding.Ignored(c.ignored).Covers(f.Rule, f.Path) {
		end = "an error but for --ignore-findings " + f.Rule
	}
	return fmt.Sprintf("%s: %s (%s)", about, f.Message, end)
}

// blameAll names the flag that each part of an error is about.
func (c *bundleCommand) blameAll(err error) []error {
	var all []error
	for _, e := range joined.Errors(err) {
		all = append(all, c.blame(e))
	}
	return all
}

func (c *bundleCommand) blame(err error) error {
	var input *bundle.InputError
	if !errors.As(err, &input) {
		return err
	}
	switch input.Field {
	case "recipe":
		return fmt.Errorf("--recipe %s: %w", shown(c.recipe), input.Err)
	case "snapshot":
		return fmt.Errorf("--snapshot %s: %w", shown(c.snapshot), input.Err)
	case "overrides":
		return fmt.Errorf("--set or --values of %s: %w", input.Key, input.Err)
	case "object_overrides":
		return fmt.Errorf("--object %s: %w", input.Key, input.Err)
	case "namespaces":
		return fmt.Errorf("--namespace of %s: %w", input.Key, input.Err)
	case "placement":
		return fmt.Errorf("--placement %s: %w", shown(c.placement), input.Err)
	case "registry":
		return fmt.Errorf("--registry %s: %w", shown(c.registry), input.Err)
	case "charts":
		return fmt.Errorf("--vendor-charts %s: %w", c.charts, input.Err)
	case "formats":
		return fmt.Errorf("--format: %w", input.Err)
	case "bundlers", "existing", "gitops":
		return fmt.Errorf("--%s: %w", input.Field, input.Err)
	default:
		return fmt.Errorf("--ignore-findings: %w", input.Err)
	}
}
