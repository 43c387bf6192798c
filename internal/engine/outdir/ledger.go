// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"maps"
	"os"
	"slices"
)

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
	return &survey{root: root, marker: m, ledger: known}, nil
}
