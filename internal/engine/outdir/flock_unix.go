// SPDX-License-Identifier: Apache-2.0

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package outdir

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lockProcesses waits until no other process works on the directory. The lock is
// on the directory itself and leaves no file behind; the kernel frees it with the
// process that holds it. Some network file systems have no such locks: there
// processes are not kept apart.
func lockProcesses(root *os.Root, _ string) (unlock func(), err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(int(dir.Fd()), unix.LOCK_EX)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil && !hasNoLocks(err) {
		release(dir)
		return nil, fmt.Errorf("locking it: %w", err)
	}
	return func() { release(dir) }, nil
}

func hasNoLocks(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EBADF) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.EINVAL)
}

// writable says why this user cannot make or remove files in a directory.
func writable(root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	defer release(dir)
	if err := unix.Faccessat(int(dir.Fd()), ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil {
		return &os.PathError{Op: "access", Path: name, Err: err}
	}
	return nil
}
