// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	recipes "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// job is one Render: the request, checked and decoded.
type job struct {
	*Renderer
	recipe     recipe
	bundlers   []*bundler // to render, sorted by name
	names      []string   // of bundlers
	overrides  map[string]map[string]any
	namespaces map[string]string
	named      bool // the request names the components
	ignored    []string
}

func (r *Renderer) newJob(req Request) (*job, error) {
	var err error
	if req.Recipe.Request, err = recipes.Normal(req.Recipe.Request); err != nil {
		return nil, &InputError{Field: "recipe", Err: err}
	}
	j := &job{Renderer: r, recipe: recipe{req.Recipe}, namespaces: req.Namespaces, named: req.Bundlers != nil, ignored: req.IgnoreFindings}
	var bundlersErr, overridesErr error
	j.bundlers, bundlersErr = j.pick(req.Bundlers)
	j.names = namesOf(j.bundlers)
	j.overrides, overridesErr = decodeOverrides(req.Overrides, r.Bundlers())
	err = errors.Join(bundlersErr, overridesErr, checkNamespaces(req.Namespaces, r.Bundlers()), j.checkRecipe())
	if err != nil {
		return nil, err
	}
	return j, nil
}

// judgeRecipe applies the rules about the recipe as a whole.
func (j *job) judgeRecipe() ([]Finding, error) {
	findings, err := j.judge("", j.checkRules())
	for _, name := range j.leftOut() {
		// Without verdicts of error severity there is no error.
		missing, _ := j.judge(name, []verdict{j.missingRelease(name)})
		findings = append(findings, missing...)
	}
	return findings, err
}

// pick returns the named bundlers, or without names those that the recipe's
// platform needs and its release line has.
func (j *job) pick(names []string) ([]*bundler, error) {
	if names != nil {
		if len(names) == 0 {
			return nil, &InputError{Field: "bundlers", Err: errors.New("the list is empty; name a bundler, or leave the list out for those that the platform needs")}
		}
		return j.choose(names)
	}
	var needed []*bundler
	for _, b := range j.Renderer.bundlers {
		if b.needed(j.recipe) && (b.essential || j.hasRelease(b)) {
			needed = append(needed, b)
		}
	}
	return needed, nil
}

func (j *job) hasRelease(b *bundler) bool { return j.recipe.get(imageSubtype, b.name) != nil }

// leftOut lists the components that the platform needs and the recipe has no
// release of, where no component was named.
func (j *job) leftOut() []string {
	if j.named {
		return nil
	}
	var names []string
	for _, b := range j.Renderer.bundlers {
		if b.needed(j.recipe) && !slices.Contains(j.names, b.name) {
			names = append(names, b.name)
		}
	}
	return names
}

// checkRecipe checks what the chosen bundlers read.
func (j *job) checkRecipe() error {
	var keys []recipeKey
	for _, b := range j.bundlers {
		keys = append(keys, b.reads...)
	}
	slices.SortFunc(keys, func(a, b recipeKey) int {
		return cmp.Or(cmp.Compare(a.subtype, b.subtype), cmp.Compare(a.name, b.name))
	})
	keys = slices.CompactFunc(keys, func(a, b recipeKey) bool { return a.path() == b.path() })
	errs := []error{j.recipe.check(keys)}
	for _, b := range j.bundlers {
		if err := j.checkChartVersion(b); err != nil {
			errs = append(errs, &InputError{Field: "recipe", Err: err})
		}
	}
	return errors.Join(errs...)
}

// chartVersion is one version, not a range of versions, which Helm's --version
// would take too.
var chartVersion = regexp.MustCompile(`^v?([0-9]+)\.([0-9]+)\.([0-9]+)(-[0-9A-Za-z.-]+)?$`)

func isChartVersion(text string) bool {
	const maxNumber, maxVersion = 9, 128 // digits and characters
	parts := chartVersion.FindStringSubmatch(text)
	return parts != nil && len(text) <= maxVersion && len(parts[1]) <= maxNumber && len(parts[2]) <= maxNumber && len(parts[3]) <= maxNumber
}

func (j *job) checkChartVersion(b *bundler) error {
	path, such := b.chartKey().path(), fmt.Sprintf("such as %q", j.newest(b.name))
	reading := j.recipe.get(imageSubtype, b.name)
	if reading == nil {
		why := ""
		if version := j.recipe.kubernetes(); version != "" {
			why = fmt.Sprintf("; the catalog leaves it out where no release fits the service and Kubernetes %s, and an overlay can set it", version)
		}
		return fmt.Errorf("%s is missing: it is the version of the chart %s, %s%s", path, b.name, such, why)
	}
	// Another type is reported with the other keys.
	if version, isText := reading.Any().(string); isText && !isChartVersion(version) {
		return fmt.Errorf("%s: got %q, want one version of the chart %s, %s", path, version, b.name, such)
	}
	return nil
}

func (r *Renderer) newest(chartName string) string {
	releases := r.facts.Releases(chartName)
	return releases[len(releases)-1]
}

// draft begins a component.
func (j *job) draft(b *bundler) (*draft, error) {
	version := j.recipe.image(b.name)
	release, err := j.facts.Release(b.name, version)
	var unknown *chart.UnknownReleaseError
	hasFacts := !errors.As(err, &unknown)
	if !hasFacts {
		release, err = j.facts.Release(b.name, nearestRelease(version, unknown.Known))
	}
	if err != nil {
		return nil, err
	}
	if hasFacts {
		version = release.Version
	} else {
		version = inForm(version, release.Version)
	}
	d := &draft{
		bundler: b, recipe: j.recipe, version: version, release: release, hasFacts: hasFacts,
		namespace: b.outline(release, j.namespaces, j.names).Namespace, beside: j.names,
		overrides: j.overrides[b.name], peers: j.overrides, values: newValues(),
	}
	d.problems = sync.OnceValue(func() []chart.Problem { return release.CheckValues(d.values.tree) })
	return d, nil
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

// nearestRelease is the one of the releases, oldest first, that is most like the
// version: of its own line, such as v26.3, where one is known, and there or else
// among all the newest that is no newer, or else the oldest.
func nearestRelease(version string, releases []string) string {
	if line := sameLine(version, releases); len(line) > 0 {
		releases = line
	}
	nearest := releases[0]
	for _, release := range releases {
		if compareVersions(release, version) <= 0 {
			nearest = release
		}
	}
	return nearest
}

// sameLine returns the releases whose first two numbers are the version's, which
// are the year and the month for most charts.
func sameLine(version string, releases []string) []string {
	want := numbers(version)
	return slices.DeleteFunc(slices.Clone(releases), func(release string) bool {
		have := numbers(release)
		return at(have, 0) != at(want, 0) || at(have, 1) != at(want, 1)
	})
}

// unusedSettings lists the components that have overrides or a namespace but
// are not rendered.
func (j *job) unusedSettings() []string {
	named := slices.Concat(slices.Collect(maps.Keys(j.overrides)), slices.Collect(maps.Keys(j.namespaces)))
	slices.Sort(named)
	return slices.DeleteFunc(slices.Compact(named), func(name string) bool { return slices.Contains(j.names, name) })
}
