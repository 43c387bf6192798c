// SPDX-License-Identifier: Apache-2.0

package server

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// writes keeps what each call wrote.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(p))
	return len(p), nil
}

func (w *writes) joined() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.all, "|")
}

func TestLogWriter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got writes
		l := NewLogWriter(&got)
		log := func(line string) {
			if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
				t.Errorf("got %d, %v", n, err)
			}
		}
		want := func(texts ...string) {
			t.Helper()
			synctest.Wait()
			if got.joined() != strings.Join(texts, "|") {
				t.Errorf("got %.200q, want %.200q", got.joined(), texts)
			}
		}
		log("one\n")
		log("two\n")
		want()
		time.Sleep(logDelay) //nolint:forbidigo // takes no time in a bubble
		want("one\ntwo\n")
		time.Sleep(time.Hour) //nolint:forbidigo // as above
		want("one\ntwo\n")
		log("three\n")
		l.Flush()
		want("one\ntwo\n", "three\n")
		long := strings.Repeat("x", logSize)
		log(long)
		want("one\ntwo\n", "three\n", long)
		log("four\n")
		time.Sleep(logDelay) //nolint:forbidigo // as above
		want("one\ntwo\n", "three\n", long, "four\n")
	})
}

// hung is a pipe that nobody reads until it is let go.
type hung struct {
	writes
	let chan struct{}
}

func (h *hung) Write(p []byte) (int, error) {
	<-h.let
	return h.writes.Write(p)
}

// TestLogThatNobodyReads logs far more than is kept: nothing waits, what is lost is
// counted, and lines are whole once somebody reads.
func TestLogThatNobodyReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := &hung{let: make(chan struct{})}
		l := NewLogWriter(got)
		line := strings.Repeat("x", 1023) + "\n"
		const lines = 3 * logBound / 1024
		for range lines {
			if _, err := l.Write([]byte(line)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		l.Flush() // gives up
		close(got.let)
		synctest.Wait()
		written := strings.ReplaceAll(got.joined(), "|", "")
		if kept := strings.Count(written, line); uint64(kept)+l.Dropped() != lines || len(written) != kept*len(line) || kept < logBound/1024 {
			t.Errorf("%d lines of %d were written, %d were counted as lost", kept, lines, l.Dropped())
		}
	})
}

// broken is a pipe whose reader is gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestBrokenLog(t *testing.T) {
	t.Parallel()
	l := NewLogWriter(broken{})
	for range 3 {
		_, _ = l.Write([]byte("x\n"))
	}
	l.Flush()
	s := newServer(t, func(o *Options) { o.LinesDropped = l.Dropped })
	if _, metrics := get(t, s, "/metrics"); !strings.Contains(string(metrics), "eidos_log_lines_dropped_total 3\n") {
		t.Errorf("3 lines are lost: %s", metrics)
	}
}
