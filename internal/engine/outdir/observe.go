// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"slices"
)

// Observe reports, of the paths named in the marker and in the known maps
// (path -> anything), those that are there as regular files, path -> sha256.
// A symbolic link or a directory in the place of a file or of a parent counts
// as missing, and so does everything in a directory that is missing. Foreign
// files are not listed, a marker that cannot be understood is passed over, and
// nothing is written.
func (w *Writer) Observe(dir string, known ...map[string]string) (map[string]string, error) {
	unlock, err := w.lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	present := map[string]string{}
	root, err := open(dir)
	if isRefused(err) || (err == nil && root == nil) {
		return present, nil
	}
	if err != nil {
		return nil, err
	}
	defer release(root)
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

func isRefused(err error) bool {
	var refused *RefusedError
	return errors.As(err, &refused)
}
