// SPDX-License-Identifier: Apache-2.0

package provider

// reportBug ends the text of diagnostics that no user can cause.
const reportBug = "This is a bug in the provider. Please report it with the configuration that shows it."

// leaves returns the errors that a chain of errors.Join holds.
func leaves(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}
