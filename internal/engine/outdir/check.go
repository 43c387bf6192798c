// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"io/fs"
	"os"
)

// Check tells whether Write may act on dir with this claim; it writes nothing.
// Accepted are a directory that is missing or empty, one whose marker names
// claim.Owner (edited and missing files are drift that Write repairs), one
// without a marker that holds nothing but unmodified files of claim.Files, and,
// for a claim without an owner, one that another owner marked and whose listed
// files are unmodified or missing. Everything else is a *RefusedError.
//
// Given the wanted files, Check also refuses where one of them would need the
// place of something that no bundle wrote.
func (w *Writer) Check(dir string, claim Claim, wanted ...File) error {
	files, err := prepare(claim, wanted)
	if err != nil {
		return explain(dir, err)
	}
	unlock, err := w.lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	root, err := open(dir)
	if err != nil || root == nil {
		return err
	}
	defer release(root)
	_, err = newJob(root, claim, files)
	return explain(dir, err)
}

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
		info, sum, err := inspect(s.root, name)
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

// admitUnmarked accepts directories, temporary files that a killed run left,
// and unmodified files of the ledger: a checkout without the marker.
func (s *survey) admitUnmarked() error {
	return fs.WalkDir(s.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("listing %q: %w", name, err)
		}
		if entry.IsDir() || (isTemp(name) && entry.Type().IsRegular()) {
			return nil
		}
		_, sum, err := inspect(s.root, name)
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
