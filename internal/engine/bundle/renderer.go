// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	recipes "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Renderer renders bundles. It holds what is known of components and the facts
// about chart releases, each parsed when it is first needed, and the parsed
// templates. It is safe for concurrent use; keep one for a process.
type Renderer struct {
	set       *component.Set
	templates *template.Template
	normal    func(document.Query) (document.Query, error)
	nodeForms func() []nodeForms // of the files of component.Node
}

// NewRenderer returns a Renderer of the embedded components.
func NewRenderer() *Renderer {
	set, err := component.Embedded()
	if err != nil {
		panic("bundle: embedded components: " + err.Error()) // a test reads them all
	}
	return NewRendererOf(set)
}

// NewRendererOf returns a Renderer of the components of a set.
func NewRendererOf(set *component.Set) *Renderer {
	return &Renderer{set: set, templates: parseTemplates(), normal: recipes.Normalizer(), nodeForms: sync.OnceValue(func() []nodeForms { return compileForms(set) })}
}

// Components is what the renderer knows of components.
func (r *Renderer) Components() *component.Set { return r.set }

// Bundlers lists the names that Request.Bundlers takes, sorted.
func (r *Renderer) Bundlers() []string { return r.set.Names() }

// Outline returns what is known of the components of a request without its recipe:
// everything but values, manifests and prerequisites, of the versions those that
// Releases states. Render returns the same. Without bundlers nothing is known, and the list is empty.
func (r *Renderer) Outline(ctx context.Context, req Request) ([]Component, error) {
	chosen, site, err := r.checked(ctx, req)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(chosen))
	for i, e := range chosen {
		names[i] = e.Name
	}
	components := make([]Component, len(chosen))
	for i, e := range chosen {
		release := written(e, req.Releases[e.Name])
		if req.Pending.IgnoreFindings || req.IgnoreFindings.Covers(notAsStated, component.ImageKey(e.Name)) {
			release = "" // it may be another one
		}
		components[i] = outline(e, release, req.Namespaces, site, names)
		components[i].Unknown = Unknown{Source: release == "" && e.Chart.Moved != nil, Namespace: slices.Contains(req.Pending.Namespaces, e.Name), Repository: req.Pending.Registry && e.HasChart(), Values: e.HasChart(), Manifests: true, Definitions: e.HasChart(), Prerequisites: true}
		if components[i].Unknown.Source {
			components[i].Chart, components[i].Repository = "", ""
		}
	}
	return components, nil
}

// Validate checks of a request what needs no recipe: names of components, the form
// of overrides, namespaces and releases. Render does so too.
func (r *Renderer) Validate(ctx context.Context, req Request) error {
	_, _, err := r.checked(ctx, req)
	return err
}

// checked is Validate, and returns the named components and the site.
func (r *Renderer) checked(ctx context.Context, req Request) ([]component.Entry, site, error) {
	chosen, bundlersErr := r.choose(req)
	_, _, err := r.settings(ctx, req)
	where, siteErr := r.site(ctx, req)
	return chosen, where, errors.Join(bundlersErr, err, siteErr, checkForms(req))
}

// settings checks what a request sets for single components, and returns the
// overrides of values and of objects.
func (r *Renderer) settings(ctx context.Context, req Request) (overrides map[string]map[string]any, objects map[string]map[string]map[string]any, err error) {
	overrides, overridesErr := r.decodeOverrides(ctx, req.Overrides)
	objects, objectsErr := r.decodeObjectOverrides(ctx, req.ObjectOverrides)
	if ctx.Err() != nil { // which is none of the inputs' mistakes
		return nil, nil, context.Cause(ctx)
	}
	return overrides, objects, errors.Join(overridesErr, objectsErr, checkNamespaces(req.Namespaces, r.Bundlers()), r.checkReleases(req.Releases))
}

// written is a release as the chart's repository writes it.
func written(e component.Entry, release string) string {
	if release == "" {
		return ""
	}
	return inForm(release, e.Releases[0].Version)
}

func outline(e component.Entry, release string, namespaces map[string]string, site site, names []string) Component {
	c := Component{
		Name: e.Name, Version: release, Namespace: cmp.Or(namespaces[e.Name], e.Chart.Namespace), Wave: e.Wave,
	}
	if e.HasChart() {
		c.ReleaseName = e.Name
	}
	c.Chart, c.Repository = site.source(e, release)
	for _, name := range e.Requires {
		if slices.Contains(names, name) {
			c.Requires = append(c.Requires, name)
		}
	}
	slices.Sort(c.Requires)
	return c
}

// choose returns the named components, sorted, each once.
func (r *Renderer) choose(req Request) ([]component.Entry, error) {
	names, errs := req.Bundlers, []error{r.checkExisting(req)}
	if names != nil && len(names) == 0 {
		errs = append(errs, &InputError{Field: "bundlers", Err: errors.New("the list is empty; name a bundler, or leave the list out for those that the platform needs")})
	}
	for _, name := range names {
		if _, known := r.set.Entry(name); !known {
			errs = append(errs, &InputError{Field: "bundlers", Err: unknownComponent(name, r.Bundlers())})
		}
	}
	var chosen []component.Entry
	for _, e := range r.set.Entries() {
		if slices.Contains(names, e.Name) {
			chosen = append(chosen, e)
		}
	}
	return chosen, errors.Join(errs...)
}

// checkExisting checks the names of what the cluster has already.
func (r *Renderer) checkExisting(req Request) error {
	var errs []error
	for _, name := range req.Existing {
		if _, known := r.set.Entry(name); !known {
			errs = append(errs, &InputError{Field: "existing", Err: unknownComponent(name, r.Bundlers())})
		}
		if slices.Contains(req.Bundlers, name) {
			errs = append(errs, &InputError{Field: "existing", Err: fmt.Errorf("%s is to be rendered, too: either the cluster has it, or the bundle installs it; name it in one of the two", name)})
		}
	}
	return errors.Join(errs...)
}

// Render renders the bundle of a request in three steps: the drafts of its
// components, those that others require first; the rules over all drafts; the
// files. It joins all errors that it finds: each is an *InputError, which wraps a
// *RuleError where a rule is broken. Next to pending inputs, only what they do not
// feed is rendered and judged.
func (r *Renderer) Render(ctx context.Context, req Request) (*Bundle, error) {
	j, err := r.drafted(ctx, req)
	if err != nil {
		return nil, err
	}
	findings, err := j.judge(j.check())
	if err != nil {
		return nil, err
	}
	b := &Bundle{Findings: findings, FilesUnknown: j.pending.files(), FindingsUnknown: j.pending.files() || j.pending.IgnoreFindings || j.pending.Snapshot}
	err = each(ctx, j.chosen, func(description *component.Description) error {
		c, files, err := j.write(j.drafts[description.Name])
		b.Components, b.Files = append(b.Components, c), append(b.Files, files...)
		return errors.Join(err, checkSize(description.Name, b.Files))
	})
	if err != nil {
		return nil, err
	}
	settings, files, err := j.node()
	if err != nil {
		return nil, err
	}
	b.NodeSettings = settings
	slices.SortFunc(b.Findings, compareFindings)
	b.Findings = slices.Compact(b.Findings)
	if b.FilesUnknown {
		b.Files = nil
		return b, nil
	}
	if b.Files, err = j.forms(b.Files); err != nil {
		return nil, err
	}
	b.Files = append(b.Files, files...)
	entry, err := j.entry(b)
	if err != nil {
		return nil, err
	}
	b.Files = append(b.Files, entry...)
	slices.SortFunc(b.Files, func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) })
	b.SHA256 = filesSHA256(b.Files)
	return b, nil
}

// drafted returns a job with the drafts of its components.
func (r *Renderer) drafted(ctx context.Context, req Request) (*job, error) {
	j, err := r.newJob(ctx, req)
	if err != nil {
		return nil, err
	}
	if err := j.makeDrafts(ctx); err != nil {
		return nil, err
	}
	return j, j.shareNamespaces()
}

// maxSize bounds the files of a bundle, in bytes. One has about 60 KB; deep values
// of overrides are written with 60 times their bytes.
const maxSize = 64 << 20

// checkSize refuses files that are too large with those of a component.
func checkSize(component string, files []outdir.File) error {
	size := 0
	for _, f := range files {
		size += len(f.Content)
	}
	if size <= maxSize {
		return nil
	}
	return &InputError{Field: "overrides", Key: component, Err: fmt.Errorf("the files of the bundle have %d MiB with those of this component; the limit is %d MiB: give shorter values", size>>20, maxSize>>20)}
}

// makeDrafts makes the drafts of components after those of what they require,
// which they read, and then their objects, of which one may be for several of them.
func (j *job) makeDrafts(ctx context.Context) error {
	inWaves := slices.Clone(j.chosen)
	slices.SortStableFunc(inWaves, func(a, b *component.Description) int { return cmp.Compare(a.Wave, b.Wave) })
	if err := each(ctx, inWaves, func(description *component.Description) (err error) {
		j.drafts[description.Name], err = j.draft(description)
		return err
	}); err != nil {
		return err
	}
	return each(ctx, inWaves, func(description *component.Description) error { return j.drafts[description.Name].makeManifests() })
}

// each runs a function for every component and returns all errors: users see
// those of all components.
func each(ctx context.Context, all []*component.Description, run func(*component.Description) error) error {
	var errs []error
	for _, d := range all {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, fmt.Errorf("rendering %s: %w", d.Name, err))...)
		}
		errs = append(errs, run(d))
	}
	return errors.Join(errs...)
}
