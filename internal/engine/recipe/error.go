// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// Error is a problem that belongs to one input of a recipe. Build may return
// several, joined; Errors takes them apart.
type Error struct {
	// Field is a field of the query (os, osv, kernel, service, k8s, gpu,
	// intent), or "overlays", "options", "releases", "driver" or "catalog". It is
	// "" where no single input is to blame.
	Field string
	// Index is the element of the overlays that is wrong, counted from 0.
	Index int
	// Key is the element of the options or releases that is wrong.
	Key string
	Err error
}

// Error returns the message after the name of the input.
func (e *Error) Error() string {
	switch {
	case e.Field == "":
		return e.Err.Error()
	case e.Field == fieldOverlays:
		return fmt.Sprintf("%s[%d]: %v", e.Field, e.Index, e.Err)
	case e.Key != "":
		return fmt.Sprintf("%s[%q]: %v", e.Field, e.Key, e.Err)
	default:
		return e.Field + ": " + e.Err.Error()
	}
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errors returns every *Error in err, in order. An error that holds none is
// returned as one without a field.
func Errors(err error) []*Error {
	var all []*Error
	for _, e := range joined.Errors(err) {
		single := &Error{Err: e}
		_ = errors.As(e, &single)
		all = append(all, single)
	}
	return all
}

// Finding is a doubt that does not prevent a recipe.
type Finding struct {
	Rule    string // the name that Request.IgnoreFindings takes; Rules lists them
	Field   string // as in Error, or "snapshot"
	Index   int    // as in Error
	Path    string // the recipe key that it is about, "" where it is the input as a whole
	Message string
}

// Place is what a finding is about: a recipe key, else the input, "overlays[0]" or
// the field.
func (f Finding) Place() string {
	switch {
	case f.Path != "":
		return f.Path
	case f.Field == fieldOverlays:
		return fmt.Sprintf("%s[%d]", f.Field, f.Index)
	default:
		return f.Field
	}
}

// String returns the message, after the recipe key or the element of the overlays
// that it is about, if any.
func (f Finding) String() string {
	if f.Path != "" || f.Field == fieldOverlays {
		return f.Place() + ": " + f.Message
	}
	return f.Message
}

// Names of inputs that are not fields of the query.
const (
	fieldOverlays = "overlays"
	fieldCatalog  = "catalog"
	fieldDriver   = "driver"
	fieldOptions  = "options"
	fieldReleases = "releases"
	fieldIgnored  = "ignore_findings"
	fieldSnapshot = "snapshot"
)
