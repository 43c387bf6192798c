// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// LogWriter gathers the lines of a log for a moment before it writes them: with
// a system call for each, logging would cost a busy server as much as all else
// that it does for a request. It never waits for the writer underneath: while that
// hangs, lines are kept up to a bound, and counted beyond it. A process that is
// killed loses the lines of the last 100 ms.
type LogWriter struct {
	w       io.Writer
	dropped atomic.Uint64

	mu        sync.Mutex
	lines     []byte
	scheduled bool
	writing   chan struct{} // closed when what is being written is; nil when nothing is
}

// Bounds of what is gathered.
const (
	logDelay = 100 * time.Millisecond
	logSize  = 64 << 10 // is written at once
	logBound = 1 << 20
	// logEnd is how long the last lines may take.
	logEnd = time.Second
)

// NewLogWriter returns a LogWriter that writes to w.
func NewLogWriter(w io.Writer) *LogWriter { return &LogWriter{w: w} }

// Dropped returns how many lines were lost.
func (l *LogWriter) Dropped() uint64 { return l.dropped.Load() }

// Write implements io.Writer. It never fails and never waits: an error of the
// writer underneath comes too late for the line that it is about.
func (l *LogWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.lines)
	if before+len(line) > logBound {
		l.dropped.Add(1)
		return len(line), nil
	}
	l.lines = append(l.lines, line...)
	switch {
	case before < logSize && len(l.lines) >= logSize:
		go l.flush()
	case !l.scheduled:
		l.scheduled = true
		time.AfterFunc(logDelay, func() { l.flush() })
	}
	return len(line), nil
}

// Flush writes what was gathered, unless that takes too long. Call it before the
// process ends.
func (l *LogWriter) Flush() {
	written := make(chan struct{})
	go func() {
		defer close(written)
		if others := l.flush(); others != nil {
			<-others
		}
	}()
	select {
	case <-written:
	case <-time.After(logEnd):
	}
}

// flush writes until nothing is left. It leaves that to another one that is at it,
// and returns when that is done.
func (l *LogWriter) flush() (others <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scheduled = false
	if l.writing != nil {
		return l.writing
	}
	l.writing = make(chan struct{})
	for len(l.lines) > 0 {
		lines := l.lines
		l.lines = nil
		l.mu.Unlock()
		l.write(lines)
		l.mu.Lock()
	}
	close(l.writing)
	l.writing = nil
	return nil
}

func (l *LogWriter) write(lines []byte) {
	if n, err := l.w.Write(lines); err != nil { // there is nowhere to report a broken log
		l.dropped.Add(uint64(bytes.Count(lines[n:], []byte("\n")))) //nolint:gosec // a count
	}
}
