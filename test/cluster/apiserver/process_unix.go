// SPDX-License-Identifier: Apache-2.0

//go:build unix && !linux

package apiserver

import "syscall"

// processAttributes puts a child into a process group of its own.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
