// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// lockProcesses waits until no other process of this user works on the directory.
// A directory cannot be locked here, so the lock is on a file among the temporary
// ones of the user, named for the directory; the kernel frees it with the process
// that holds it.
func lockProcesses(_ *os.Root, key string) (unlock func(), err error) {
	const length = 32
	name := filepath.Join(os.TempDir(), "eidos-"+sumOf([]byte(fold(key)))[:length]+".lock")
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &windows.Overlapped{}); err != nil {
		release(file)
		return nil, fmt.Errorf("locking %s: %w", name, err)
	}
	return func() { release(file) }, nil
}

// writable finds out at the first write: rights are not bits here.
func writable(*os.Root, string) error { return nil }
