// SPDX-License-Identifier: Apache-2.0

// Command attack runs an eidos server and attacks it on loopback, from several
// addresses and for some time, while others ask it what it is for: attack EIDOS
// DURATION. It prints what happened, and fails when an answer was wrong, when others
// got too few answers, or when the server took too much memory. Linux only: it
// needs 127.0.0.0/8 and /proc.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// What a run must keep.
const (
	leastAnswers = 0.99 // of the requests of others
	mostMemory   = 200  // MiB
	// enough is how long a run takes that says something of the answers of others: a
	// short one on a busy machine does not.
	enough = 30 * time.Second
)

func main() {
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, args []string) error {
	if len(args) != 2 { //nolint:mnd // EIDOS and DURATION
		return errors.New("usage: attack EIDOS DURATION")
	}
	duration, err := time.ParseDuration(args[1])
	if err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	s, err := startServer(ctx, args[0])
	if err != nil {
		return err
	}
	defer s.kill()
	others, err := newOthers(ctx, s.address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	var counts counts
	var all sync.WaitGroup
	for i, attack := range attacks(others.recipe) {
		for worker := range workers {
			all.Go(func() { attack.repeat(ctx, client(s.address, i*workers+worker), &counts) })
		}
	}
	all.Go(func() { others.ask(ctx) })
	all.Wait()
	memory, err := s.peak()
	if err != nil {
		return err
	}
	counts.print(out)
	_, _ = fmt.Fprintf(out, "others: %d of %d requests answered\nwrong answers: %d\npeak memory: %d MiB\n", others.answered, others.asked, counts.wrong+others.wrong, memory)
	for _, why := range others.lost[:min(len(others.lost), 5)] { //nolint:mnd // a few examples
		_, _ = fmt.Fprintln(out, "not answered:", why)
	}
	switch {
	case counts.wrong+others.wrong > 0:
		return errors.New("there were wrong answers")
	case duration >= enough && float64(others.answered) < leastAnswers*float64(others.asked):
		return fmt.Errorf("others got less than %.0f %% of their answers", 100*leastAnswers)
	case memory >= mostMemory:
		return fmt.Errorf("the server took %d MiB or more", mostMemory)
	}
	return s.end()
}

// server is a running eidos serve.
type server struct {
	command *exec.Cmd
	address string
}

func startServer(ctx context.Context, eidos string) (*server, error) {
	command := exec.CommandContext(ctx, eidos, "serve", "--listen", "127.0.0.1:0", "--drain-delay", "0s") //nolint:gosec // whoever runs this chooses the program
	stderr, err := command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	lines := bufio.NewReader(stderr)
	first, err := lines.ReadBytes('\n')
	var line struct{ Address string }
	if err = errors.Join(err, json.Unmarshal(first, &line)); err != nil {
		return nil, errors.Join(fmt.Errorf("the server said %q: %w", first, err), command.Process.Kill())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return &server{command, line.Address}, nil
}

// peak returns the most resident memory that the server had, in MiB.
func (s *server) peak() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid)) //nolint:gosec // a number
	if err != nil {
		return 0, fmt.Errorf("the server is gone: %w", err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(after)[0])
	return kib >> 10, err //nolint:mnd // KiB in a MiB, as a power
}

// end asks the server to end, and returns an error when it does so in another way.
func (s *server) end() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("the server ended: %w", err)
	}
	return nil
}

func (s *server) kill() { _ = s.command.Process.Kill() }
