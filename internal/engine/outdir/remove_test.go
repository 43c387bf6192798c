// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRemove(t *testing.T) {
	t.Parallel()
	const values = "gpu-operator/values.yaml"
	tests := map[string]struct {
		missing string
		drift   map[string]string
		want    map[string]string // nil: the directory is gone
		left    []string
	}{
		"unmodified": {},
		"missing":    {missing: "gpu-operator"},
		"edited": {
			drift: map[string]string{values: "edited"},
			want:  map[string]string{values: "edited"},
			left:  []string{values + ": changed since it was written"},
		},
		"link in a file's place": {
			drift: map[string]string{values: "-> x"},
			want:  map[string]string{values: "-> x"},
			left:  []string{values + ": changed since it was written"},
		},
		"link in a directory's place": {
			missing: "network-operator",
			drift:   map[string]string{"other/values.yaml": bundle()["network-operator/values.yaml"], "network-operator": "-> other"},
			want:    map[string]string{"other/values.yaml": bundle()["network-operator/values.yaml"], "network-operator": "-> other"},
			left:    []string{"network-operator: not part of the bundle", "other/: not part of the bundle"},
		},
		"foreign files": {
			drift: map[string]string{"notes.txt": "mine", "gpu-operator/b/c": "c", "empty/": ""},
			want:  map[string]string{"notes.txt": "mine", "gpu-operator/b/c": "c", "empty/": ""},
			left:  []string{"empty/: not part of the bundle", "gpu-operator/b/: not part of the bundle", "notes.txt: not part of the bundle"},
		},
		"files that keep directories": {
			drift: map[string]string{".gitkeep": "", ".gitignore": "*", "gpu-operator/.DS_Store": "x"},
			want:  map[string]string{".gitkeep": "", ".gitignore": "*", "gpu-operator/.DS_Store": "x"},
		},
		"left by a killed run": {drift: map[string]string{"gpu-operator/.values.yaml.eidos-tmp": "half", "..eidos-bundle.json.eidos-tmp": "half"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), filepath.Join(t.TempDir(), "out")
			claim, _ := write(t, w, dir, Claim{}, bundle())
			if test.missing != "" {
				noError(t, os.RemoveAll(filepath.Join(dir, test.missing)))
			}
			plant(t, dir, test.drift)
			left, err := w.Remove(dir, claim)
			noError(t, err)
			equal(t, "left", left, test.left)
			equal(t, "directory", tree(t, dir), test.want)
			if hasMarker(t, dir) {
				t.Error("the marker is still there")
			}
		})
	}
}

func TestRemoveNotOwned(t *testing.T) {
	t.Parallel()
	claim := Claim{Owner: "me", Files: sums(bundle())}
	tests := map[string]struct {
		entries map[string]string
		left    []string
	}{
		"missing":       {},
		"empty":         {entries: map[string]string{"out/": ""}},
		"no marker":     {entries: map[string]string{"out/gpu-operator/values.yaml": bundle()["gpu-operator/values.yaml"]}, left: []string{".: the directory has no .eidos-bundle.json, nothing was removed"}},
		"other's":       {entries: map[string]string{"out/" + MarkerName: `{"version":1,"owner":"other","files":{}}`}, left: []string{".: another bundle owns the directory now, nothing was removed"}},
		"not directory": {entries: map[string]string{"out": "-> nowhere"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, base := NewWriter(), t.TempDir()
			dir := filepath.Join(base, "out")
			if name == "not directory" {
				test.left = []string{`.: "` + dir + `" is a file, or a symbolic link that leads to no directory`}
			}
			plant(t, base, test.entries)
			before := tree(t, base)
			left, err := w.Remove(dir, claim)
			noError(t, err)
			equal(t, "left", left, test.left)
			equal(t, "directory", tree(t, base), before)
		})
	}
}

func TestRemoveWithoutOwner(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	write(t, w, dir, Claim{}, bundle())
	left, err := w.Remove(dir, Claim{Files: sums(bundle())})
	noError(t, err)
	equal(t, "left", left, []string{".: another bundle owns the directory now, nothing was removed"})
	equal(t, "directory", tree(t, dir), bundle())
}

func TestRemoveRefuses(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"broken": "{", "newer": `{"version":9}`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			claim, _ := write(t, w, dir, Claim{}, bundle())
			plant(t, dir, map[string]string{MarkerName: content})
			_, err := w.Remove(dir, claim)
			refusal(t, err, MarkerName)
			equal(t, "directory", tree(t, dir), bundle())
		})
	}
	_, err := NewWriter().Remove(t.TempDir(), Claim{Files: map[string]string{"../x": ""}})
	mentions(t, err, `"../x"`)
}

func TestRemoveKeepsLinkedDirectory(t *testing.T) {
	t.Parallel()
	w, base := NewWriter(), t.TempDir()
	plant(t, base, map[string]string{"real/": "", "out": "-> real"})
	for _, dir := range []string{filepath.Join(base, "out"), filepath.Join(base, "out") + "/"} {
		claim, _ := write(t, w, dir, Claim{}, bundle())
		left, err := w.Remove(dir, claim)
		noError(t, err)
		equal(t, "left", left, []string{".: the directory is reached through a symbolic link"})
		equal(t, "directory", tree(t, base), map[string]string{"real/": "", "out": "-> real"})
	}
}
