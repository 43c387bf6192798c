// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"golang.org/x/sync/errgroup"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// Renderer renders bundles. It holds the facts about chart releases, each
// parsed when it is first needed, and the parsed templates. It is safe for
// concurrent use; keep one for a process.
type Renderer struct {
	facts     *chart.Facts
	bundlers  []*bundler // sorted by name
	templates *template.Template
	rules     []rule
}

// NewRenderer returns a Renderer with all bundlers.
func NewRenderer() *Renderer { return newRenderer(component.Facts()) }

func newRenderer(facts *chart.Facts) *Renderer {
	return &Renderer{facts: facts, bundlers: registry(), templates: parseTemplates(), rules: allRules()}
}

// Bundlers lists the names that Request.Bundlers takes, sorted.
func (r *Renderer) Bundlers() []string { return namesOf(r.bundlers) }

func namesOf(bundlers []*bundler) []string {
	names := make([]string, len(bundlers))
	for i, b := range bundlers {
		names[i] = b.name
	}
	return names
}

// Outline returns what is known of components without a recipe: everything but
// version, values and manifests. Render returns the same for the same names.
// Without names nothing is known, and the list is empty.
func (r *Renderer) Outline(bundlers []string, namespaces map[string]string) ([]Component, error) {
	if err := checkNamespaces(namespaces, r.Bundlers()); err != nil {
		return nil, err
	}
	chosen, err := r.choose(bundlers)
	if err != nil {
		return nil, err
	}
	names := namesOf(chosen)
	components := make([]Component, len(chosen))
	for i, b := range chosen {
		newest, err := r.facts.Release(b.name, r.newest(b.name))
		if err != nil {
			return nil, err
		}
		components[i] = b.outline(newest, namespaces, names)
	}
	return components, nil
}

func (b *bundler) outline(release *chart.Release, namespaces map[string]string, names []string) Component {
	namespace := namespaces[b.name]
	if namespace == "" {
		namespace = release.Namespace
	}
	return Component{
		Name: b.name, Chart: b.name, Repository: release.Repository,
		Namespace: namespace, ReleaseName: b.name, Requires: b.requiresAmong(names),
	}
}

// choose returns the named bundlers, sorted, each once.
func (r *Renderer) choose(names []string) ([]*bundler, error) {
	var errs []error
	for _, name := range names {
		if !slices.Contains(r.Bundlers(), name) {
			errs = append(errs, &InputError{Field: "bundlers", Err: unknownComponent(name, r.Bundlers())})
		}
	}
	var chosen []*bundler
	for _, b := range r.bundlers {
		if slices.Contains(names, b.name) {
			chosen = append(chosen, b)
		}
	}
	return chosen, errors.Join(errs...)
}

// Render renders the bundle of a request. Errors are *InputError, all that were
// found joined; rules that were broken stand in them as *RuleError.
func (r *Renderer) Render(ctx context.Context, req Request) (*Bundle, error) {
	j, err := r.newJob(req)
	if err != nil {
		return nil, err
	}
	findings, err := j.judgeRecipe()
	outcomes := make([]outcome, len(j.bundlers))
	errs := make([]error, len(j.bundlers))
	group, ctx := errgroup.WithContext(ctx)
	for i, b := range j.bundlers {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("rendering %s: %w", b.name, err)
			}
			// The group stops at its first error; users see those of all components.
			outcomes[i], errs[i] = j.render(b)
			return nil
		})
	}
	if err := errors.Join(err, group.Wait(), errors.Join(errs...)); err != nil {
		return nil, err
	}
	return assemble(findings, outcomes), nil
}

// assemble puts the findings about the recipe and the components together.
func assemble(findings []Finding, outcomes []outcome) *Bundle {
	b := &Bundle{Findings: findings}
	for _, o := range outcomes {
		b.Components = append(b.Components, o.component)
		b.Files = append(b.Files, o.files...)
		b.Findings = append(b.Findings, o.findings...)
	}
	slices.SortFunc(b.Files, func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(b.Findings, compareFindings)
	b.Findings = slices.Compact(b.Findings)
	b.SHA256 = filesSHA256(b.Files)
	return b
}
