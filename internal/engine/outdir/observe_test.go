// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"os"
	"path/filepath"
	"testing"
)

func TestObserve(t *testing.T) {
	t.Parallel()
	const values = "gpu-operator/values.yaml"
	tests := map[string]struct {
		drift   map[string]string
		missing []string
		known   map[string]string
		want    map[string]string
	}{
		"unmodified":                  {want: bundle()},
		"edited":                      {drift: map[string]string{values: "edited"}, want: with(bundle(), map[string]string{values: "edited"})},
		"missing":                     {missing: []string{values}, want: without(bundle(), values)},
		"foreign":                     {drift: map[string]string{"notes.txt": "mine"}, want: bundle()},
		"known by the caller":         {drift: map[string]string{"notes.txt": "mine"}, known: map[string]string{"notes.txt": "", "none": ""}, want: with(bundle(), map[string]string{"notes.txt": "mine"})},
		"link in a file's place":      {drift: map[string]string{values: "-> manifests/clusterpolicy.yaml"}, want: without(bundle(), values)},
		"directory in a file's":       {missing: []string{values}, drift: map[string]string{values + "/x": "x"}, want: without(bundle(), values)},
		"link in a directory's":       {missing: []string{"network-operator"}, drift: map[string]string{"network-operator": "-> gpu-operator"}, want: without(bundle(), "network-operator/values.yaml")},
		"file in a directory's":       {missing: []string{"network-operator"}, drift: map[string]string{"network-operator": "x"}, want: without(bundle(), "network-operator/values.yaml")},
		"no marker":                   {missing: []string{MarkerName}, known: map[string]string{values: ""}, want: map[string]string{values: bundle()[values]}},
		"marker not to be understood": {drift: map[string]string{MarkerName: "{"}, known: map[string]string{values: ""}, want: map[string]string{values: bundle()[values]}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			write(t, w, dir, Claim{}, bundle())
			for _, name := range test.missing {
				noError(t, os.RemoveAll(filepath.Join(dir, name)))
			}
			plant(t, dir, test.drift)
			before := tree(t, dir)
			got, err := w.Observe(dir, test.known)
			noError(t, err)
			equal(t, "observed", got, sums(test.want))
			equal(t, "directory", tree(t, dir), before)
		})
	}
}

func TestObserveWithoutDirectory(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	plant(t, base, map[string]string{"file": "x", "link": "-> nowhere"})
	for _, dir := range []string{"none", "file", "file/out", "link"} {
		got, err := NewWriter().Observe(filepath.Join(base, dir), sums(bundle()))
		noError(t, err)
		equal(t, dir, got, map[string]string{})
	}
}

func TestObservePendingFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plantMarker(t, dir, &marker{Owner: "me", Files: map[string]string{}, Pending: sums(map[string]string{"a": "a", "b": "b"})})
	plant(t, dir, map[string]string{"a": "a"})
	got, err := NewWriter().Observe(dir)
	noError(t, err)
	equal(t, "observed", got, sums(map[string]string{"a": "a"}))
}

func TestObserveRejectsBadPath(t *testing.T) {
	t.Parallel()
	_, err := NewWriter().Observe(t.TempDir(), map[string]string{"../x": ""})
	mentions(t, err, `"../x"`)
}
