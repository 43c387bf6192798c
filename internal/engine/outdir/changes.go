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
// name, then renamed. A link or an empty directory in its place gives way.
func (c *changes) put(file File) error {
	if err := c.mkdirs(file.Path); err != nil {
		return fmt.Errorf("writing %q: %w", file.Path, err)
	}
	temp := tempName(file.Path)
	if err := c.sweep(file.Path); err != nil {
		return err
	}
	if err := c.create(temp, file); err != nil {
		return errors.Join(fmt.Errorf("writing %q: %w", file.Path, err), c.discard(temp))
	}
	if err := c.disk.Rename(c.root, temp, file.Path); err != nil {
		return errors.Join(fmt.Errorf("putting %q in place: %w", file.Path, err), c.discard(temp))
	}
	c.dirty[path.Dir(file.Path)] = true
	return nil
}

func (c *changes) create(temp string, file File) error {
	perm := fs.FileMode(0o644)
	if file.Executable {
		perm = 0o755
	}
	out, err := c.disk.Create(c.root, temp, perm)
	if err != nil {
		return err
	}
	if _, err := out.Write(file.Content); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := out.Sync(); err != nil {
		return errors.Join(err, out.Close())
	}
	return out.Close()
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

// sweep removes the temporary files of these names that a killed run left.
func (c *changes) sweep(names ...string) error {
	for _, name := range names {
		temp := tempName(name)
		info, err := lookup(c.root, temp)
		if err != nil {
			return err
		}
		if info == nil || info.IsDir() {
			continue
		}
		if err := c.remove(temp); err != nil {
			return err
		}
	}
	return nil
}

// prune removes the directories above these names that are empty, the
// innermost first.
func (c *changes) prune(names []string) error {
	for _, dir := range dirsOf(names) {
		info, err := lookup(c.root, dir)
		if err != nil {
			return err
		}
		if info == nil || !info.IsDir() {
			continue
		}
		entries, err := fs.ReadDir(c.root.FS(), dir)
		if err != nil {
			return fmt.Errorf("listing %q: %w", dir, err)
		}
		if len(entries) > 0 {
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
