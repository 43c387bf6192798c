// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	files := bundle()
	own := Claim{Owner: "me", Files: sums(files)}
	tests := map[string]struct {
		claim   Claim
		marker  *marker
		entries map[string]string
	}{
		"empty":                            {claim: Claim{}},
		"empty, for an owner":              {claim: own},
		"left by a killed create":          {entries: map[string]string{"..eidos-bundle.json.eidos-tmp": `{"vers`, "a/.x.eidos-tmp": "half"}},
		"empty directories":                {entries: map[string]string{"gpu-operator/manifests/": ""}},
		"own, unmodified":                  {claim: own, marker: &marker{Owner: "me", Files: sums(files)}, entries: files},
		"own, edited":                      {claim: own, marker: &marker{Owner: "me", Files: sums(files)}, entries: with(files, map[string]string{"gpu-operator/values.yaml": "edited"})},
		"files that keep directories":      {entries: map[string]string{".gitkeep": "", ".gitignore": "*", ".DS_Store": "x", "a/.gitkeep": ""}},
		"own, foreign file next to it":     {claim: own, marker: &marker{Owner: "me", Files: sums(files)}, entries: with(files, map[string]string{"notes.txt": "mine"})},
		"other's, unmodified":              {marker: &marker{Owner: "other", Files: sums(files)}, entries: files},
		"other's, missing":                 {marker: &marker{Owner: "other", Files: sums(files)}, entries: without(files, "gpu-operator/values.yaml")},
		"other's, foreign file next to it": {marker: &marker{Owner: "other", Files: sums(files)}, entries: with(files, map[string]string{"notes.txt": "mine"})},
		"other's, killed in the middle":    {marker: &marker{Owner: "other", Files: map[string]string{"a": sumOf([]byte("old")), "b": sumOf([]byte("old"))}, Pending: map[string]string{"a": sumOf([]byte("new")), "b": sumOf([]byte("new"))}}, entries: map[string]string{"a": "old", "b": "new"}},
		"checkout without marker":          {claim: own, entries: files},
		"part of a checkout, no marker":    {claim: own, entries: without(files, "gpu-operator/values.yaml")},
		"checkout without marker or owner": {claim: Claim{Files: sums(files)}, entries: files},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			plantMarker(t, dir, test.marker)
			plant(t, dir, test.entries)
			before := tree(t, dir)
			noError(t, w.Check(dir, test.claim))
			equal(t, "directory after Check", tree(t, dir), before)
			_, err := w.Write(dir, test.claim, text(files))
			noError(t, err)
		})
	}
}

func plantMarker(tb testing.TB, dir string, m *marker) {
	tb.Helper()
	if m == nil {
		return
	}
	m.Version = markerVersion
	content, err := m.encode()
	noError(tb, err)
	plant(tb, dir, map[string]string{MarkerName: string(content)})
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	files := bundle()
	own := Claim{Owner: "me", Files: sums(files)}
	const values = "gpu-operator/values.yaml"
	tests := map[string]struct {
		claim   Claim
		marker  *marker
		entries map[string]string
		path    string
		words   string
	}{
		"foreign file":              {entries: map[string]string{"notes.txt": "mine"}, path: "notes.txt", words: "choose an empty or a new directory"},
		"foreign file further down": {entries: map[string]string{"a/b/notes.txt": "mine"}, path: "a/b/notes.txt", words: "a/b/notes.txt"},
		"link named like a keeper":  {entries: map[string]string{".gitkeep": "-> nowhere"}, path: ".gitkeep", words: "did not write"},
		"foreign link":              {entries: map[string]string{"link": "-> nowhere"}, path: "link", words: "did not write"},
		"link that looks temporary": {entries: map[string]string{".x.eidos-tmp": "-> nowhere"}, path: ".x.eidos-tmp", words: "did not write"},
		"no marker, foreign file":   {claim: own, entries: with(files, map[string]string{"notes.txt": "mine"}), path: "notes.txt", words: "did not write"},
		"no marker, edited file":    {claim: own, entries: with(files, map[string]string{values: "edited"}), path: values, words: "has been changed since it was written; restore or remove that file"},
		"no marker, no claim":       {entries: files, path: "gpu-operator/manifests/clusterpolicy.yaml", words: "did not write"},
		"other's, edited":           {marker: &marker{Owner: "other", Files: sums(files)}, entries: with(files, map[string]string{values: "edited"}), path: values, words: "has been changed since"},
		"other's, replaced by link": {marker: &marker{Owner: "other", Files: sums(files)}, entries: with(files, map[string]string{values: "-> x"}), path: values, words: "has been changed since"},
		"other's, for an owner":     {claim: own, marker: &marker{Owner: "other", Files: sums(files)}, entries: files, path: MarkerName, words: "another bundle owns it now"},
		"broken marker":             {claim: own, entries: map[string]string{MarkerName: "{"}, path: MarkerName, words: "restore that file"},
		"newer marker":              {claim: own, entries: map[string]string{MarkerName: `{"version":2,"new":true}`}, path: MarkerName, words: "upgrade eidos"},
		"marker is a link":          {claim: own, entries: map[string]string{MarkerName: "-> x", "x": "{}"}, path: MarkerName, words: "not a regular file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			plantMarker(t, dir, test.marker)
			plant(t, dir, test.entries)
			before := tree(t, dir)
			refusal(t, w.Check(dir, test.claim), test.path, fmt.Sprintf("%q", dir), test.words)
			result, err := w.Write(dir, test.claim, text(files))
			refusal(t, err, test.path, test.words)
			equal(t, "result", result, Result{})
			equal(t, "directory", tree(t, dir), before)
		})
	}
}

// TestPlace is about what stands in the place of the directory itself.
func TestPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entries map[string]string
		dir     string
		words   string // empty: accepted
	}{
		"missing":                {dir: "out"},
		"missing with parents":   {dir: "a/b/out"},
		"empty path":             {dir: "", words: "its path is empty"},
		"file":                   {entries: map[string]string{"out": "x"}, dir: "out", words: `out" is a file`},
		"parent is a file":       {entries: map[string]string{"a": "x"}, dir: "a/b/out", words: `a" is a file`},
		"link to nowhere":        {entries: map[string]string{"out": "-> nowhere"}, dir: "out", words: "leads to no directory"},
		"parent link to nowhere": {entries: map[string]string{"a": "-> nowhere"}, dir: "a/out", words: "leads to no directory"},
		"link to a directory":    {entries: map[string]string{"real/": "", "out": "-> real"}, dir: "out"},
		"link to itself":         {entries: map[string]string{"out": "-> out"}, dir: "out", words: "out"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, base := NewWriter(), t.TempDir()
			plant(t, base, test.entries)
			dir := test.dir
			if dir != "" {
				dir = filepath.Join(base, dir)
			}
			err := w.Check(dir, Claim{})
			_, writeErr := w.Write(dir, Claim{}, text(bundle()))
			if test.words == "" {
				noError(t, err)
				noError(t, writeErr)
				equal(t, "directory", tree(t, dir+string(os.PathSeparator)), bundle())
				return
			}
			mentions(t, err, test.words)
			mentions(t, writeErr, test.words)
			if test.entries != nil {
				equal(t, "entries", tree(t, base), test.entries)
			}
		})
	}
}
