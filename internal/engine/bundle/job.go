// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// job is one Render: the request, checked and decoded.
type job struct {
	*Renderer
	recipe     recipe
	common     *component.Description
	chosen     []*component.Description // to render, sorted by name
	names      []string                 // of chosen
	drafts     map[string]*draft        // of chosen, those of earlier waves first
	overrides  map[string]map[string]any
	objects    map[string]map[string]map[string]any // overrides of objects, by component and manifest
	namespaces map[string]string
	site       site
	named      bool                       // the request names the components
	existing   []string                   // components that the cluster has already
	snapshot   *document.Snapshot         // of the cluster, nil for none
	known      func() map[string][]string // see knownKeys
	nodes      func() nodeView            // see nodeView
	ignored    finding.Ignored
	releases   map[string]string // that the recipe is to state
	formats    []string
	gitops     *form.GitOps // nil where nobody says where the files are in Git
	charts     func(name, version string) ([]byte, error)
	pending    Pending
}

func (r *Renderer) newJob(ctx context.Context, req Request) (*job, error) {
	var err error
	if req.Recipe.Request, err = r.normal(req.Recipe.Request); err != nil {
		return nil, &InputError{Field: "recipe", Err: err}
	}
	j := &job{
		Renderer: r, recipe: recipe{req.Recipe}, namespaces: req.Namespaces, named: req.Bundlers != nil, ignored: req.IgnoreFindings,
		existing: req.Existing, snapshot: req.Snapshot, pending: req.Pending, releases: req.Releases, formats: req.formats(), gitops: req.GitOps, charts: req.Charts,
		drafts: map[string]*draft{},
	}
	j.known, j.nodes = sync.OnceValue(j.knownKeys), sync.OnceValue(j.nodeView)
	if j.common, err = r.set.Common(); err != nil {
		return nil, err
	}
	entries, bundlersErr := j.pick(req)
	if err := j.describe(entries); err != nil {
		return nil, err
	}
	var settingsErr error
	j.overrides, j.objects, settingsErr = r.settings(ctx, req)
	var siteErr error
	j.site, siteErr = r.site(ctx, req)
	if err := errors.Join(bundlersErr, settingsErr, siteErr, checkForms(req), j.checkRecipe()); err != nil {
		return nil, err
	}
	return j, nil
}

// pick returns the named components, or without names those that the recipe's
// platform needs and the cluster does not have.
func (j *job) pick(req Request) ([]component.Entry, error) {
	if req.Bundlers != nil {
		return j.choose(req)
	}
	whole := j.whole()
	needless := func(e component.Entry) bool {
		return slices.Contains(j.existing, e.Name) || !e.Needed.Holds(whole.operand)
	}
	return slices.DeleteFunc(slices.Clone(j.set.Entries()), needless), j.checkExisting(req)
}

// whole is the draft of no component, for what is about the recipe.
func (j *job) whole() *draft { return &draft{Description: j.common, job: j, values: newValues()} }

// describe reads what is known of the chosen components.
func (j *job) describe(chosen []component.Entry) error {
	for _, e := range chosen {
		d, err := j.set.Description(e.Name)
		if err != nil {
			return err
		}
		j.chosen, j.names = append(j.chosen, d), append(j.names, e.Name)
	}
	return nil
}

// checkRecipe checks what the chosen components read.
func (j *job) checkRecipe() error {
	var keys []component.Key
	for _, d := range j.chosen {
		keys = append(keys, d.Reads()...)
	}
	slices.SortFunc(keys, func(a, b component.Key) int { return cmp.Compare(a.Key, b.Key) })
	keys = slices.CompactFunc(keys, func(a, b component.Key) bool { return a.Key == b.Key })
	errs := []error{j.recipe.check(keys)}
	for _, d := range j.chosen {
		if err := j.checkChartVersion(d.Entry); err != nil {
			errs = append(errs, &InputError{Field: "recipe", Err: err})
		}
	}
	return errors.Join(errs...)
}

// isChartVersion recognizes one version, not a range of versions, which Helm's
// --version would take too.
func isChartVersion(text string) bool {
	const numbers, maxNumber, maxVersion = 3, 9, 128 // digits and characters
	release, suffix, hasSuffix := strings.Cut(strings.TrimPrefix(text, "v"), "-")
	parts := strings.Split(release, ".")
	return len(text) <= maxVersion && len(parts) == numbers && (!hasSuffix || words.Of(suffix, words.Letters+words.Digits+".-")) &&
		!slices.ContainsFunc(parts, func(part string) bool { return len(part) > maxNumber || !words.Of(part, words.Digits) })
}

func (j *job) checkChartVersion(e component.Entry) error {
	path, such := component.ImageKey(e.Name), fmt.Sprintf("such as %q", e.Newest("").Version)
	reading := j.recipe.get(component.ImagePath(e.Name))
	if reading == nil {
		why := ""
		if k8s := j.recipe.kubernetes(); k8s != "" {
			why = fmt.Sprintf("; the catalog leaves it out where no release fits the service and Kubernetes %s, and an overlay can set it", k8s)
		}
		return fmt.Errorf("%s is missing: it is the release of %s, %s%s", path, e.Name, such, why)
	}
	// Another type is reported with the other keys.
	if text, isText := reading.Any().(string); isText && !isChartVersion(text) {
		return fmt.Errorf("%s: got %q, want one release of %s, %s", path, text, e.Name, such)
	}
	return nil
}

// draft makes the draft of a component.
func (j *job) draft(description *component.Description) (*draft, error) {
	name := description.Name
	d := &draft{
		Description: description, job: j,
		namespace: cmp.Or(j.namespaces[name], description.Chart.Namespace), overrides: j.overrides[name], values: newValues(),
	}
	if err := d.chart(j.recipe.image(name)); err != nil {
		return nil, err
	}
	d.problems = sync.OnceValue(func() []chart.Problem { return d.release.CheckValues(d.values.tree) })
	d.fill()
	return d, nil
}

// chart finds the facts about a version of the component's chart, or those about
// its nearest relative.
func (d *draft) chart(asked string) error {
	facts := d.job.set.Facts
	release, err := facts.Release(d.Name, asked)
	var unknown *chart.UnknownReleaseError
	d.hasFacts = !errors.As(err, &unknown)
	if !d.hasFacts {
		release, err = facts.Release(d.Name, d.nearestRelease(asked))
	}
	if err != nil {
		return err
	}
	d.release, d.version = release, release.Version
	if !d.hasFacts {
		d.version = inForm(asked, release.Version)
	}
	return nil
}

// installer is the draft of the component that installs the driver, nil where
// the nodes have it.
func (j *job) installer() *draft {
	for _, name := range j.names {
		if d := j.drafts[name]; d != nil && d.Driver != nil && d.Driver.When.Holds(d.operand) {
			return d
		}
	}
	return nil
}

// driver is the driver that will run on the nodes: the one that is installed, or
// that which the recipe names for the image; "" when it is not known.
func (j *job) driver() string {
	if d := j.installer(); d != nil {
		return d.textAt(d.Driver.Path())
	}
	if version := j.recipe.image("driver"); version != "" {
		return version
	}
	brought := measurement.ParsePath(component.NodesDriver)
	return j.recipe.Measurements.Text(brought.Type, brought.Subtype, brought.Key)
}

// inForm returns a version with a leading v where the chart's releases have
// one, and without where they have none.
func inForm(version, release string) string {
	number := strings.TrimPrefix(version, "v")
	if strings.HasPrefix(release, "v") {
		return "v" + number
	}
	return number
}

// nearestRelease returns the release with facts that is closest to the version:
// among those of its line, such as v26.3, or among all where none is known, the
// newest that is not newer than it, or else the oldest.
func (d *draft) nearestRelease(asked string) string {
	releases := d.Published()
	line := slices.DeleteFunc(slices.Clone(releases), func(r component.Release) bool { return !sameLine(asked, r.Version) })
	if len(line) > 0 {
		releases = line
	}
	nearest := releases[0].Version
	for _, r := range releases {
		if d.Chart.Compare(r.Version, asked) <= 0 {
			nearest = r.Version
		}
	}
	return nearest
}

// sameLine reports whether two releases have the same first two numbers, which
// are the year and the month for most charts.
func sameLine(a, b string) bool {
	line := version.Lenient(a).Line(2)
	return version.Lenient(b).HasPrefix(line)
}

// unusedSettings lists the components that have overrides, a namespace or a
// release but are not rendered.
func (j *job) unusedSettings() []string {
	named := slices.Concat(slices.Collect(maps.Keys(j.overrides)), slices.Collect(maps.Keys(j.objects)), slices.Collect(maps.Keys(j.namespaces)), slices.Collect(maps.Keys(j.releases)))
	slices.Sort(named)
	return slices.DeleteFunc(slices.Compact(named), func(name string) bool { return slices.Contains(j.names, name) })
}
