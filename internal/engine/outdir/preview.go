// SPDX-License-Identifier: Apache-2.0

package outdir

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
	unlock, err := w.lock(dir)
	if err != nil {
		return Preview{}, err
	}
	defer unlock()
	root, err := open(dir)
	if err != nil {
		return Preview{}, err
	}
	if root == nil {
		return previewMissing(wanted), nil
	}
	defer release(root)
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
