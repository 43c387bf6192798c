// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// debugSwitch is the flag --debug. A log asks it anew for each entry: it is made before
// the flags are read.
type debugSwitch struct{ on bool }

// Level lets through what commands do where the flag is set, and nothing else.
func (s *debugSwitch) Level() slog.Level {
	if s.on {
		return slog.LevelDebug
	}
	return slog.LevelError
}

// prepared returns the process with what its commands share.
func (p Process) prepared() Process {
	p.lines = &lines{w: p.Stderr, overwrites: isTerminal(p.Stderr) && p.Getenv("TERM") != "dumb"}
	p.debug = &debugSwitch{}
	p.log = slog.New(slog.NewTextHandler(p.lines, &slog.HandlerOptions{Level: p.debug, ReplaceAttr: withoutSecrets}))
	return p
}

// withoutSecrets is the one place that keeps secrets out of the log, whatever a command
// logs.
func withoutSecrets(_ []string, a slog.Attr) slog.Attr {
	switch value := a.Value; value.Kind() {
	case slog.KindString, slog.KindAny:
		return slog.String(a.Key, secret.Value(a.Key, value.String()))
	default:
		return a
	}
}

// registerDebug gives all commands the flag.
func (p Process) registerDebug(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.BoolVar(&p.debug.on, "debug", false, "log on standard error what the command does: what it reads, from where, and each call to the API server; secrets are never logged")
	flags.Lookup("debug").Annotations = map[string][]string{groupAnnotation: {"Flags of every command"}}
}

// took is how long it is since a time, for the log.
func (p Process) took(start time.Time) slog.Attr {
	return slog.Duration("took", p.Now().Sub(start))
}

// logCall logs a call to the API server.
func (p Process) logCall(req *http.Request) func(status int) {
	start := p.Now()
	return func(status int) {
		p.log.Debug("Called the API server", "method", req.Method, "host", req.URL.Host, "path", req.URL.Path, "status", status, p.took(start))
	}
}
