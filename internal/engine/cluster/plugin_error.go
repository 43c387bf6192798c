// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/process"
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
	if said := process.Tail(e.stderr); said != "" {
		text += ". It said: " + said
	}
	return text
}

func (e *execError) Unwrap() error { return e.err }
