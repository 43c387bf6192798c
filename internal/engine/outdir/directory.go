// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// mostTries is how often a directory is made that others remove. Where it cannot be made
// at all, as below /proc, the system says the same as of one that was removed.
const mostTries = 100

// enter opens the directory for this call alone, of this process and of others. It
// is nil where it is missing, unless mkdir asks to make it; a RefusedError says that
// something else stands in its place. leave is to be called also after an error.
func (w *Writer) enter(dir string, mkdir bool) (root *os.Root, leave func(), err error) {
	key, err := lockKey(dir)
	if err != nil {
		return nil, func() {}, err
	}
	unlock := w.lock(key)
	for tries := 0; ; tries++ {
		root, err = open(dir)
		if root == nil && err == nil && mkdir {
			if root, err = w.mkdir(dir); isGone(err) && tries < mostTries {
				continue
			}
		}
		if err != nil || root == nil {
			return nil, unlock, explain(dir, err)
		}
		free, err := lockProcesses(root, key)
		if err != nil {
			release(root)
			return nil, unlock, explain(dir, err)
		}
		if isStill(dir, root) {
			return root, func() { release(root); free(); unlock() }, nil
		}
		free()
		release(root)
	}
}

// isGone recognizes what making a directory says that another process removes at
// that moment.
func isGone(err error) bool { return isMissing(err) || errors.Is(err, fs.ErrExist) }

// isStill reports whether the directory at that path is the one that was opened:
// another process may have removed it in the meantime.
func isStill(dir string, root *os.Root) bool {
	there, err := os.Stat(dir)
	if err != nil {
		return false
	}
	opened, err := root.Stat(".")
	return err == nil && os.SameFile(there, opened)
}

func (w *Writer) mkdir(dir string) (*os.Root, error) {
	if err := w.disk.MkdirAll(dir); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

// lock waits until nothing else in this process works on a directory and returns
// the function that frees it.
func (w *Writer) lock(key string) (unlock func()) {
	w.mu.Lock()
	lock, ok := w.locks[key]
	if !ok {
		lock = &sync.Mutex{}
		w.locks[key] = lock
	}
	w.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}

// lockKey is the absolute path of dir with all symbolic links resolved. The
// directory may be missing, so only its deepest resolvable ancestor is
// resolved; the key stays the same when the directory comes or goes.
func lockKey(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("making output directory %q absolute: %w", dir, err)
	}
	rest := ""
	for existing := abs; ; existing = filepath.Dir(existing) {
		if resolved, err := filepath.EvalSymlinks(existing); err == nil {
			return filepath.Join(resolved, rest), nil
		}
		if filepath.Dir(existing) == existing {
			return abs, nil
		}
		rest = filepath.Join(filepath.Base(existing), rest)
	}
}

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
	if isMissing(err) {
		return nil, nil // removed a moment ago
	}
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

// isMissing also covers a path below something that is not a directory.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// explain adds the directory, and advice where permissions are the cause.
func explain(dir string, err error) error {
	switch {
	case err == nil || isRefused(err):
		return err
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("output directory %q: %w; let this user read and write it, or choose another directory", dir, err)
	}
	return fmt.Errorf("output directory %q: %w", dir, err)
}

func isRefused(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused)
}

// lookup returns what stands at name, itself not followed if it is a link. It is
// nil where nothing does, or where it is reached only through something that
// is not a real directory.
func lookup(root *os.Root, name string) (fs.FileInfo, error) {
	for _, dir := range parents(name) {
		info, err := lstat(root, dir)
		if err != nil || info == nil || !info.IsDir() {
			return nil, err
		}
	}
	return lstat(root, name)
}

func lstat(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(name)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking at %q: %w", name, err)
	}
	return info, nil
}

// inspect is lookup with the sha256 of a regular file, else an empty sum.
func inspect(root *os.Root, name string) (info fs.FileInfo, sum string, err error) {
	info, err = lookup(root, name)
	if err != nil || info == nil || !info.Mode().IsRegular() {
		return info, "", err
	}
	file, err := root.Open(name)
	if isMissing(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading %q: %w", name, err)
	}
	defer release(file)
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return nil, "", fmt.Errorf("reading %q: %w", name, err)
	}
	return info, hex.EncodeToString(hash.Sum(nil)), nil
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// release closes what was only read through: nothing is lost by an error.
func release(handle io.Closer) { _ = handle.Close() }
