// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
)

// Exit codes of the process.
const (
	ExitOK        = 0
	ExitFailure   = 1 // a file, a server or the cluster failed, or what was asked for is not there
	ExitUsage     = 2 // flags, documents or their content are wrong
	ExitPartial   = 3 // a snapshot was written without the parts whose collectors failed
	ExitDifferent = 4 // a check, a diff or a verification found differences
)

// ExitCodes says what each exit code means, from 0 on.
func ExitCodes() []string {
	return []string{
		ExitOK:        "done",
		ExitFailure:   "a file, a server or the cluster failed, eidos get found no such key, or the command was interrupted; nothing is half-written",
		ExitUsage:     "a flag, a document or its content is wrong",
		ExitPartial:   "a snapshot was written without the parts whose collectors failed; each failure is a line on standard error",
		ExitDifferent: "eidos check, diff or verify found differences",
	}
}

// exitError is an error that says how the process ends.
type exitError struct {
	code int
	errs []error // each is reported on a line of its own
}

func (e *exitError) Error() string {
	texts := make([]string, len(e.errs))
	for i, err := range e.errs {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "\n")
}

// failed is an error of the world: nothing is wrong with what was asked for.
func failed(errs ...error) error { return exitWith(ExitFailure, errs) }

// unreachable is an error of reading or writing at a location: the world's,
// unless the flags describe a connection that cannot be.
func unreachable(err error) error {
	var setting *cluster.SettingError
	if errors.Is(err, cluster.ErrNotConfigured) || errors.As(err, &setting) {
		return unusable(err)
	}
	return failed(err)
}

// unusable is an error of what a flag names: the world's where that is not there or
// cannot be opened, and else one of what was asked for. A missing file ends every
// command with the same code.
func unusable(errs ...error) error {
	err := errors.Join(errs...)
	if path := (*fs.PathError)(nil); errors.As(err, &path) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return failed(errs...)
	}
	return invalid(errs...)
}

// invalid is an error in what was asked for.
func invalid(errs ...error) error { return exitWith(ExitUsage, errs) }

func exitWith(code int, errs []error) error {
	var all []error
	for _, err := range errs {
		all = append(all, joined.Errors(err)...)
	}
	if len(all) == 0 {
		return nil
	}
	return &exitError{code: code, errs: all}
}

// asExit returns how an error ends the process. What no command of eidos
// returned is from the reading of the command line.
func asExit(err error) *exitError {
	var exit *exitError
	if errors.As(err, &exit) {
		return exit
	}
	return &exitError{code: ExitUsage, errs: []error{err}}
}
