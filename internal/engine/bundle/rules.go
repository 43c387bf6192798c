// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Severity says what a broken rule does.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // nothing is rendered, unless the rule is ignored
	SeverityWarning Severity = "warning" // a finding
)

// RuleInfo describes a rule.
type RuleInfo struct {
	Name      string // stable: users name it in their configuration
	Severity  Severity
	Summary   string
	Component string // the one whose data has it, "" for the recipe and every component
	// Cases are the ways in which it is broken, of a rule that is data.
	Cases []component.Case
}

// infoOf describes a rule of a component's data.
func infoOf(r *component.Rule, owner string) RuleInfo {
	return RuleInfo{r.Name, Severity(r.Severity), r.Summary, owner, r.Cases}
}

// rule is a generic check in Go, of the request as a whole or of each component.
// All other rules are data.
type rule struct {
	RuleInfo
	whole     func(*job) []violation
	component func(*draft) []violation
}

// genericRules are about every component, or about what no component reads.
func genericRules() []rule {
	whole := func(name string, severity Severity, summary string, check func(*job) []violation) rule {
		return rule{RuleInfo: RuleInfo{Name: name, Severity: severity, Summary: summary}, whole: check}
	}
	each := func(name string, severity Severity, summary string, check func(*draft) []violation) rule {
		return rule{RuleInfo: RuleInfo{Name: name, Severity: severity, Summary: summary}, component: check}
	}
	unmet := whole("constraint-unmet", SeverityError, "A version is outside what a layer of the recipe demands.", unmetVersions)
	unmet.component = unmetDriver
	return append([]rule{
		unmet,
		each("image-not-mirrored", SeverityWarning, "Nodes pull an image from another place than the mirror.", notMirrored),
		each("image-not-listed", SeverityWarning, "Nodes pull an image for the mirror to have, and the recipe does not say which.", notListed),
		each("uninstall-deletes-objects", SeverityWarning, "Helm would delete definitions with the release, and with them all objects of their kinds.", definitionsDeleted),
		each("definition-twice", SeverityError, "Two components would install the same custom resource definition.", definedTwice),
		whole(ruleAbsent, SeverityError, "The snapshot does not show a component that the cluster is said to have.", absentExisting),
		each(RuleElsewhere, SeverityError, "The cluster has a component already, under another Helm release or without one.", installedElsewhere),
		each("object-refused", SeverityError, "An override leaves an object that the API server would refuse.", refusedObjects),
		each("override-drops-entry", SeverityWarning, "An override replaces a list, and an entry that the component needs is gone.", droppedEntries),
		whole("unknown-option", SeverityError, "The recipe has an option that no bundler reads.", unknownOptions),
		whole("unknown-recipe-key", SeverityWarning, "The recipe has a key next to the options that no bundler reads.", unknownRecipeKeys),
		whole("unknown-rule", SeverityWarning, "ignore_findings names a rule that does not exist.", unknownRules),
		whole("component-not-rendered", SeverityWarning, "Overrides, a namespace or a release are given for a component that is not in the bundle.", notRendered),
		whole("object-not-rendered", SeverityWarning, "An override is given for an object that is not in the bundle.", objectsNotRendered),
		whole("gitops-repository-missing", SeverityWarning, "Applications of Argo CD read objects from a repository that nobody has named.", gitUnknown),
		whole("secret-in-values", SeverityError, "An override holds a secret, which bundles keep as plain text.", secretsInOverrides),
		whole(notAsStated, SeverityError, "The recipe has another release than the one that releases sets.", releasesNotAsStated),
	}, chartRules()...)
}

// Rules lists all rules by name.
func (r *Renderer) Rules() []RuleInfo {
	descriptions, err := r.set.Descriptions()
	if err != nil {
		panic("bundle: embedded components: " + err.Error()) // a test reads them all
	}
	var infos []RuleInfo
	for _, generic := range genericRules() {
		infos = append(infos, generic.RuleInfo)
	}
	infos = append(infos, componentRemoved())
	for _, change := range changeRules() {
		infos = append(infos, change.RuleInfo)
	}
	for _, d := range descriptions {
		for i := range d.Rules {
			infos = append(infos, infoOf(&d.Rules[i], d.Name))
		}
	}
	slices.SortFunc(infos, func(a, b RuleInfo) int { return cmp.Compare(a.Name, b.Name) })
	return infos
}

// violation is a place where a rule is broken.
type violation struct {
	path    string
	message string // what is wrong and why
	advice  string // what to do
	blamed  blame
}

// blame is the input of the request that is wrong.
type blame struct{ field, key string }

// broken is one violation, or none where the condition does not hold.
func broken(condition bool, path, message, advice string) []violation {
	if !condition {
		return nil
	}
	return []violation{{path: path, message: message, advice: advice}}
}

// verdict is a violation, the rule that it breaks and the component that it is
// about, "" for the request as a whole.
type verdict struct {
	RuleInfo
	violation
	about string
}

// check applies all rules to all drafts.
func (j *job) check() []verdict {
	var all []verdict
	add := func(info RuleInfo, about string, found []violation) {
		for _, v := range found {
			all = append(all, verdict{info, v, about})
		}
	}
	generic := genericRules()
	for i := range generic {
		r := &generic[i]
		if r.whole != nil {
			add(r.RuleInfo, "", r.whole(j))
		}
		for _, name := range j.names {
			if d := j.drafts[name]; r.component != nil && !d.unknown.Manifests {
				add(r.RuleInfo, name, d.surely(func() []violation { return r.component(d) }))
			}
		}
	}
	for _, owner := range append([]*draft{j.whole()}, j.ordered()...) {
		for i := range owner.Rules {
			r := &owner.Rules[i]
			for k := range r.Cases {
				c, d := &r.Cases[k], owner
				if c.Of != "" {
					d = j.drafts[c.Of]
				}
				if d != nil { // a component that is not in the bundle breaks nothing
					add(infoOf(r, owner.Name), d.Name, d.surely(func() []violation { return d.violations(c) }))
				}
			}
		}
	}
	return all
}

// ordered lists the drafts by name.
func (j *job) ordered() []*draft {
	drafts := make([]*draft, len(j.names))
	for i, name := range j.names {
		drafts[i] = j.drafts[name]
	}
	return drafts
}

// violations returns what breaks a case.
func (d *draft) violations(c *component.Case) []violation {
	if c.Hook != "" {
		return checkHooks()[c.Hook](d, c)
	}
	held, holds := c.When.Held(d.operand)
	if !holds {
		return nil
	}
	v := violation{path: d.place(c.At), message: d.text(c.Message), advice: d.text(c.Advice)}
	v.blamed, _ = d.blame(held)
	return []violation{v}
}

// place is the first of several places that somebody set, or else the last.
func (d *draft) place(places component.Places) string {
	for _, at := range places {
		if tree.Covers(d.overrides, at) {
			return at
		}
	}
	return places[len(places)-1]
}

// blame finds the input of the request behind a violation: of the clauses that
// hold, the first whose value an override, a namespace or the list of bundlers set.
func (d *draft) blame(held component.Alternative) (blame, bool) {
	for _, clause := range held {
		if b, ok := d.blameFor(clause.Operand); ok {
			return b, true
		}
	}
	return blame{}, false
}

func (d *draft) blameFor(o component.Operand) (blame, bool) {
	kind, owner, name := o.Parts()
	switch kind {
	case component.Value, component.Override:
		owner = cmp.Or(owner, d.Name)
		path, _, _ := strings.Cut(name, "[")
		return blame{"overrides", owner}, tree.Covers(d.job.overrides[owner], path)
	case component.With:
		if slices.Contains(d.job.existing, name) {
			return blame{field: "existing"}, true
		}
		return blame{field: "bundlers"}, d.job.named
	case component.OfPlacement, component.OfRegistry:
		return blame{field: string(kind)}, d.job.site.has(string(kind), name)
	case component.Term:
		held, _ := d.job.set.Term(d.Terms, name).Held(d.operand)
		return d.blame(held)
	case component.DraftField:
		return d.blameForField(name)
	default:
		return blame{}, false
	}
}

func (d *draft) blameForField(name string) (blame, bool) {
	switch name {
	case "namespace":
		return blame{"namespaces", d.Name}, d.job.namespaces[d.Name] != ""
	case "driver":
		if installer := d.job.installer(); installer != nil {
			if b, ok := installer.blameFor(installer.Driver.Version); ok {
				return b, true
			}
			held, _ := installer.Driver.When.Held(installer.operand)
			return installer.blame(held)
		}
	}
	return blame{}, false
}

// judge turns verdicts into errors and findings: an ignored error is a finding,
// an ignored warning nothing.
func (j *job) judge(all []verdict) ([]Finding, error) {
	var findings []Finding
	var errs []error
	for _, v := range all {
		ignored := j.ignored.Covers(v.Name, v.path)
		switch {
		case v.Severity == SeverityError && !ignored && j.pending.IgnoreFindings:
			// Nobody knows yet whether it is ignored.
		case v.Severity == SeverityError && !ignored:
			errs = append(errs, j.inputError(v))
		case v.Severity == SeverityError || !ignored:
			findings = append(findings, Finding{v.Name, v.about, v.path, sentence(v.message, v.advice)})
		}
	}
	return findings, errors.Join(errs...)
}

// inputError blames the input that the violation names, or the override that set
// the offending value, or else the recipe.
func (j *job) inputError(v verdict) error {
	err := &InputError{Field: v.blamed.field, Key: v.blamed.key, Err: &RuleError{v.Name, v.about, v.path, v.message, v.advice}}
	key, _, _ := strings.Cut(v.path, "[") // without the place in a list or the name below a free map
	switch {
	case err.Field != "":
	case tree.Covers(j.overrides[v.about], key):
		err.Field, err.Key = "overrides", v.about
	default:
		err.Field = "recipe"
	}
	return err
}

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Component, b.Component), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message),
	)
}
