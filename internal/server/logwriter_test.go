// SPDX-License-Identifier: Apache-2.0

package server

import (
	"strings"
	"sync"
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
