// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPreviewIsWhatWriteDoes(t *testing.T) {
	t.Parallel()
	before := map[string]string{"a/values.yaml": "old", "a/gone.yaml": "x", "b/same.yaml": "same"}
	after := text(map[string]string{"a/values.yaml": "new", "b/same.yaml": "same", "c/new.sh": "#"})
	for name, prepare := range map[string]func(dir string){
		"missing": func(string) {},
		"own": func(dir string) {
			write(t, NewWriter(), dir, Claim{}, before)
		},
		"edited and no longer wanted": func(dir string) {
			write(t, NewWriter(), dir, Claim{}, before)
			plant(t, dir, map[string]string{"a/gone.yaml": "edited"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "out")
			prepare(dir)
			untouched := tree(t, dir)
			w := NewWriter()
			preview, previewErr := w.Preview(dir, Claim{}, after)
			if diff := cmp.Diff(untouched, tree(t, dir)); diff != "" {
				t.Errorf("the preview changed the directory (-before +after):\n%s", diff)
			}
			result, err := w.Write(dir, Claim{}, after)
			if (previewErr == nil) != (err == nil) {
				t.Fatalf("the preview says %v, the write %v", previewErr, err)
			}
			if err != nil {
				return
			}
			want := Preview{Written: result.Written, Removed: result.Removed, Left: result.Left}
			if diff := cmp.Diff(want, preview); diff != "" {
				t.Errorf("(-write +preview):\n%s", diff)
			}
		})
	}
}

func TestPreviewComplete(t *testing.T) {
	t.Parallel()
	contents := map[string]string{"a/values.yaml": "v"}
	dir := t.TempDir()
	write(t, NewWriter(), dir, Claim{}, contents)
	preview, err := NewWriter().Preview(dir, Claim{}, text(contents))
	noError(t, err)
	if diff := cmp.Diff(Preview{Complete: true}, preview); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPreviewRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	plant(t, dir, map[string]string{"notes.txt": "mine"})
	for name, preview := range map[string]func() error{
		"foreign content": func() error { _, err := NewWriter().Preview(dir, Claim{}, nil); return err },
		"a file":          func() error { _, err := NewWriter().Preview(filepath.Join(dir, "notes.txt"), Claim{}, nil); return err },
		"no path":         func() error { _, err := NewWriter().Preview("", Claim{}, nil); return err },
	} {
		if err := preview(); !isRefused(err) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	if _, err := NewWriter().Preview(dir, Claim{}, text(map[string]string{"../x": ""})); err == nil {
		t.Error("a path outside the directory is accepted")
	}
}
