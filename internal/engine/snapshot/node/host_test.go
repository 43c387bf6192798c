// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

var archiveHeader = regexp.MustCompile(`^-- (\S+)(?: -> (\S+))?(?: \(([a-z -]+)\))? --$`)

// archiveEntry is a file of a host. An archive is text: a comment, then for each
// entry a line "-- path --" and its content. "-- path -> target --" is a
// symbolic link, "-- path/ --" a directory, "-- path (smi MODE) --" an
// nvidia-smi whose output is the content, and "-- path (bus) --" the socket of a
// systemd whose properties are.
type archiveEntry struct {
	path, target, kind, content string
}

func readArchive(text string) []archiveEntry {
	var entries []archiveEntry
	for line := range strings.Lines(text) {
		if match := archiveHeader.FindStringSubmatch(strings.TrimRight(line, "\n")); match != nil {
			entries = append(entries, archiveEntry{path: match[1], target: match[2], kind: match[3]})
			continue
		}
		if len(entries) > 0 {
			entries[len(entries)-1].content += line
		}
	}
	return entries
}

// hostOf makes the root of a host from an archive. The path is short: a socket's
// may have 107 bytes.
func hostOf(t *testing.T, archive string) string {
	t.Helper()
	root, err := os.MkdirTemp("", "host") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	for i, entry := range readArchive(archive) {
		entry.place(t, root, filepath.Join(t.TempDir(), string(rune('a'+i%26))))
	}
	return root
}

// place makes the entry in the root. The content of a program goes into a file
// outside.
func (e archiveEntry) place(t *testing.T, root, outside string) {
	t.Helper()
	name := filepath.Join(root, filepath.FromSlash(e.path))
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	mode, isSMI := strings.CutPrefix(e.kind, "smi ")
	switch {
	case e.target != "":
		must(t, os.Symlink(e.target, name))
	case strings.HasSuffix(e.path, "/"):
		must(t, os.MkdirAll(name, 0o755))
	case isSMI:
		must(t, os.WriteFile(outside, []byte(e.content), 0o644))
		must(t, os.WriteFile(name, []byte(script(mode, outside)), 0o755))
	case strings.HasSuffix(e.kind, "bus"):
		must(t, os.WriteFile(outside, []byte(e.content), 0o644))
		startBus(t, strings.ReplaceAll(e.kind, " ", "-"), name, outside)
	case e.kind == "write-only":
		must(t, os.WriteFile(name, nil, 0o200))
	default:
		must(t, os.WriteFile(name, []byte(e.content), 0o644))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// collected is a snapshot and what was said about it.
type collected struct {
	snapshot document.Snapshot
	errors   snapshot.Errors
	notes    []string // "collector: text", sorted
}

func collect(t *testing.T, o node.Options) collected {
	t.Helper()
	var mu sync.Mutex
	var c collected
	o.Note = func(collector, text string) {
		mu.Lock()
		defer mu.Unlock()
		c.notes = append(c.notes, collector+": "+text)
	}
	c.snapshot, c.errors = snapshot.Collect(t.Context(), node.Collectors(o), snapshot.Options{})
	slices.Sort(c.notes)
	return c
}

// text returns the snapshot as YAML, with notes and errors as comments in front.
func (c collected) text(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	for _, note := range c.notes {
		b.WriteString("# note: " + note + "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(c.errors)) {
		b.WriteString("# error: " + name + ": " + strings.ReplaceAll(c.errors[name].Error(), "\n", "\n#   ") + "\n")
	}
	yaml, err := c.snapshot.YAML()
	must(t, err)
	return strings.ReplaceAll(b.String(), root, "ROOT") + string(yaml)
}

// data returns the readings of one subtype as text.
func (c collected) data(name string) map[string]string {
	readings := map[string]string{}
	for _, m := range c.snapshot.Measurements {
		for _, s := range m.Subtypes {
			if string(m.Type)+"/"+s.Name != name {
				continue
			}
			for key, reading := range s.Data {
				readings[key] = reading.String()
			}
		}
	}
	return readings
}
