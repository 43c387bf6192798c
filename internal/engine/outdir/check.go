// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"os"
	"slices"
)

// Check reports whether Write may act on dir with this claim; it writes nothing.
// Accepted are a directory that is missing or empty, one whose marker names
// claim.Owner (edited and missing files are drift that Write repairs), one
// without a marker that holds nothing but unmodified files of claim.Files, and,
// for a claim without an owner, one that another owner marked and whose listed
// files are unmodified or missing. Everything else is a *RefusedError.
//
// Given the wanted files, Check also refuses where one of them would need the
// place of something that no bundle wrote.
func (w *Writer) Check(dir string, claim Claim, wanted ...File) error {
	_, err := w.Preview(dir, claim, wanted)
	return err
}

// Preview is what Write would do.
type Preview struct {
	// Written, Removed and Left are as in Result.
	Written, Removed, Left []string
	// Complete says that the directory holds exactly these files and that its
	// marker says so: there is no need to call Write.
	Complete bool
}

// Preview decides as Write does and writes nothing. Where Write would refuse the
// directory, so does Preview.
func (w *Writer) Preview(dir string, claim Claim, files []File) (Preview, error) {
	wanted, err := prepare(claim, files)
	if err != nil {
		return Preview{}, explain(dir, err)
	}
	root, leave, err := w.enter(dir, false)
	defer leave()
	if err != nil {
		return Preview{}, err
	}
	if root == nil {
		return previewMissing(wanted), nil
	}
	j, err := newJob(root, claim, wanted)
	if err != nil {
		return Preview{}, explain(dir, err)
	}
	return Preview{Written: j.differs, Removed: j.doomed, Left: j.left, Complete: j.complete()}, nil
}

func previewMissing(wanted []wantedFile) Preview {
	var p Preview
	for _, file := range wanted {
		p.Written = append(p.Written, file.Path)
	}
	return p
}

// Observe reports, of the paths named in the marker and in the known maps
// (path -> anything), those that are there as regular files, path -> sha256.
// A symbolic link or a directory in the place of a file or of a parent counts
// as missing, and so does everything in a directory that is missing. Foreign
// files are not listed, a marker that cannot be understood is passed over, and
// nothing is written.
func (w *Writer) Observe(dir string, known ...map[string]string) (map[string]string, error) {
	root, leave, err := w.enter(dir, false)
	defer leave()
	present := map[string]string{}
	switch {
	case isRefused(err) || err == nil && root == nil:
		return present, nil
	case err != nil:
		return nil, err
	}
	m, err := readMarker(root)
	if err != nil && !isRefused(err) {
		return nil, explain(dir, err)
	}
	if m != nil {
		known = append(slices.Clone(known), m.Files, m.Pending)
	}
	names := ledger{}
	for _, files := range known {
		names.add(files)
	}
	for name := range names {
		if err := validatePath(name); err != nil {
			return nil, explain(dir, err)
		}
		_, sum, err := inspect(root, name)
		if err != nil {
			return nil, explain(dir, err)
		}
		if sum != "" {
			present[name] = sum
		}
	}
	return present, nil
}

// ReadFiles returns the content of the files that the marker of a directory names and
// that are there, by path; none for a directory without a marker.
func (w *Writer) ReadFiles(dir string) (map[string][]byte, error) {
	present, err := w.Observe(dir)
	if err != nil || len(present) == 0 {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	files := map[string][]byte{}
	for name := range present {
		if files[name], err = root.ReadFile(name); err != nil {
			return nil, explain(dir, err)
		}
	}
	return files, nil
}
