// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const sysctlRoot = "/proc/sys"

// readSysctl reads the kernel's parameters. A key is the path, such as
// /proc/sys/vm/swappiness, and the reading the text of the file, also where that
// is a number: some hold several, and recipes say it as text too. Columns are
// separated by one blank, lines by a line break. sysctlLeftOut says what is not
// read.
func readSysctl(ctx context.Context, host *files) (map[string]data, error) {
	root, err := host.directory(sysctlRoot)
	if err != nil {
		return nil, err
	}
	w := sysctlWalk{local: host.local, found: data{}}
	err = w.directory(ctx, root, sysctlRoot)
	if w.unread > 0 {
		host.note(fmt.Sprintf("%d of %d values could not be read and are left out; the first: %v", w.unread, w.unread+len(w.found), w.first))
	}
	return map[string]data{"sysctl": w.found}, err
}

type sysctlWalk struct {
	local  bool // as in files
	found  data
	unread int
	first  error // of those unread
}

// directory reads what is in a directory and below, and closes it. It fails
// only when ctx ends: what belongs to a device or a module may go at any moment.
func (w *sysctlWalk) directory(ctx context.Context, directory *os.Root, name string) error {
	defer func() { _ = directory.Close() }() // only read
	entries, err := fs.ReadDir(directory.FS(), ".")
	if err != nil {
		w.skip(hostError(name, err))
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		inner := name + "/" + entry.Name()
		switch {
		case sysctlLeftOut(inner[len(sysctlRoot)+1:], w.local):
		case entry.IsDir():
			below, err := directory.OpenRoot(entry.Name())
			if err != nil {
				w.skip(hostError(inner, err))
				continue
			}
			if err := w.directory(ctx, below, inner); err != nil {
				return err
			}
		case isReadable(entry):
			w.file(directory, entry.Name(), inner)
		}
	}
	return nil
}

// isReadable recognises files that are no mere triggers, which can only be
// written to.
func isReadable(entry fs.DirEntry) bool {
	const readable = 0o444
	info, err := entry.Info()
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&readable != 0
}

func (w *sysctlWalk) file(directory *os.Root, name, key string) {
	content, err := readFile(directory, name)
	if err != nil {
		w.skip(hostError(key, err))
		return
	}
	w.found[key] = measurement.Str(columns(validText(content)))
}

// skip counts a value that cannot be read. One that has gone is none.
func (w *sysctlWalk) skip(err error) {
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if w.unread == 0 {
		w.first = err
	}
	w.unread++
}

// columns returns the lines of a text with one blank between their words.
func columns(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}
