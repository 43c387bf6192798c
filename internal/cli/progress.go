// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

const (
	// interval is how often a terminal shows that the command is still at work.
	interval = time.Second
	// quietTicks pass without a word: what is fast needs none.
	quietTicks = 2
	// lineTicks pass between two lines of a log, which keeps them all.
	lineTicks = 15
)

// progress says what a command is waiting for: on a terminal in a line that is
// written over, else by a line now and then. It may be used by several goroutines,
// and nil is one that says nothing.
type progress struct {
	report *reporter
	mu     sync.Mutex
	text   string
}

// say changes what the command is waiting for.
func (p *progress) say(text string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
}

func (p *progress) current() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text
}

// begin shows a text from the moment on at which the command is slow, until the
// function that it returns is called.
func (r *reporter) begin(text string) (*progress, func()) {
	if r == nil || r.tick == nil {
		return nil, func() {}
	}
	p := &progress{report: r, text: text}
	ended := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() { p.follow(r.tick(interval), ended) })
	return p, func() {
		close(ended)
		group.Wait()
		r.status("")
	}
}

func (p *progress) follow(ticks <-chan time.Time, ended <-chan struct{}) {
	for n := 1; ; n++ {
		select {
		case <-ended:
			return
		case <-ticks:
		}
		text := fmt.Sprintf("%s (%s)", p.current(), time.Duration(n)*interval)
		switch {
		case n < quietTicks:
		case p.report.overwrites:
			p.report.status(text)
		case (n-quietTicks)%lineTicks == 0:
			p.report.line(cyan, "waiting", ": ", text)
		}
	}
}

// status shows a line that the next one takes the place of; "" takes it away.
func (r *reporter) status(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text == r.shown {
		return
	}
	if text != "" {
		text = r.command + ": " + oneLine(text)
		if file, ok := r.w.(*os.File); ok {
			// A line that wraps would not be written over.
			if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 1 {
				text = words.Cut(text, columns-1)
			}
		}
	}
	r.shown = text
	r.write(eraseLine + r.shown)
}

// eraseLine goes to the beginning of the line and empties it.
const eraseLine = "\r\x1b[K"

// reporterKey is that of the reporter in the context of a command.
type reporterKey struct{}

// follow gives a command's context the reporter that all of its parts share.
func follow(p Process, command *cobra.Command) {
	command.SetContext(context.WithValue(command.Context(), reporterKey{}, newReporter(p, command)))
}

// waitFor shows a text while a command takes long, until the function that it
// returns is called. The reporter is that of the context.
func waitFor(ctx context.Context, text string) (end func()) {
	report, _ := ctx.Value(reporterKey{}).(*reporter)
	_, end = report.begin(text)
	return end
}

// awaitServer is what readers of documents wait for.
func awaitServer(ctx context.Context, at location.Location) (answered func()) {
	return waitFor(ctx, "waiting for "+at.String())
}
