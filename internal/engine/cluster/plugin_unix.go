// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cluster

import (
	"os/exec"
	"syscall"
)

// killWithChildren makes the end of the command's context end its children
// too: plugins are often shell scripts around the program that hangs.
func killWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
