// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Remove takes a bundle away: its unmodified files, the directories they leave
// empty, the marker, and the directory itself if nothing else is in it. It acts
// only while the marker names claim.Owner. What stays is reported as
// "path: reason", relative to dir; that is not an error.
func (w *Writer) Remove(dir string, claim Claim) (left []string, err error) {
	if _, err := prepare(claim, nil); err != nil {
		return nil, explain(dir, err)
	}
	root, leave, err := w.enter(dir, false)
	defer leave()
	var refused *RefusedError
	if errors.As(err, &refused) {
		return []string{".: " + refused.Reason}, nil
	}
	if err != nil || root == nil {
		return nil, err
	}
	s, err := newSurvey(root, claim)
	if err != nil {
		return nil, explain(dir, err)
	}
	if s.marker == nil || s.marker.Owner != claim.Owner {
		reason, err := s.notOwned()
		return nonEmpty(reason), explain(dir, err)
	}
	if left, err = s.clear(newChanges(w.disk, root)); err != nil {
		return left, explain(dir, err)
	}
	return append(left, nonEmpty(w.removeTop(dir, root))...), nil
}

func nonEmpty(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// notOwned says why nothing is removed. A directory that is unmarked and as good
// as empty is not worth a word.
func (s *survey) notOwned() (reason string, err error) {
	if s.marker != nil {
		return ".: another bundle owns the directory now, nothing was removed", nil
	}
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return "", fmt.Errorf("listing %q: %w", ".", err)
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !isKeeper(e) }) {
		return "", nil
	}
	return fmt.Sprintf(".: the directory has no %s, nothing was removed", MarkerName), nil
}

// clear removes the files of the ledger, then the marker.
func (s *survey) clear(c *changes) (left []string, err error) {
	names := s.ledger.paths()
	if err := c.sweep(names...); err != nil {
		return nil, err
	}
	for _, name := range names {
		_, sum, err := inspect(s.root, name)
		if err != nil {
			return nil, err
		}
		if !s.ledger.wrote(name, sum) {
			continue
		}
		if err := c.remove(name); err != nil {
			return nil, err
		}
	}
	if err := c.prune(names); err != nil {
		return nil, err
	}
	left, err = s.remains()
	if err != nil {
		return nil, err
	}
	if err := c.sync(); err != nil {
		return left, err
	}
	if err := c.remove(MarkerName); err != nil {
		return left, err
	}
	return left, c.sync()
}

// remains lists what is left in the directory: changed files of the bundle and
// foreign entries. A foreign directory is listed as one, not its content.
func (s *survey) remains() (left []string, err error) {
	for _, dir := range append(dirsOf(s.ledger.paths()), ".") {
		info, err := lookup(s.root, dir)
		if err != nil {
			return nil, err
		}
		if info == nil || !info.IsDir() {
			continue
		}
		entries, err := fs.ReadDir(s.root.FS(), dir)
		if err != nil {
			return nil, fmt.Errorf("listing %q: %w", dir, err)
		}
		for _, entry := range entries {
			left = append(left, nonEmpty(s.remain(path.Join(dir, entry.Name()), entry))...)
		}
	}
	slices.Sort(left)
	return left, nil
}

func (s *survey) remain(name string, entry fs.DirEntry) string {
	switch {
	case name == MarkerName || isKeeper(entry):
		return ""
	case entry.IsDir() && slices.Contains(dirsOf(s.ledger.paths()), name):
		return "" // listed by its entries
	case s.ledger[name] != nil:
		return changedSince(name)
	case entry.IsDir():
		return name + "/: not part of the bundle"
	}
	return name + ": not part of the bundle"
}

// removeTop removes the output directory once it is empty and says why it
// stays. A mount point or a link that the user made is not an error.
func (w *Writer) removeTop(dir string, root *os.Root) (reason string) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err == nil && len(entries) > 0 {
		return "" // its entries have been reported, or are to stay
	}
	if info, err := os.Lstat(filepath.Clean(dir)); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return ".: the directory is reached through a symbolic link"
	}
	// Windows removes no directory that is open.
	if err := errors.Join(err, root.Close()); err != nil {
		return fmt.Sprintf(".: the empty directory stays: %v", err)
	}
	if err := w.disk.RemoveDir(dir); err != nil && !isMissing(err) {
		return fmt.Sprintf(".: the empty directory stays: %v", err)
	}
	return ""
}
