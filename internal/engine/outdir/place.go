// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// open returns the directory, nil where it is missing and can be made. A
// RefusedError says that something else stands in its place.
func open(dir string) (*os.Root, error) {
	if dir == "" {
		return nil, &RefusedError{Dir: dir, Reason: "its path is empty", Advice: "name a directory"}
	}
	info, err := os.Stat(dir)
	switch {
	case isMissing(err):
		return nil, checkAncestors(dir)
	case err != nil:
		return nil, explain(dir, err)
	case !info.IsDir():
		return nil, refuseNonDirectory(dir, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, explain(dir, err)
	}
	return root, nil
}

// checkAncestors checks that a missing directory can be made: the first
// existing thing on the way up is a directory.
func checkAncestors(dir string) error {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		_, err := os.Lstat(at)
		if isMissing(err) && filepath.Dir(at) != at {
			continue
		}
		if err != nil {
			return explain(dir, err)
		}
		if info, err := os.Stat(at); err != nil || !info.IsDir() {
			return refuseNonDirectory(dir, at)
		}
		return nil
	}
}

func refuseNonDirectory(dir, at string) error {
	return &RefusedError{
		Dir:    dir,
		Reason: fmt.Sprintf("%q is a file, or a symbolic link that leads to no directory", at),
		Advice: "remove it, or choose another directory",
	}
}

// isMissing also covers a path below something that is no directory.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// explain adds the directory, and advice where permissions are the cause.
func explain(dir string, err error) error {
	var refused *RefusedError
	switch {
	case err == nil || errors.As(err, &refused):
		return err
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("output directory %q: %w; let this user read and write it, or choose another directory", dir, err)
	}
	return fmt.Errorf("output directory %q: %w", dir, err)
}

// release closes what was only read through: nothing is lost by an error.
func release(handle io.Closer) { _ = handle.Close() }
