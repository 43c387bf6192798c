// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// lines is standard error, to which several goroutines write, one line with each call.
type lines struct {
	mu sync.Mutex
	w  io.Writer
	// overwrites is set when a line can take the place of the one that is shown.
	overwrites bool
	shown      string
}

// eraseLine goes to the beginning of the line and empties it.
const eraseLine = "\r\x1b[K"

// Write writes a line above the one that is shown.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown == "" {
		return l.w.Write(p)
	}
	if _, err := fmt.Fprint(l.w, eraseLine, string(p), l.shown); err != nil {
		return 0, err
	}
	return len(p), nil
}

// show shows a line that the next one takes the place of; "" takes it away.
func (l *lines) show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if text == l.shown {
		return
	}
	if file, ok := l.w.(*os.File); ok {
		// A line that wraps would not be written over.
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 1 {
			text = words.Cut(text, columns-1)
		}
	}
	l.shown = text
	// There is nowhere to report a broken standard error.
	_, _ = fmt.Fprint(l.w, eraseLine, l.shown)
}
