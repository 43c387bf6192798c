// SPDX-License-Identifier: Apache-2.0

package bundle

import "fmt"

// InputError says which part of a Request is wrong.
type InputError struct {
	// Field is "recipe", "bundlers", "existing", "snapshot", "overrides", "object_overrides",
	// "namespaces", "releases", "placement", "registry", "formats", "gitops" or
	// "ignore_findings".
	Field string
	// Key is the component for overrides, namespaces and releases, the component and
	// the manifest for object_overrides, else "".
	Key string
	Err error
}

func (e *InputError) Error() string {
	if e.Key == "" {
		return fmt.Sprintf("%s: %v", e.Field, e.Err)
	}
	return fmt.Sprintf("%s[%q]: %v", e.Field, e.Key, e.Err)
}

// Unwrap returns what is wrong: a *RuleError where a rule was broken.
func (e *InputError) Unwrap() error { return e.Err }

// RuleError says that a rule found a contradiction. Naming the rule in
// Request.IgnoreFindings turns it into a finding.
type RuleError struct {
	Rule      string
	Component string
	Path      string // as in Finding
	Message   string
	Advice    string
}

func (e *RuleError) Error() string {
	return fmt.Sprintf("%s: %s (rule %s)", e.Path, sentence(e.Message, e.Advice), e.Rule)
}

// sentence joins what is wrong and what to do about it.
func sentence(message, advice string) string {
	if advice == "" {
		return message
	}
	return message + "; " + advice
}
