// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestWriteCreates(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "out")
	claim, result := write(t, NewWriter(), dir, Claim{}, bundle())

	equal(t, "directory", tree(t, dir), bundle())
	if len(claim.Owner) < 26 {
		t.Errorf("owner %q, want 128 random bits as text", claim.Owner)
	}
	equal(t, "Written", result.Written, []string{
		"gpu-operator/manifests/clusterpolicy.yaml",
		"gpu-operator/scripts/install.sh",
		"gpu-operator/values.yaml",
		"network-operator/values.yaml",
	})
	equal(t, "Removed", result.Removed, []string(nil))
	equal(t, "Left", result.Left, []string(nil))
}

func TestWriteSetsModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // has no such modes
	}
	w, dir := NewWriter(), t.TempDir()
	claim, _ := write(t, w, dir, Claim{}, bundle())
	script := filepath.Join(dir, "gpu-operator/scripts/install.sh")
	isExecutable := func(at string) bool {
		info, err := os.Stat(at)
		noError(t, err)
		return info.Mode()&0o100 != 0
	}
	if !isExecutable(script) || isExecutable(filepath.Join(dir, "gpu-operator/values.yaml")) {
		t.Error("want the script executable and the values not")
	}

	noError(t, os.Chmod(script, 0o600))
	_, result := write(t, w, dir, claim, bundle())
	equal(t, "Written", result.Written, []string{"gpu-operator/scripts/install.sh"})
	if !isExecutable(script) {
		t.Error("a script that lost its mode is not executable again")
	}
}

func TestWriteMarker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, NewWriter(), dir, Claim{Owner: "0123"}, map[string]string{"b/&.yaml": "b", "a.yaml": "a"})
	got, err := os.ReadFile(filepath.Join(dir, MarkerName))
	noError(t, err)
	equal(t, "marker", string(got), `{
  "version": 1,
  "owner": "0123",
  "files": {
    "a.yaml": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    "b/&.yaml": "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
  }
}
`)
}

// TestWriteChangesNothing counts every mutation, so that not even a marker or
// a directory is touched.
func TestWriteChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, counter := faultyWriter(never)
	claim, _ := write(t, w, dir, Claim{}, bundle())
	before := counter.steps
	next, result := write(t, w, dir, claim, bundle())
	equal(t, "mutations", counter.steps, before)
	equal(t, "claim", next, claim)
	equal(t, "Written", result.Written, []string(nil))
}

func TestWriteUpdates(t *testing.T) {
	t.Parallel()
	base := bundle()
	tests := map[string]struct {
		drift   map[string]string // planted between the two writes
		missing string            // removed between the two writes
		want    map[string]string
		result  Result // without Owner and Files
		foreign map[string]string
	}{
		"added, changed, removed": {
			want: with(without(base, "gpu-operator/manifests/clusterpolicy.yaml"), map[string]string{
				"gpu-operator/values.yaml": "driver: 590\n", "extra/x.yaml": "x",
			}),
			result: Result{
				Written: []string{"extra/x.yaml", "gpu-operator/values.yaml"},
				Removed: []string{"gpu-operator/manifests/clusterpolicy.yaml"},
			},
		},
		"edited file is repaired": {
			drift:  map[string]string{"gpu-operator/values.yaml": "edited"},
			want:   base,
			result: Result{Written: []string{"gpu-operator/values.yaml"}},
		},
		"missing file is repaired": {
			missing: "gpu-operator",
			want:    base,
			result: Result{Written: []string{
				"gpu-operator/manifests/clusterpolicy.yaml", "gpu-operator/scripts/install.sh", "gpu-operator/values.yaml",
			}},
		},
		"missing marker is repaired": {missing: MarkerName, want: base},
		"edited and no longer wanted": {
			drift:   map[string]string{"network-operator/values.yaml": "edited"},
			want:    without(base, "network-operator/values.yaml"),
			result:  Result{Left: []string{"network-operator/values.yaml: changed since it was written"}},
			foreign: map[string]string{"network-operator/values.yaml": "edited"},
		},
		"replaced by a link and no longer wanted": {
			drift:   map[string]string{"network-operator/values.yaml": "-> ../gpu-operator/values.yaml"},
			want:    without(base, "network-operator/values.yaml"),
			result:  Result{Left: []string{"network-operator/values.yaml: changed since it was written"}},
			foreign: map[string]string{"network-operator/values.yaml": "-> ../gpu-operator/values.yaml"},
		},
		"missing and no longer wanted": {
			missing: "network-operator/values.yaml",
			want:    without(base, "network-operator/values.yaml"),
		},
		"foreign files stay": {
			drift:   map[string]string{"notes.txt": "mine", "gpu-operator/more/": ""},
			want:    map[string]string{"a": "a"},
			foreign: map[string]string{"notes.txt": "mine", "gpu-operator/more/": ""},
			result: Result{Written: []string{"a"}, Removed: []string{
				"gpu-operator/manifests/clusterpolicy.yaml", "gpu-operator/scripts/install.sh",
				"gpu-operator/values.yaml", "network-operator/values.yaml",
			}},
		},
		"a foreign file that is as wanted becomes ours": {
			drift: map[string]string{"new.yaml": "new"},
			want:  with(base, map[string]string{"new.yaml": "new"}),
		},
		"file becomes directory": {
			want: with(without(base, "network-operator/values.yaml"), map[string]string{"network-operator/values.yaml/x": "x"}),
			result: Result{
				Written: []string{"network-operator/values.yaml/x"},
				Removed: []string{"network-operator/values.yaml"},
			},
		},
		"directory becomes file": {
			drift: map[string]string{"network-operator/.values.yaml.eidos-tmp": "left by a killed run"},
			want:  with(without(base, "network-operator/values.yaml"), map[string]string{"network-operator": "x"}),
			result: Result{
				Written: []string{"network-operator"},
				Removed: []string{"network-operator/values.yaml"},
			},
		},
		"empty directory in the place of a file": {
			missing: "network-operator/values.yaml",
			drift:   map[string]string{"network-operator/values.yaml/": ""},
			want:    base,
			result:  Result{Written: []string{"network-operator/values.yaml"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			claim, _ := write(t, w, dir, Claim{}, base)
			if test.missing != "" {
				noError(t, os.RemoveAll(filepath.Join(dir, test.missing)))
			}
			plant(t, dir, test.drift)

			noError(t, w.Check(dir, claim, text(test.want)...))
			next, result := write(t, w, dir, claim, test.want)
			equal(t, "owner", next.Owner, claim.Owner)
			equal(t, "directory", tree(t, dir), with(test.want, test.foreign))
			test.result.Owner, test.result.Files = result.Owner, result.Files
			equal(t, "result", result, test.result)

			_, again := write(t, w, dir, next, test.want)
			equal(t, "second result", again, Result{Owner: result.Owner, Files: result.Files})
		})
	}
}

func TestWriteReplacesLinkNotTarget(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	victim := filepath.Join(t.TempDir(), "victim")
	plant(t, filepath.Dir(victim), map[string]string{"victim": "precious"})
	claim, _ := write(t, w, dir, Claim{}, bundle())
	plant(t, dir, map[string]string{"gpu-operator/values.yaml": "-> " + victim})

	write(t, w, dir, claim, bundle())
	equal(t, "directory", tree(t, dir), bundle())
	equal(t, "target", tree(t, filepath.Dir(victim)), map[string]string{"victim": "precious"})
}

// TestWriteObstacles wants one more file than there is, in a place that is
// taken; nothing may change.
func TestWriteObstacles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		foreign map[string]string
		missing string
		want    string
		at      string
	}{
		"foreign file":                {foreign: map[string]string{"new": "mine"}, want: "new", at: "new"},
		"foreign link":                {foreign: map[string]string{"new": "-> gpu-operator"}, want: "new", at: "new"},
		"link to a directory":         {foreign: map[string]string{"new": "-> gpu-operator"}, want: "new/x", at: "new"},
		"link to outside":             {foreign: map[string]string{"new": "-> /tmp"}, want: "new/x", at: "new"},
		"file as directory":           {foreign: map[string]string{"new": "mine"}, want: "new/x/y", at: "new"},
		"directory with foreign file": {foreign: map[string]string{"new/mine": "mine"}, want: "new", at: "new/mine"},
		"directory with empty one":    {foreign: map[string]string{"new/a/b/": ""}, want: "new", at: "new/a"},
		"own directory with foreign file": {
			foreign: map[string]string{"network-operator/mine": "mine"}, want: "network-operator", at: "network-operator/mine",
		},
		"edited file as directory": {
			foreign: map[string]string{"network-operator/values.yaml": "edited"},
			want:    "network-operator/values.yaml/x", at: "network-operator/values.yaml",
		},
		"own directory replaced by a link": {
			missing: "network-operator", foreign: map[string]string{"network-operator": "-> gpu-operator"},
			want: "network-operator/new", at: "network-operator",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), t.TempDir()
			claim, _ := write(t, w, dir, Claim{}, bundle())
			if test.missing != "" {
				noError(t, os.RemoveAll(filepath.Join(dir, test.missing)))
			}
			plant(t, dir, test.foreign)
			before := tree(t, dir)
			wanted := text(map[string]string{"aaa": "sorts first", test.want: "new"})

			refusal(t, w.Check(dir, claim, wanted...), test.at, test.at, test.want, "in the way", "move it away")
			result, err := w.Write(dir, claim, wanted)
			refusal(t, err, test.at)
			equal(t, "result", result, Result{})
			equal(t, "directory", tree(t, dir), before)
		})
	}
}

func TestWriteRejectsBadRequest(t *testing.T) {
	t.Parallel()
	good := sumOf(nil)
	tests := map[string]struct {
		claim Claim
		files []File
		words string
	}{
		"path":       {files: []File{{Path: "../x"}}, words: `"../x"`},
		"duplicate":  {files: []File{{Path: "x"}, {Path: "x"}}, words: `"x" and "x"`},
		"too many":   {files: make([]File, filesLimit+1), words: "more than a bundle may have"},
		"claim path": {claim: Claim{Files: map[string]string{"/x": good}}, words: `"/x"`},
		"claim sum":  {claim: Claim{Files: map[string]string{"x": "ABC"}}, words: `"ABC"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := NewWriter(), filepath.Join(t.TempDir(), "out")
			_, err := w.Write(dir, test.claim, test.files)
			mentions(t, err, dir, test.words)
			mentions(t, w.Check(dir, test.claim, test.files...), dir, test.words)
			equal(t, "directory", tree(t, dir), map[string]string(nil))
		})
	}
}

func TestWriteLongestPath(t *testing.T) {
	t.Parallel()
	write(t, NewWriter(), t.TempDir(), Claim{}, map[string]string{strings.Repeat("x", pathLimit): "x"})
}

// TestWriteSaysWhatToDo stands for a read-only directory: permissions do not
// bind every user that runs tests.
func TestWriteSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := NewWriter()
	w.disk = deniedDisk{}
	for name, dir := range map[string]string{"exists": t.TempDir(), "missing": filepath.Join(t.TempDir(), "out")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := w.Write(dir, Claim{}, text(bundle()))
			if !errors.Is(err, os.ErrPermission) {
				t.Errorf("got %v, want a permission error", err)
			}
			mentions(t, err, dir, "let this user read and write it")
			equal(t, "owner", result.Owner, "")
		})
	}
}
