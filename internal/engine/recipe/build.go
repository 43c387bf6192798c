// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Request is what a recipe is made from.
type Request struct {
	// Query holds what is stated explicitly. It wins over the snapshot; a field
	// that is "any" stays open even if the snapshot knows it.
	Query document.Query
	// Snapshot fills the fields that Query leaves empty. It may be nil.
	Snapshot *document.Snapshot
	// Overlays are the user's overlay documents, YAML or JSON: each one overlay
	// (key, types, constraints) or {overlays: [...]}.
	Overlays []string
	// AllowUncovered turns what no data covers into findings.
	AllowUncovered bool
	// Options maps names of options, such as rdma, to their values as text.
	// Releases maps components to chart releases, and Driver is the version of the
	// GPU driver, "" for the release's own. They win over every overlay.
	Options  map[string]string
	Releases map[string]string
	Driver   string
	// IgnoreFindings holds rules of findings to leave out.
	IgnoreFindings finding.Ignored
	// Called returns the name that the user knows an input by, such as
	// kubernetes_version for k8s. Without it messages use the engine's names.
	Called func(input string) string
}

// Result is a recipe and how it came about.
type Result struct {
	Recipe document.Recipe
	// Provenance names the layer that set each value: "base", an overlay such
	// as "service=eks,gpu=h100", a user's overlay such as "user:gpu=h100",
	// "instance-type=g6e.2xlarge", "release:gpu-operator v26.7.0", "snapshot",
	// "request" or "argument" (an option, a release or the driver that is stated). Its keys are
	// paths, such as "K8s/image/driver".
	Provenance map[string]string
	// Sources names, per field of the query, the reading of the snapshot that
	// it was taken from, such as "K8s/server/version".
	Sources map[string]string
	// Findings are doubts, in the order in which they came up.
	Findings []Finding

	entries []*entry
	layers  []*layer // in order of application, those of releases and of the request excepted
}

// serverVersion is the path of the Kubernetes version.
func serverVersion() measurement.Path {
	return measurement.ParsePath(component.ServerVersion)
}

// Build makes a recipe. Its errors are *Error, several joined where several
// inputs are wrong.
func (c *Catalog) Build(ctx context.Context, r Request) (*Result, error) {
	elements, err := c.userElements(ctx, r.Overlays)
	stated, statedErr := c.arguments(r)
	if err := errors.Join(err, statedErr); err != nil {
		return nil, err
	}
	b := &build{stated: stated, catalog: c, request: r, users: slices.Concat(elements...), elements: elements, result: &Result{}}
	if err := b.resolve(); err != nil {
		return nil, err
	}
	if err := b.merge(); err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	b.warn(b.partitionDoubts()...)
	if err := b.judgeInstalled(); err != nil {
		return nil, err
	}
	if err := b.judge(); err != nil {
		return nil, err
	}
	b.finish()
	return b.result, nil
}

// Check returns what is wrong with a request whatever the fields that it leaves
// open will be: its errors are those that Build would return.
func (c *Catalog) Check(ctx context.Context, r Request) error {
	elements, err := c.userElements(ctx, r.Overlays)
	_, statedErr := c.arguments(r)
	b := &build{catalog: c, request: r, users: slices.Concat(elements...), result: &Result{}}
	_, queryErr := b.query()
	return errors.Join(err, statedErr, queryErr)
}

// build carries one recipe through its steps.
type build struct {
	catalog  *Catalog
	request  Request
	elements []userElement
	users    []*layer   // of all elements
	known    vocabulary // of the catalog and the user's overlays
	subject  *subject
	system   string        // the ID of os-release that is stated or that the snapshot says, "" for none
	when     component.Env // what the conditions of overlays read
	instance *layer        // of the nodes' instance types, nil for none
	facts    *layer        // of the snapshot
	stated   *layer        // the options, releases and driver of the request
	applied  []*layer
	order    []*layer // applied, with facts and stated
	entries  []*entry // merged, without removals
	demands  []demand
	missing  []*Error // components without a release
	guessed  bool     // a release was chosen without the Kubernetes version
	result   *Result
}

// called returns the user's name of an input.
func (b *build) called(input string) string {
	if b.request.Called == nil {
		return input
	}
	return b.request.Called(input)
}

func (b *build) warn(warnings ...Finding) {
	b.result.Findings = append(b.result.Findings, warnings...)
}

// tolerate returns the problems, each of which says one way out, with the other
// one, or makes findings of them where the request allows what no data covers.
func (b *build) tolerate(rule string, problems []*Error) []*Error {
	var errs []*Error
	for _, p := range problems {
		if b.request.AllowUncovered {
			b.warn(Finding{Rule: rule, Field: p.Field, Message: p.Err.Error()})
			continue
		}
		or := "; or"
		if strings.HasSuffix(p.Err.Error(), "?") {
			or = " Or"
		}
		errs = append(errs, &Error{Field: p.Field, Err: fmt.Errorf("%w%s go on without data with %s", p.Err, or, b.called("allow_uncovered"))})
	}
	return errs
}

func join(problems []*Error) error {
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return errors.Join(errs...)
}

func (b *build) merge() error {
	if err := b.readFacts(); err != nil {
		return err
	}
	b.when = b.early(b.facts.get)
	b.applied = b.catalog.matching(b.subject, b.when)
	if b.instance != nil {
		b.applied = append(b.applied, b.instance)
	}
	b.order = append(slices.Clone(b.applied), b.facts)
	// The base is by far the longest list; it is walked only once.
	entries := mergeEntries(b.catalog.base.entries(), mergeLayers(b.applied[1:]))
	entries = mergeEntries(entries, news(b.facts.entries(), entries))
	for i, element := range b.elements {
		layers, warnings := element.split(i, b.subject, b.when)
		b.warn(warnings...)
		b.warn(userElement(layers).doubts(i, entries)...)
		b.warn(userElement(layers).strangers(i, b.catalog.subtypes())...)
		b.applied, b.order = append(b.applied, layers...), append(b.order, layers...)
		entries = mergeEntries(entries, mergeLayers(layers))
	}
	b.order = append(b.order, b.stated)
	entries = mergeEntries(entries, b.stated.entries())
	b.entries = b.applyRequest(setters(entries))
	b.demands = collectDemands(b.applied)
	b.statePlatform(entries)
	return b.chooseReleases(entries)
}

// applyRequest makes the Kubernetes version of the recipe the one that was
// asked for.
func (b *build) applyRequest(entries []*entry) []*entry {
	asked := b.subject.query.K8s
	if asked == "" {
		return entries
	}
	path := serverVersion()
	requested := &entry{
		path: path, name: path.String(), layer: &layer{name: requestName},
		value: measurement.Str(asked), context: "The Kubernetes version that the recipe was asked for",
	}
	i, found := search(entries, path)
	if !found {
		return slices.Insert(entries, i, requested)
	}
	if old := entries[i]; old.value != requested.value && strings.HasPrefix(old.layer.name, userPrefix) {
		b.warn(Finding{Rule: ruleKubernetesAsked, Field: "k8s", Message: fmt.Sprintf("the query's %s replaces the %s that %s sets", asked, old.name, old.layer.name)})
	}
	entries[i] = requested
	return entries
}

// check refuses a recipe that the data does not cover or that breaks a
// constraint.
func (b *build) check() error {
	errs := b.tolerate(ruleNotCovered, b.uncovered())
	outside := unmet(b.demands, b.subject.query, b.entries)
	errs = append(errs, outside...)
	// A Kubernetes version that a layer refuses needs no release of components.
	if !slices.ContainsFunc(outside, func(e *Error) bool { return e.Field == "k8s" }) {
		errs = append(errs, b.tolerate(ruleNoRelease, b.missing)...)
	}
	if len(b.entries) == 0 {
		errs = append(errs, &Error{Field: fieldCatalog, Err: errors.New("the recipe would be empty: no layer that applies sets a value; give the catalog a base, or add an overlay of your own")})
	}
	return join(errs)
}

func (b *build) finish() {
	var rules []string
	for _, l := range b.applied[1:] { // the first is the base
		rules = append(rules, l.name)
	}
	b.result.Recipe = document.Recipe{
		Metadata:     document.RecipeMetadata{Version: b.catalog.version},
		Request:      b.subject.query,
		MatchedRules: rules,
		Constraints:  documented(b.demands),
		Measurements: measurements(b.entries, b.subject.query.Context),
	}
	b.result.Provenance = provenance(b.entries)
	b.result.entries, b.result.layers = b.entries, b.order
	b.result.Findings = b.catalog.Audible(b.result.Findings, b.request.IgnoreFindings)
}
