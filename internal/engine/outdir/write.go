// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"cmp"
	"crypto/rand"
	"maps"
)

// Write makes dir hold exactly these files of this bundle, after the same
// decision as Check. It makes the directory where it is missing, writes the
// files that are missing or different at that moment, and removes unmodified
// files that the bundle no longer wants, with the directories they leave empty.
// Nothing at all is written when nothing differs.
//
// A claim without an owner gets a new one: remember Result.Owner and
// Result.Files as the next Claim, also after an error that comes with an owner.
func (w *Writer) Write(dir string, claim Claim, files []File) (Result, error) {
	wanted, err := prepare(claim, files)
	if err != nil {
		return Result{}, explain(dir, err)
	}
	root, leave, err := w.enter(dir, true)
	defer leave()
	if err != nil {
		return Result{}, err
	}
	j, err := newJob(root, claim, wanted)
	if err != nil {
		return Result{}, explain(dir, err)
	}
	result, err := j.run(newChanges(w.disk, root))
	return result, explain(dir, err)
}

func (j *job) run(c *changes) (Result, error) {
	result := Result{Files: maps.Clone(j.kept), Left: j.left}
	if j.marker != nil && j.marker.Owner == j.owner {
		result.Owner = j.owner
	}
	if !j.done() {
		if err := j.checkAccess(); err != nil {
			return result, err
		}
	}
	if err := c.sweep(j.everyName()...); err != nil || j.done() {
		return result, err
	}
	owner := cmp.Or(j.owner, rand.Text())
	if err := c.putMarker(j.pendingMarker(owner)); err != nil {
		return result, err
	}
	result.Owner = owner
	if err := j.removeDoomed(c, &result); err != nil {
		return result, err
	}
	if err := j.writeWanted(c, &result); err != nil {
		return result, err
	}
	return result, c.putMarker(marker{Version: markerVersion, Owner: owner, Files: j.sums})
}

// everyName is every file that this or an earlier run may have been writing.
func (j *job) everyName() []string {
	names := j.unwanted()
	for _, file := range j.wanted {
		names = append(names, file.Path)
	}
	return names
}

// pendingMarker describes the directory at every moment until the last write.
func (j *job) pendingMarker(owner string) marker {
	files := maps.Clone(j.kept)
	maps.Copy(files, j.gone)
	return marker{Version: markerVersion, Owner: owner, Files: files, Pending: j.sums}
}

// removeDoomed goes first: a file may give way to a directory, a directory to
// a file, and a name to one that differs in case only.
func (j *job) removeDoomed(c *changes, result *Result) error {
	for _, name := range j.doomed {
		if err := c.remove(name); err != nil {
			return err
		}
		delete(result.Files, name)
		result.Removed = append(result.Removed, name)
	}
	return c.prune(j.unwanted())
}

func (j *job) writeWanted(c *changes, result *Result) error {
	for _, file := range j.wanted {
		info, sum, err := inspect(j.root, file.Path)
		if err != nil {
			return err
		}
		if sum == file.sum && !lacksMode(file, info) {
			continue
		}
		if err := c.put(file.File); err != nil {
			return err
		}
		result.Files[file.Path] = file.sum
		result.Written = append(result.Written, file.Path)
	}
	return c.sync()
}
