// SPDX-License-Identifier: Apache-2.0

//go:build unix

package location_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// TestWriteFileToPipe writes to what must not be replaced by a file.
func TestWriteFileToPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		data, err := location.ReadFile(t.Context(), pipe)
		if err != nil {
			t.Error(err)
		}
		got <- string(data)
	}()
	if err := location.WriteFile(pipe, []byte("kind: Recipe\n")); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "kind: Recipe\n" {
		t.Errorf("got %q", text)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().IsRegular() {
		t.Errorf("the pipe has become %v, %v", info.Mode(), err)
	}
}

// TestWriteFileToNamelessPipe writes to a pipe by a link that names no path, as
// those that a shell gives for >(command).
func TestWriteFileToNamelessPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
	name := fmt.Sprintf("/dev/fd/%d", writer.Fd())
	if err := location.WriteFile(name, []byte("kind: Recipe\n")); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(reader)
	if err != nil || string(data) != "kind: Recipe\n" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestWriteFileReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	put(t, file, "kept", 0o644)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	err := location.WriteFile(file, []byte("new"))
	if os.Geteuid() == 0 { // whom no mode stops
		return
	}
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("got %v", err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "kept" {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestWriteFileKeepsMode(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.yaml")
	put(t, file, "old", 0o640)
	if err := location.WriteFile(file, []byte("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("got %v, %v, want mode 0640", info.Mode(), err)
	}
}

// TestReadFileThatIsNone reads what never ends, or cannot be read.
func TestReadFileThatIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	silent, endless, socket := filepath.Join(dir, "silent"), filepath.Join(dir, "endless"), filepath.Join(dir, "socket")
	for _, pipe := range []string{silent, endless} {
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { // until its reader has enough
		file, err := os.OpenFile(endless, os.O_WRONLY, 0)
		for err == nil {
			_, err = file.WriteString(strings.Repeat("a: 1\n", 1<<13))
		}
		_ = file.Close()
	}()
	for name, want := range map[string]string{
		"/dev/zero": "it has more than 32 MiB, which no document of eidos has",
		endless:     "it has more than 32 MiB, which no document of eidos has",
		silent:      "it did not end within 1s: does nothing write to this pipe?",
		socket:      "it is a socket: name a file or a pipe",
		dir:         "it is a directory: name a file in it",
	} {
		patience := time.Hour
		if name == silent {
			patience = time.Second
		}
		_, err := location.ReadWithin(t.Context(), patience, name)
		if want = "reading " + name + ": " + want; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if holder, err := os.OpenFile(silent, os.O_RDWR, 0); err == nil { // lets go who waits for a writer
		_ = holder.Close()
	}
}
