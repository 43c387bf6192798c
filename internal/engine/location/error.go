// SPDX-License-Identifier: Apache-2.0

package location

// Reason says why a document was not read or written.
type Reason int

// Reasons that a front door may want to tell apart.
const (
	Other       Reason = iota // the connection, the credentials, a deadline
	NoConfigMap               // the ConfigMap, or its namespace, does not exist
	NoKey                     // the ConfigMap exists without the key
	Forbidden                 // the identity lacks a permission
	NoNamespace               // there is no namespace to write to
	Conflict                  // others own what would be written
	TooLarge                  // more than a ConfigMap holds
	Immutable                 // the ConfigMap is marked so
)

// Error is a document that could not be read or written. Its text says why and
// what to do.
type Error struct {
	Ref    ConfigMapRef
	Reason Reason
	Err    error
}

// Error returns "cm://namespace/name: message".
func (e *Error) Error() string { return e.Ref.String() + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
