// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"errors"
	"slices"
	"strings"
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
	Component string // the one that it is about, "" for the recipe and every component
}

// Rules lists all rules by name.
func Rules() []RuleInfo {
	var infos []RuleInfo
	for _, r := range allRules() {
		infos = append(infos, r.RuleInfo)
	}
	slices.SortFunc(infos, func(a, b RuleInfo) int { return cmp.Compare(a.Name, b.Name) })
	return infos
}

// rule is a check of the recipe as a whole, or of each component.
type rule struct {
	RuleInfo
	recipe    func(*job) []violation
	component func(*draft) []violation
}

// violation is a place where a rule is broken.
type violation struct {
	path    string
	message string // what is wrong and why
	advice  string // what to do
	// causes are the paths of further values without which the one at path would
	// do: whoever overrides one of them is to blame.
	causes []string
}

// broken is one violation, or none where the condition does not hold.
func broken(condition bool, path, message, advice string) []violation {
	if !condition {
		return nil
	}
	return []violation{{path: path, message: message, advice: advice}}
}

// causedBy names the values, besides the one that is wrong, behind violations.
func causedBy(found []violation, causes ...string) []violation {
	for i := range found {
		found[i].causes = append(found[i].causes, causes...)
	}
	return found
}

func allRules() []rule {
	return slices.Concat(
		recipeRules(), chartRules(),
		about(gpuOperatorName, gpuOperatorRules()), about(networkOperatorName, networkOperatorRules()),
		about(draDriverName, draDriverRules()), about(efaPluginName, efaPluginRules()),
	)
}

func about(component string, rules []rule) []rule {
	for i := range rules {
		rules[i].Component = component
	}
	return rules
}

func failure(name, summary string, check func(*draft) []violation) rule {
	return rule{RuleInfo: RuleInfo{Name: name, Severity: SeverityError, Summary: summary}, component: check}
}

func warning(name, summary string, check func(*draft) []violation) rule {
	return rule{RuleInfo: RuleInfo{Name: name, Severity: SeverityWarning, Summary: summary}, component: check}
}

// on limits a check to one component.
func on(name string, check func(*draft) []violation) func(*draft) []violation {
	return func(d *draft) []violation {
		if d.name != name {
			return nil
		}
		return check(d)
	}
}

// verdict is a violation and the rule that it breaks.
type verdict struct {
	RuleInfo
	violation
}

func (j *job) checkRules() []verdict {
	return verdicts(j.rules, func(r rule) []violation {
		if r.recipe == nil {
			return nil
		}
		return r.recipe(j)
	})
}

func (j *job) draftRules(d *draft) []verdict {
	return verdicts(j.rules, func(r rule) []violation {
		if r.component == nil {
			return nil
		}
		return r.component(d)
	})
}

func verdicts(rules []rule, check func(rule) []violation) []verdict {
	var all []verdict
	for _, r := range rules {
		for _, v := range check(r) {
			all = append(all, verdict{r.RuleInfo, v})
		}
	}
	return all
}

// judge turns verdicts into errors and findings: an ignored error is a finding,
// an ignored warning nothing.
func (j *job) judge(component string, all []verdict) ([]Finding, error) {
	var findings []Finding
	var errs []error
	for _, v := range all {
		ignored := slices.Contains(j.ignored, v.Name)
		switch {
		case v.Severity == SeverityError && !ignored:
			errs = append(errs, j.inputError(component, v))
		case v.Severity == SeverityError || !ignored:
			findings = append(findings, Finding{v.Name, component, v.path, sentence(v.message, v.advice)})
		}
	}
	return findings, errors.Join(errs...)
}

// namespacesPath is the path of a violation that the component's namespace
// commits.
const namespacesPath = "namespaces"

// inputError blames the override that set the offending value or caused it, or the
// component's namespace, or else the recipe.
func (j *job) inputError(component string, v verdict) error {
	err := &InputError{Field: "recipe", Err: &RuleError{v.Name, component, v.path, v.message, v.advice}}
	overridden := func(path string) bool {
		key, _, _ := strings.Cut(path, "[") // without the place in a list or the name below a free map
		return covers(j.overrides[component], key)
	}
	switch {
	case v.path == namespacesPath:
		err.Field, err.Key = namespacesPath, component
	case overridden(v.path) || slices.ContainsFunc(v.causes, overridden):
		err.Field, err.Key = "overrides", component
	}
	return err
}

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Component, b.Component), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message),
	)
}
