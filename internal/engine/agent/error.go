// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"errors"
	"fmt"
)

// Reason says why a run failed.
type Reason int

// Reasons that a front door may want to tell apart.
const (
	Other         Reason = iota // a call to the API server, see the error itself
	InvalidSpec                 // what was asked for is not possible
	NoNamespace                 // the namespace does not exist
	NoNode                      // no node is there, or none is free to run the agent
	Foreign                     // a ConfigMap of that name is somebody else's
	Running                     // another run is writing the same ConfigMap
	NotAdmitted                 // quota, Pod Security or a webhook refuse the pod or what it needs
	NoRuntime                   // the runtime class does not exist, or not on the node
	NoAccount                   // the service account does not exist
	Unschedulable               // the scheduler finds no place for the pod
	NoImage                     // the image cannot be pulled
	NotStarted                  // the container cannot be started
	Failed                      // the agent ended with an error
	Lost                        // the node or the pod disappeared
	TimedOut                    // the timeout passed
	Cancelled                   // the caller gave up
	BadSnapshot                 // what the agent wrote cannot be read
)

// Error is a run that failed. Its text says where, why and what to do.
type Error struct {
	Reason Reason
	Err    error
}

// Error returns the text of Err.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

func errorf(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// ReasonOf returns the reason of an error of this package, Other for the errors
// of calls.
func ReasonOf(err error) Reason {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return Other
}
