// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// clock is time that passes when a test says so.
type clock chan time.Time

func (c clock) tick(time.Duration) <-chan time.Time { return c }

// pass lets seconds pass. What the one before the last has shown is written then.
func (c clock) pass(seconds int) {
	for range seconds {
		c <- time.Time{}
	}
}

func (l *lines) showing() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown
}

func TestProgressOnTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	seconds := make(clock)
	r := &reporter{w: &lines{w: &out, overwrites: true}, command: "eidos x", tick: seconds.tick}
	p, end := r.begin("one\nof two")
	seconds.pass(2)
	p.say("two of two")
	seconds.pass(1)
	end()
	r.note("after")
	want := "\r\x1b[Keidos x: one of two (2s)\r\x1b[Keidos x: two of two (3s)\r\x1b[Keidos x: note: after\n"
	// The text may have changed before the second tick was shown.
	got := strings.Replace(out.String(), "two of two (2s)", "one of two (2s)", 1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A message takes the place of the status, which goes on below it.
func TestProgressAndMessages(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := &reporter{w: &lines{w: &out, overwrites: true}, command: "eidos x"}
	r.w.show("at work")
	r.warn("w")
	r.w.show("")
	r.w.show("")
	if diff := cmp.Diff("\r\x1b[Kat work\r\x1b[Keidos x: warning: w\nat work\r\x1b[K", out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProgressInLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	seconds := make(clock)
	r := &reporter{w: &lines{w: &out}, command: "eidos x", tick: seconds.tick}
	p, end := r.begin("slow")
	seconds.pass(2 + lineTicks)
	p.say("slower")
	seconds.pass(lineTicks + 1)
	end()
	want := "eidos x: progress: slow (2s)\neidos x: progress: slow (17s)\neidos x: progress: slower (32s)\n"
	got := strings.Replace(out.String(), "slower (17s)", "slow (17s)", 1)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is fast says nothing, and neither does a process in which nobody waits.
func TestProgressIsQuiet(t *testing.T) {
	t.Parallel()
	for _, overwrites := range []bool{false, true} {
		var out bytes.Buffer
		seconds := make(clock)
		r := &reporter{w: &lines{w: &out, overwrites: overwrites}, command: "eidos x", tick: seconds.tick}
		_, end := r.begin("fast")
		seconds.pass(1)
		end()
		r.tick = nil
		p, end := r.begin("nobody waits")
		p.say("for this")
		end()
		if out.Len() > 0 {
			t.Errorf("written: %q", out.String())
		}
	}
}

// What a command waits for carries its name, which the context has.
func TestWaitingSaysForWhat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	seconds := make(clock)
	command := &cobra.Command{Use: "eidos"}
	command.SetContext(t.Context())
	follow(Process{Stderr: &out, Getenv: func(string) string { return "" }, Tick: seconds.tick}.prepared(), command)
	at, err := location.Parse("https://user:secret@example.com/recipe.yaml?signature=1")
	if err != nil {
		t.Fatal(err)
	}
	end := awaitServer(command.Context(), at)
	seconds.pass(quietTicks)
	end()
	if want := "eidos: progress: waiting for https://example.com/recipe.yaml (2s)\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	waitFor(context.Background(), "without a reporter")()
}

// People see which collectors are at work.
func TestCollectShowsProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	seconds := make(clock)
	r := &reporter{w: &lines{w: &out, overwrites: true}, command: "eidos x", tick: seconds.tick}
	fast := make(chan struct{})
	collectors := []snapshot.Collector{
		{Name: "OS/fast", Collect: func(context.Context) (measurement.List, error) { defer close(fast); return nil, nil }},
		{Name: "OS/slow", Collect: func(context.Context) (measurement.List, error) {
			<-fast
			for !strings.Contains(r.w.showing(), "1 of 2") {
				seconds.pass(1)
			}
			return nil, nil
		}},
	}
	p := Process{Stderr: &out, Now: func() time.Time { return time.Time{} }}.prepared()
	if _, failed := p.collect(t.Context(), collectors, r, snapshot.Options{}); len(failed) > 0 {
		t.Error(failed)
	}
	if !strings.Contains(out.String(), "1 of 2 collectors are done; at work: OS/slow (") || !strings.HasSuffix(out.String(), eraseLine) {
		t.Errorf("got %q", out.String())
	}
}

func TestStatusIsOneLine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	seconds := make(clock)
	r := &reporter{w: &lines{w: &out, overwrites: true}, command: "eidos x", tick: seconds.tick}
	_, end := r.begin("\x1b[2Jbad")
	seconds.pass(quietTicks)
	end()
	if got := out.String(); strings.Contains(got, "\x1b[2J") {
		t.Errorf("a status drives the terminal: %q", got)
	}
}
