// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// text makes files of a path -> content map.
func text(contents map[string]string) []File {
	files := []File{}
	for name, content := range contents {
		files = append(files, File{
			Path:       name,
			Content:    []byte(content),
			Executable: strings.HasSuffix(name, ".sh"),
		})
	}
	return files
}

func sums(contents map[string]string) map[string]string {
	result := map[string]string{}
	for name, content := range contents {
		result[name] = sumOf([]byte(content))
	}
	return result
}

// plant puts entries below dir: "a/" is an empty directory, "-> x" a symbolic
// link, everything else the content of a file.
func plant(tb testing.TB, dir string, entries map[string]string) {
	tb.Helper()
	for name, content := range entries {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			noError(tb, os.MkdirAll(at, 0o755))
			continue
		}
		noError(tb, os.MkdirAll(filepath.Dir(at), 0o755))
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			noError(tb, os.RemoveAll(at))
			noError(tb, os.Symlink(target, at))
			continue
		}
		noError(tb, os.WriteFile(at, []byte(content), 0o644))
	}
}

// tree lists what is below dir in the notation of plant, without the marker;
// directories are listed where they are empty. It is nil where dir is missing.
func tree(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	entries := map[string]string{}
	noError(tb, filepath.WalkDir(dir, func(at string, entry fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(dir, at)
		if err := errors.Join(err, relErr); err != nil || name == "." || name == MarkerName {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir():
			inside, err := os.ReadDir(at)
			if len(inside) == 0 {
				entries[name+"/"] = ""
			}
			return err
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(at)
			entries[name] = "-> " + target
			return err
		}
		content, err := os.ReadFile(at)
		entries[name] = string(content)
		return err
	}))
	return entries
}

func hasMarker(tb testing.TB, dir string) bool {
	tb.Helper()
	_, err := os.Lstat(filepath.Join(dir, MarkerName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		tb.Fatal(err)
	}
	return err == nil
}

func noError(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func equal(tb testing.TB, what string, got, want any) {
	tb.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// refusal fails unless err is a RefusedError about path that says these words.
func refusal(tb testing.TB, err error, path string, words ...string) {
	tb.Helper()
	var refused *RefusedError
	if !errors.As(err, &refused) {
		tb.Fatalf("got %v, want a RefusedError", err)
	}
	if refused.Path != path || refused.Advice == "" {
		tb.Errorf("refusal of path %q with advice %q, want path %q and some advice", refused.Path, refused.Advice, path)
	}
	mentions(tb, err, words...)
}

func mentions(tb testing.TB, err error, words ...string) {
	tb.Helper()
	for _, word := range words {
		if err == nil || !strings.Contains(err.Error(), word) {
			tb.Errorf("error %v does not say %q", err, word)
		}
	}
}

// write is a Write that must succeed; it returns the next claim.
func write(tb testing.TB, w *Writer, dir string, claim Claim, contents map[string]string) (Claim, Result) {
	tb.Helper()
	result, err := w.Write(dir, claim, text(contents))
	noError(tb, err)
	equal(tb, "Result.Files", result.Files, sums(contents))
	return Claim{Owner: result.Owner, Files: result.Files}, result
}

func with(contents, more map[string]string) map[string]string {
	result := maps.Clone(contents)
	maps.Copy(result, more)
	return result
}

func without(contents map[string]string, names ...string) map[string]string {
	result := maps.Clone(contents)
	for _, name := range names {
		delete(result, name)
	}
	return result
}

// bundle is the content that most tests write.
func bundle() map[string]string {
	return map[string]string{
		"gpu-operator/values.yaml":                  "driver: 580\n",
		"gpu-operator/manifests/clusterpolicy.yaml": "kind: ClusterPolicy\n",
		"gpu-operator/scripts/install.sh":           "#!/bin/sh\n",
		"network-operator/values.yaml":              "ofed: true\n",
	}
}
