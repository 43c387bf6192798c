// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// disk is every operation that changes the file system. Names are relative to
// the root; MkdirAll and RemoveDir act on the output directory itself.
type disk interface {
	MkdirAll(dir string) error
	RemoveDir(dir string) error
	Mkdir(root *os.Root, name string) error
	// Create makes a file that must not exist yet.
	Create(root *os.Root, name string, perm fs.FileMode) (diskFile, error)
	Rename(root *os.Root, from, to string) error
	Remove(root *os.Root, name string) error
	// SyncDir makes the names inside a directory survive a power loss.
	SyncDir(root *os.Root, name string) error
}

type diskFile interface {
	io.WriteCloser
	Chmod(mode fs.FileMode) error
	Sync() error
}

const dirMode = 0o755

type osDisk struct{}

func (osDisk) MkdirAll(dir string) error                   { return os.MkdirAll(dir, dirMode) }
func (osDisk) RemoveDir(dir string) error                  { return os.Remove(dir) }
func (osDisk) Mkdir(root *os.Root, name string) error      { return root.Mkdir(name, dirMode) }
func (osDisk) Rename(root *os.Root, from, to string) error { return root.Rename(from, to) }
func (osDisk) Remove(root *os.Root, name string) error     { return root.Remove(name) }

func (osDisk) Create(root *os.Root, name string, perm fs.FileMode) (diskFile, error) {
	return root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
}

func (osDisk) SyncDir(root *os.Root, name string) error {
	if runtime.GOOS == "windows" {
		return nil // a directory handle cannot be flushed there
	}
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		err = nil // some network file systems have no fsync for directories
	}
	return errors.Join(err, dir.Close())
}
