// SPDX-License-Identifier: Apache-2.0

package server

import (
	"io"
	"sync"
	"time"
)

// LogWriter gathers the lines of a log for a moment before it writes them: with
// a system call for each, logging would cost a busy server as much as all else
// that it does for a request. A process that is killed loses the lines of the
// last 100 ms.
type LogWriter struct {
	mu        sync.Mutex
	w         io.Writer
	lines     []byte
	scheduled bool
}

// Bounds of what is gathered.
const (
	logDelay = 100 * time.Millisecond
	logSize  = 64 << 10
)

// NewLogWriter returns a LogWriter that writes to w.
func NewLogWriter(w io.Writer) *LogWriter { return &LogWriter{w: w} }

// Write implements io.Writer. It never fails: an error of the writer underneath
// comes too late for the line that it is about.
func (l *LogWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line...)
	switch {
	case len(l.lines) >= logSize:
		l.flush()
	case !l.scheduled:
		l.scheduled = true
		time.AfterFunc(logDelay, l.Flush)
	}
	return len(line), nil
}

// Flush writes what was gathered. Call it before the process ends.
func (l *LogWriter) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scheduled = false
	l.flush()
}

func (l *LogWriter) flush() {
	if len(l.lines) > 0 {
		_, _ = l.w.Write(l.lines) // there is nowhere to report a broken log
		l.lines = l.lines[:0]
	}
}
