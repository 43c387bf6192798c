// SPDX-License-Identifier: Apache-2.0

// Package process runs other programs so that none of them outlasts its caller
// or floods it.
package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// grace is how long the output of a program is awaited after its end: a child
// that it leaves behind may hold it open forever.
const grace = time.Second

// Output is what a program printed.
type Output struct {
	Stdout, Stderr []byte
}

// Run runs a command that was made with exec.CommandContext(ctx). When ctx ends,
// the program and its children are killed, and the error is that of ctx. A
// program that prints more than limit bytes, on stdout or stderr, is ended too.
// What was printed is returned also with an error; a child that outlives the
// program and holds its output open is none.
func Run(ctx context.Context, cmd *exec.Cmd, limit int) (Output, error) {
	stdout, stderr := buffer{limit: limit}, buffer{limit: limit}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = grace
	killWithChildren(cmd)
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		err = nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case stdout.full || stderr.full:
		err = tooMuchError(limit) // and not the signal by which that ended it
	}
	return Output{Stdout: stdout.data, Stderr: stderr.data}, err
}

// Tail returns the end of what a program said, where the reason of a failure
// is: at most five lines and a kilobyte.
func Tail(text string) string {
	const maxLines, maxBytes = 5, 1000
	lines := strings.Split(strings.TrimSpace(text), "\n")
	text = strings.Join(lines[max(0, len(lines)-maxLines):], "\n")
	return strings.ToValidUTF8(text[max(0, len(text)-maxBytes):], "")
}

// buffer keeps what is written to it up to a limit and refuses more. It is not a
// bytes.Buffer, whose ReadFrom would take everything.
type buffer struct {
	data  []byte
	limit int
	full  bool
}

func (b *buffer) Write(p []byte) (int, error) {
	if len(b.data)+len(p) > b.limit {
		b.full = true
		return 0, tooMuchError(b.limit)
	}
	b.data = append(b.data, p...)
	return len(p), nil
}

func tooMuchError(limit int) error {
	return fmt.Errorf("it printed more than %d bytes", limit)
}
