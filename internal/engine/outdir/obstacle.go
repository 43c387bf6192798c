// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

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

// obstacle names what stands in the way of the file, nothing if it is empty.
func (j *job) obstacle(file wantedFile) (at string, err error) {
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
	if j.ledger[file.Path] != nil || j.kept[file.Path] == file.sum {
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
