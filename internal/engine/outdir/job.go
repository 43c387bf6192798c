// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"cmp"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
)

// wantedFile is a File with the sha256 of its content.
type wantedFile struct {
	File
	sum string
}

// prepare validates a request and returns its files sorted by path.
func prepare(claim Claim, files []File) ([]wantedFile, error) {
	if err := validateSums(claim.Files); err != nil {
		return nil, err
	}
	names := make([]string, len(files))
	wanted := make([]wantedFile, len(files))
	for i, file := range files {
		names[i] = file.Path
		wanted[i] = wantedFile{File: file, sum: sumOf(file.Content)}
	}
	if err := validateSet(names); err != nil {
		return nil, err
	}
	slices.SortFunc(wanted, func(a, b wantedFile) int { return cmp.Compare(a.Path, b.Path) })
	return wanted, nil
}

// job is what there is to do to make a directory hold the wanted files.
type job struct {
	*survey
	owner  string
	wanted []wantedFile
	sums   map[string]string // path -> sha256 of wanted
	// kept has the files on disk whose content a bundle wrote, path -> sha256.
	kept map[string]string
	// gone has known files that are missing and no longer wanted. The marker
	// of the write under way lists them still, so that the directories they
	// were in are emptied even by the run after a killed one.
	gone map[string]string
	// doomed are unmodified and no longer wanted, left changed and no longer
	// wanted, differs missing, changed or not executable.
	doomed, left, differs []string
}

// newJob refuses where the claim gives no right to the directory, or where
// something foreign is in the way.
func newJob(root *os.Root, claim Claim, wanted []wantedFile) (*job, error) {
	known, err := newSurvey(root, claim)
	if err != nil {
		return nil, err
	}
	if err := known.admit(claim); err != nil {
		return nil, err
	}
	j := &job{
		survey: known,
		owner:  claim.Owner,
		wanted: wanted,
		sums:   map[string]string{},
		kept:   map[string]string{},
		gone:   map[string]string{},
	}
	for _, file := range wanted {
		j.sums[file.Path] = file.sum
		if err := j.compare(file); err != nil {
			return nil, err
		}
	}
	if err := j.sortOut(); err != nil {
		return nil, err
	}
	return j, j.findObstacles()
}

func (j *job) compare(file wantedFile) error {
	info, sum, err := j.inspect(file.Path)
	if err != nil {
		return err
	}
	if sum == file.sum || j.ledger.wrote(file.Path, sum) {
		j.kept[file.Path] = sum
	}
	if sum != file.sum || lacksMode(file, info) {
		j.differs = append(j.differs, file.Path)
	}
	return nil
}

// lacksMode is about files that should be executable and are not; other bits
// are the user's, and Windows has none.
func lacksMode(file wantedFile, info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && file.Executable && info.Mode()&0o100 == 0
}

// sortOut decides what happens to known files that are no longer wanted.
func (j *job) sortOut() error {
	for _, name := range j.unwanted() {
		info, sum, err := j.inspect(name)
		if err != nil {
			return err
		}
		switch {
		case info == nil || info.IsDir():
			j.gone[name] = j.ledger[name][0]
		case j.ledger.wrote(name, sum):
			j.kept[name] = sum
			j.doomed = append(j.doomed, name)
		default:
			j.left = append(j.left, changedSince(name))
		}
	}
	return nil
}

func changedSince(name string) string {
	return name + ": changed since it was written"
}

// unwanted lists the known files that are not among the wanted ones.
func (j *job) unwanted() []string {
	return slices.DeleteFunc(j.ledger.paths(), func(name string) bool {
		return j.sums[name] != ""
	})
}

// complete says that the directory is as wanted and that its marker says so.
func (j *job) complete() bool {
	return len(j.differs) == 0 && j.marker != nil && len(j.marker.Pending) == 0 && maps.Equal(j.marker.Files, j.sums)
}

// done says that nothing is to be written, not even another owner.
func (j *job) done() bool { return j.owner != "" && j.complete() }

// ledger lists by path every content (sha256) that a bundle is known to have
// put there: by the marker, by what it was about to write, by a claim. A file
// with one of these contents is unmodified.
type ledger map[string][]string

func (l ledger) add(files map[string]string) {
	for name, sum := range files {
		l[name] = append(l[name], sum)
	}
}

func (l ledger) wrote(name, sum string) bool {
	return slices.Contains(l[name], sum)
}

func (l ledger) paths() []string {
	return slices.Sorted(maps.Keys(l))
}

// survey is what marker and claim say about a directory.
type survey struct {
	root   *os.Root
	marker *marker // nil where the directory has none
	ledger ledger
	seen   map[string]content // by path
}

// content is what inspect returns.
type content struct {
	info fs.FileInfo
	sum  string
}

// inspect looks at each file once.
func (s *survey) inspect(name string) (fs.FileInfo, string, error) {
	if c, ok := s.seen[name]; ok {
		return c.info, c.sum, nil
	}
	info, sum, err := inspect(s.root, name)
	if err == nil {
		s.seen[name] = content{info, sum}
	}
	return info, sum, err
}

func newSurvey(root *os.Root, claim Claim) (*survey, error) {
	m, err := readMarker(root)
	if err != nil {
		return nil, err
	}
	known := ledger{}
	if m != nil {
		known.add(m.Files)
		known.add(m.Pending)
	}
	known.add(claim.Files)
	return &survey{root: root, marker: m, ledger: known, seen: map[string]content{}}, nil
}
