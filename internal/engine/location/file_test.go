// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// entries lists a directory: names, and the content of files.
func entries(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range list {
		content := "directory"
		if !entry.IsDir() {
			data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			content = string(data)
		}
		found[entry.Name()] = content
	}
	return found
}

func put(t *testing.T, file, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	for _, content := range []string{"first\n", "second, longer\n", ""} {
		if err := location.WriteFile(file, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"a.yaml": content}, entries(t, dir)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestWriteFileThroughLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	target, link := filepath.Join(dir, "real", "a.yaml"), filepath.Join(dir, "link.yaml")
	put(t, target, "old", 0o644)
	if err := os.Symlink(filepath.Join("real", "a.yaml"), link); err != nil {
		t.Fatal(err)
	}
	if err := location.WriteFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a.yaml": "new"}, entries(t, filepath.Join(dir, "real"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if to, err := os.Readlink(link); err != nil || to != filepath.Join("real", "a.yaml") {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

func TestWriteFileErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "kept", 0o644)
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	before := map[string]string{"file": "kept"}
	for name, want := range map[string]string{
		".":           "it is a directory",
		"none/a.yaml": "no such file or directory",
		"file/a.yaml": "not a directory",
		"dangling":    "a symbolic link that leads to no file",
	} {
		err := location.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte("new"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "writing "+dir) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	if err := os.Remove(filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, entries(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	put(t, file, "kind: Snapshot\n", 0o644)
	if got, err := location.ReadFile(t.Context(), file); err != nil || string(got) != "kind: Snapshot\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := location.ReadFile(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := location.ReadFile(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("got %v", err)
	}
	huge := filepath.Join(dir, "huge")
	put(t, huge, "", 0o644)
	if err := os.Truncate(huge, document.MaxSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := location.ReadFile(t.Context(), huge); err == nil || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestReadFileCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	store := location.Store{Stdin: blocked{}}
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := store.Read(ctx, location.Location{Stream: true}, ""); !errors.Is(err, stopped) {
		t.Errorf("got %v, want %v", err, stopped)
	}
}

// blocked is a pipe that nobody writes to.
type blocked struct{}

func (blocked) Read([]byte) (int, error) { select {} }
