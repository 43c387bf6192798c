// SPDX-License-Identifier: Apache-2.0

package apiserver

import "syscall"

// processAttributes puts a child into a process group of its own, and has the
// kernel kill it when the tests die without stopping it.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
