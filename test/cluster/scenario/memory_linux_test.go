// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// measure notes the provider's resident KiB and open files: it is the parent of
// the plugins that it runs.
const measure = `awk '/^VmRSS/ {printf "%d ", $2}' /proc/$PPID/status >> measured; ls /proc/$PPID/fd | wc -l >> measured; `

const (
	reads  = 20
	warmUp = 5 // reads that fill caches and the heap
	// rssNoise is by how many KiB the heap wavers between two collections of
	// garbage. Some 80 KiB of heap stay for every read besides, mostly the contexts
	// of requests, which the plugin framework keeps until it is stopped.
	rssNoise  = 8 << 10
	fileNoise = 2 // connections that are about to close
)

// One process serves the reads one after the other, each by a connection and a
// plugin of its own: neither its memory nor its open files grow.
func TestMemoryDoesNotGrow(t *testing.T) {
	t.Parallel()
	populate(t)
	c := withPlugin(measure+printCredentials, account(t, server, "memory", everything()...))
	// One read more: a plugin runs at the start of a read.
	source := fmt.Sprintf("count = %d\n  cluster = {}\n  kubernetes = %s", reads+1, c)
	w := newWorkspace(t, requireEidos+"data \"eidos_snapshot\" \"this\" {\n  "+source+"\n}\n")
	if r := w.Run(t, "plan", "-input=false", "-parallelism=1"); r.Code != 0 {
		t.Fatalf("the plan failed:\n%s", r.Stderr)
	}
	rss, files := measured(t, w.Read(t, "measured"))
	if len(rss) != reads+1 {
		t.Fatalf("%d measurements, want %d", len(rss), reads+1)
	}
	t.Logf("RSS after %d and %d reads: %d and %d KiB; open files: %d and %d", warmUp, reads, rss[warmUp], rss[reads], files[warmUp], files[reads])
	if grown := rss[reads] - rss[warmUp]; grown > rssNoise {
		t.Errorf("the provider grew by %d KiB: %v", grown, rss)
	}
	if files[reads] > files[warmUp]+fileNoise {
		t.Errorf("the provider holds ever more files open: %v", files)
	}
}

// measured reads one line per read.
func measured(t *testing.T, text string) (rss, files []int) {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		var kib, open int
		if _, err := fmt.Sscan(lines.Text(), &kib, &open); err != nil {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		rss, files = append(rss, kib), append(files, open)
	}
	return rss, files
}
