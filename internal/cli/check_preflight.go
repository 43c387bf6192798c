// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// preflight are the flags of a check before an install: what the bundle will be.
type preflight struct {
	on         bool
	bundlers   []string
	existing   []string
	namespaces []string
}

func (f *preflight) register(command *cobra.Command, components func(context.Context) []string) {
	flags := command.Flags()
	flags.BoolVar(&f.on, "preflight", false, "report what the cluster would have twice after an install, instead")
	flags.StringSliceVar(&f.bundlers, "bundlers", nil, "with --preflight, `components` to install, separated by commas (default: those that the platform needs)")
	flags.StringSliceVar(&f.existing, "existing", nil, "with --preflight, `components` that stay as they are on the cluster, separated by commas")
	flags.StringArrayVar(&f.namespaces, "namespace", nil, "with --preflight, namespace of a component, as `component=name`; repeatable")
	completeWith(command, "bundlers", components)
	complete(command, "existing", bundle.NewRenderer().Bundlers)
	completePairs(command, "namespace", "=", components)
}

func (f *preflight) check() error {
	if !f.on && len(f.bundlers)+len(f.existing)+len(f.namespaces) > 0 {
		return errors.New("--bundlers, --existing and --namespace say what is to be installed: use them with --preflight")
	}
	return nil
}

// takeSnapshot asks the cluster what it has. It returns what could not be asked besides.
func (p Process) takeSnapshot(ctx context.Context, client *cluster.Client, catalog *recipe.Catalog, report *reporter) (document.Snapshot, []error, error) {
	if _, err := client.Connect(); err != nil {
		return document.Snapshot{}, nil, unreachable(fmt.Errorf("--preflight without --snapshot asks the cluster: %w", err))
	}
	collectors := snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog})
	taken, failures := p.collect(ctx, collectors, report, snapshot.Options{Timeout: snapshot.DefaultTimeout})
	return taken, describeFailures(failures), nil
}

// look says what an install would have the cluster have twice. What could not be asked
// is missing: nothing is clear then.
func (c *checkCommand) look(ctx context.Context, catalog *recipe.Catalog, wanted document.Recipe, there document.Snapshot, missing []error) error {
	namespaces, err := pairs("namespace", "COMPONENT=NAMESPACE", c.preflight.namespaces)
	if err != nil {
		return invalid(joined.Errors(err)...)
	}
	looks, err := compare.Preflight(ctx, catalog, bundle.NewRenderer(), bundle.Request{
		Recipe: wanted, Snapshot: &there, Bundlers: c.preflight.bundlers, Existing: c.preflight.existing, Namespaces: namespaces,
	})
	if err != nil {
		return invalid((&bundleCommand{recipe: c.recipe, snapshot: c.snapshot}).blameAll(err)...)
	}
	twice := slices.DeleteFunc(slices.Clone(looks), func(l compare.Look) bool { return l.State != compare.Twice })
	shown := twice
	if c.all {
		shown = looks
	}
	if err := printChecked(c, shown, lookTable(shown), lookCases(looks)); err != nil {
		return failed(err)
	}
	for _, l := range looks {
		if l.State == compare.Unknown {
			missing = append(missing, errors.New(l.Message))
		}
	}
	if n := len(twice); n > 0 {
		return exitWith(ExitDifferent, append(missing, fmt.Errorf("%d of %d would be there twice", n, len(looks))))
	}
	return failed(missing...)
}

func lookTable(looks []compare.Look) [][]string {
	rows := [][]string{{"RULE", "PATH", "STATE", "MESSAGE"}}
	for _, l := range looks {
		rows = append(rows, []string{l.Rule, orDash(l.Path), string(l.State), orDash(l.Message)})
	}
	return rows
}

// lookCases are a test for each look, skipped where the snapshot does not say.
func lookCases(looks []compare.Look) []junitCase {
	cases := make([]junitCase, len(looks))
	for i, l := range looks {
		cases[i].Name = l.Rule
		if l.Path != "" {
			cases[i].Name += " " + l.Path
		}
		switch l.State {
		case compare.Twice:
			cases[i].Failure = &junitMessage{Message: l.Message}
		case compare.Unknown:
			cases[i].Skipped = &junitMessage{Message: l.Message}
		}
	}
	return cases
}
