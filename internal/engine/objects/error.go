// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"errors"
	"fmt"
)

// Reason says why something could not be done with an object.
type Reason int

// Reasons that a front door may want to tell apart.
const (
	Other         Reason = iota // a call to the API server, see the error itself
	Invalid                     // the manifest itself is wrong
	Conflict                    // others own fields that would be written
	Refused                     // the API server, or what it asks, does not admit the object
	NoKind                      // the API server does not know the kind
	NoNamespace                 // the namespace does not exist
	NotReady                    // the object was not ready in time
	NodesNotReady               // the same, and too few nodes have what it brings
	NotGone                     // the object was not gone in time
)

// Error is an object with which something could not be done. Its text names the
// object.
type Error struct {
	ID     ID
	Key    string // of its manifest, "" for what has none
	Reason Reason
	Err    error
	cause  error // of a Conflict
}

// Error returns the text of Err.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ReasonOf returns the reason of an error of this package, Other for others.
func ReasonOf(err error) Reason {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return Other
}

func (o Object) errorf(reason Reason, format string, args ...any) *Error {
	return &Error{ID: o.ID, Key: o.Key, Reason: reason, Err: fmt.Errorf(format, args...)}
}
