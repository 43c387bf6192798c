// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
)

// changes works on files below root, one whole file at a time, and remembers
// the directories whose names are not yet known to survive a power loss.
type changes struct {
	disk  disk
	root  *os.Root
	dirty map[string]bool
}

func newChanges(d disk, root *os.Root) *changes {
	return &changes{disk: d, root: root, dirty: map[string]bool{}}
}

// put gives name this content: first complete and synced under a temporary
// name, then renamed. A link or an empty directory in its place gives way; a file
// leaves its mode to the new one.
func (c *changes) put(file File) error {
	if err := c.mkdirs(file.Path); err != nil {
		return fmt.Errorf("writing %q: %w", file.Path, err)
	}
	before, err := lookup(c.root, file.Path)
	if err != nil {
		return fmt.Errorf("writing %q: %w", file.Path, err)
	}
	temp := tempName(file.Path)
	if err := c.create(temp, file, before); err != nil {
		return errors.Join(fmt.Errorf("writing %q: %w", file.Path, err), c.discard(temp))
	}
	if err := c.disk.Rename(c.root, temp, file.Path); err != nil {
		return errors.Join(fmt.Errorf("putting %q in place: %w", file.Path, err), c.discard(temp))
	}
	c.dirty[path.Dir(file.Path)] = true
	return nil
}

// create writes a file whose mode is that of the one before, which a user may have
// chosen, and for a new one what the umask leaves.
func (c *changes) create(temp string, file File, before fs.FileInfo) error {
	perm := fs.FileMode(0o644)
	if file.Executable {
		perm = 0o755
	}
	kept := runtime.GOOS != "windows" && before != nil && before.Mode().IsRegular()
	if kept {
		perm = fs.FileMode(0o600) // nobody else may read it before it has its mode
	}
	out, err := c.disk.Create(c.root, temp, perm)
	if err != nil {
		return err
	}
	_, err = out.Write(file.Content)
	if err == nil && kept {
		err = out.Chmod(keptMode(file, before.Mode()))
	}
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// keptMode is the mode before. Whoever may read a script may then run it, where its
// owner could not.
func keptMode(file File, before fs.FileMode) fs.FileMode {
	const read, owner = 0o444, 0o100
	mode := before.Perm()
	if file.Executable && mode&owner == 0 {
		mode |= mode&read>>2 | owner
	}
	return mode
}

// discard removes a temporary file after an error that is reported anyway.
func (c *changes) discard(temp string) error {
	if info, err := lookup(c.root, temp); err != nil || info == nil {
		return err
	}
	return c.disk.Remove(c.root, temp)
}

// mkdirs makes the directories above name and clears an empty directory out of
// the place of name itself.
func (c *changes) mkdirs(name string) error {
	for _, dir := range parents(name) {
		info, err := lookup(c.root, dir)
		if err != nil {
			return err
		}
		if info != nil {
			continue
		}
		if err := c.disk.Mkdir(c.root, dir); err != nil {
			return err
		}
		c.dirty[path.Dir(dir)] = true
	}
	info, err := lookup(c.root, name)
	if err != nil || info == nil || !info.IsDir() {
		return err
	}
	return c.removeDir(name)
}

func (c *changes) remove(name string) error {
	if err := c.disk.Remove(c.root, name); err != nil && !isMissing(err) {
		return fmt.Errorf("removing %q: %w", name, err)
	}
	c.dirty[path.Dir(name)] = true
	return nil
}

func (c *changes) removeDir(name string) error {
	if err := c.remove(name); err != nil {
		return err
	}
	delete(c.dirty, name)
	return nil
}

// sweep removes the temporary files that killed runs left in the directories of
// these names.
func (c *changes) sweep(names ...string) error {
	for _, dir := range append(dirsOf(names), ".") {
		entries, _, err := c.list(dir)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if !isTemp(entry.Name()) || !entry.Type().IsRegular() {
				continue
			}
			if err := c.remove(path.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// list returns what is in a directory, and false where there is none of the name.
func (c *changes) list(dir string) ([]fs.DirEntry, bool, error) {
	info, err := lookup(c.root, dir)
	if err != nil || info == nil || !info.IsDir() {
		return nil, false, err
	}
	entries, err := fs.ReadDir(c.root.FS(), dir)
	if err != nil {
		return nil, false, fmt.Errorf("listing %q: %w", dir, err)
	}
	return entries, true, nil
}

// prune removes the directories above these names that are empty, the
// innermost first.
func (c *changes) prune(names []string) error {
	for _, dir := range dirsOf(names) {
		entries, isDir, err := c.list(dir)
		if err != nil {
			return err
		}
		if !isDir || len(entries) > 0 {
			continue
		}
		if err := c.removeDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// dirsOf lists the directories above these names, the innermost first.
func dirsOf(names []string) []string {
	dirs := map[string]bool{}
	for _, name := range names {
		for _, dir := range parents(name) {
			dirs[dir] = true
		}
	}
	depth := func(dir string) int { return strings.Count(dir, "/") }
	return slices.SortedFunc(maps.Keys(dirs), func(a, b string) int {
		return cmp.Or(cmp.Compare(depth(b), depth(a)), cmp.Compare(a, b))
	})
}

// sync makes everything done so far survive a power loss.
func (c *changes) sync() error {
	for _, dir := range slices.Sorted(maps.Keys(c.dirty)) {
		if err := c.disk.SyncDir(c.root, dir); err != nil {
			return fmt.Errorf("syncing directory %q: %w", dir, err)
		}
		delete(c.dirty, dir)
	}
	return nil
}

func (c *changes) putMarker(m marker) error {
	content, err := m.encode()
	if err != nil {
		return err
	}
	if err := c.put(File{Path: MarkerName, Content: content}); err != nil {
		return err
	}
	return c.sync()
}
