// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// execError is an exec plugin that gave no credentials.
type execError struct {
	command string
	hint    string // how to install it, from the kubeconfig
	stderr  string // redacted
	err     error
}

func (e *execError) Error() string {
	text := fmt.Sprintf("exec plugin %s: %v", e.command, e.err)
	switch {
	case errors.Is(e.err, context.DeadlineExceeded):
		text = fmt.Sprintf("exec plugin %s did not finish before the deadline", e.command)
	case errors.Is(e.err, context.Canceled):
		text = fmt.Sprintf("exec plugin %s: cancelled", e.command)
	case errors.Is(e.err, exec.ErrNotFound):
		text = strings.TrimSpace(fmt.Sprintf("exec plugin %s: no such program in PATH. %s", e.command, e.hint))
	}
	if said := lastLines(e.stderr); said != "" {
		text += ". It said: " + said
	}
	return text
}

func (e *execError) Unwrap() error { return e.err }

// lastLines returns the end of what a program said, where the reason of a
// failure is.
func lastLines(text string) string {
	const maxLines, maxBytes = 5, 1000
	lines := strings.Split(strings.TrimSpace(text), "\n")
	text = strings.Join(lines[max(0, len(lines)-maxLines):], "\n")
	return strings.ToValidUTF8(text[max(0, len(text)-maxBytes):], "")
}

// cappedBuffer keeps the first megabyte written to it and refuses more. It is
// no bytes.Buffer, whose ReadFrom would take everything.
type cappedBuffer struct {
	data []byte
	full bool
}

var errTooMuch = fmt.Errorf("it printed more than %d bytes", maxPluginOutput)

func (b *cappedBuffer) Write(p []byte) (int, error) {
	if len(b.data)+len(p) > maxPluginOutput {
		b.full = true
		return 0, errTooMuch
	}
	b.data = append(b.data, p...)
	return len(p), nil
}
