// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// writes keeps what each call wrote.
type writes [][]byte

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, bytes.Clone(p))
	return len(p), nil
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
			if joined := string(bytes.Join(got, []byte("|"))); joined != strings.Join(texts, "|") {
				t.Errorf("got %.200q, want %.200q", joined, texts)
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
