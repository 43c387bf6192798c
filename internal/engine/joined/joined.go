// SPDX-License-Identifier: Apache-2.0

// Package joined takes errors apart that errors.Join put together, so that each
// can be told of by itself.
package joined

// Errors returns the errors that err joins, at any depth and in order: err
// itself where it joins none, nothing where it is nil. An error that wraps a
// joined one is a single error.
func Errors(err error) []error {
	if err == nil {
		return nil
	}
	join, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range join.Unwrap() {
		all = append(all, Errors(e)...)
	}
	return all
}
