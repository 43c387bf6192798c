// SPDX-License-Identifier: Apache-2.0

//go:build unix

package node

import "syscall"

// nonBlocking makes opening a named pipe return at once.
const nonBlocking = syscall.O_NONBLOCK
