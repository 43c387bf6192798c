// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// admit decides whether the bundle that makes the claim may have the directory.
func (s *survey) admit(claim Claim) error {
	switch {
	case s.marker == nil:
		return s.admitUnmarked()
	case s.marker.Owner == claim.Owner:
		return nil
	case claim.Owner != "":
		return &RefusedError{
			Dir:    s.root.Name(),
			Path:   MarkerName,
			Reason: "another bundle owns it now",
			Advice: "give each bundle a directory of its own, or move this one's content away to have it written anew",
		}
	}
	return s.admitTakeover()
}

// admitTakeover accepts the directory of another owner as long as nothing that
// somebody changed by hand would be lost.
func (s *survey) admitTakeover() error {
	for _, name := range s.ledger.paths() {
		info, sum, err := s.inspect(name)
		if err != nil {
			return err
		}
		if info == nil || info.IsDir() || s.ledger.wrote(name, sum) {
			continue
		}
		return &RefusedError{
			Dir:    s.root.Name(),
			Path:   name,
			Reason: fmt.Sprintf("another bundle wrote it, and its file %q has been changed since", name),
			Advice: "restore or remove that file, or choose another directory",
		}
	}
	return nil
}

// admitUnmarked accepts directories, files that say nothing of who owns a
// directory, temporary files that a killed run left, and unmodified files of the
// ledger: a checkout without the marker.
func (s *survey) admitUnmarked() error {
	return fs.WalkDir(s.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("listing %q: %w", name, err)
		}
		if entry.IsDir() || (isTemp(name) && entry.Type().IsRegular()) || isKeeper(entry) {
			return nil
		}
		_, sum, err := s.inspect(name)
		if err != nil || s.ledger.wrote(name, sum) {
			return err
		}
		return refuseUnmarked(s.root, name, s.ledger[name] != nil)
	})
}

func refuseUnmarked(root *os.Root, name string, changed bool) error {
	reason, advice := "it has no %s and holds %q, which this bundle did not write", "choose an empty or a new directory, or move its content away"
	if changed {
		reason, advice = "it has no %s and its file %q has been changed since it was written", "restore or remove that file"
	}
	return &RefusedError{
		Dir:    root.Name(),
		Path:   name,
		Reason: fmt.Sprintf(reason, MarkerName, name),
		Advice: advice,
	}
}

// findObstacles refuses before anything is changed where a wanted file needs
// the place of something that no bundle wrote.
func (j *job) findObstacles() error {
	for _, file := range j.wanted {
		at, err := j.obstacle(file)
		if err != nil {
			return err
		}
		if at != "" {
			return &RefusedError{
				Dir:    j.root.Name(),
				Path:   at,
				Reason: fmt.Sprintf("%q is in the way of %q and is not as a bundle wrote it", at, file.Path),
				Advice: "move it away, or choose another directory",
			}
		}
	}
	return nil
}

// checkAccess refuses before anything is changed where this user may not make or
// remove files in one of the directories in which that is to be done.
func (j *job) checkAccess() error {
	for _, dir := range append(dirsOf(slices.Concat(j.differs, j.doomed)), ".") {
		info, err := lookup(j.root, dir)
		if err != nil {
			return err
		}
		if info == nil || !info.IsDir() {
			continue
		}
		if err := writable(j.root, dir); err != nil {
			return fmt.Errorf("files in %q are to be written: %w", dir, err)
		}
	}
	return nil
}

// obstacle names what stands in the way of the file, nothing if it is empty.
func (j *job) obstacle(file wantedFile) (at string, err error) {
	if j.kept[file.Path] == file.sum {
		return "", nil
	}
	for _, dir := range parents(file.Path) {
		info, err := lstat(j.root, dir)
		if err != nil || info == nil || j.isDoomed(dir) {
			return "", err
		}
		if !info.IsDir() {
			return dir, nil
		}
	}
	info, err := lstat(j.root, file.Path)
	if err != nil || info == nil {
		return "", err
	}
	if info.IsDir() {
		return j.firstForeign(file.Path)
	}
	if j.ledger[file.Path] != nil {
		return "", nil
	}
	return file.Path, nil
}

// firstForeign names the first thing below dir that will still be there when
// the files that are no longer wanted are gone.
func (j *job) firstForeign(dir string) (at string, err error) {
	err = fs.WalkDir(j.root.FS(), dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("listing %q: %w", name, err)
		}
		if name == dir || j.isDoomed(name) || (entry.IsDir() && j.emptiesOut(name)) || isTemp(name) {
			return nil
		}
		at = name
		return fs.SkipAll
	})
	return at, err
}

func (j *job) isDoomed(name string) bool {
	return slices.Contains(j.doomed, name)
}

// emptiesOut says whether dir holds a file that is about to be removed, so
// that the directory will be looked at again, and removed if it is empty.
func (j *job) emptiesOut(dir string) bool {
	return slices.ContainsFunc(j.doomed, func(name string) bool {
		return strings.HasPrefix(name, dir+"/")
	})
}
