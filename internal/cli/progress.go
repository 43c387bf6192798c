// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

const (
	// interval is how often a terminal shows that the command is still at work.
	interval = time.Second
	// quietTicks pass silently: what is fast needs none.
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
		r.w.show("")
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
		case p.report.w.overwrites:
			p.report.w.show(p.report.command + ": " + oneLine(text))
		case (n-quietTicks)%lineTicks == 0:
			p.report.line(cyan, "progress", ": ", text)
		}
	}
}

// reporterKey is that of the reporter in the context of a command.
type reporterKey struct{}

// follow gives a command's context its reporter.
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
