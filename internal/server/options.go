// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Options configure a Server. Defaults returns a complete set.
type Options struct {
	// Version is the program's.
	Version string
	// Listen is the address to listen on, host:port.
	Listen string
	// TLSCert and TLSKey are PEM files; both or none. They are read again every
	// five minutes.
	TLSCert, TLSKey string
	// Catalog is a file or directory that replaces the embedded catalog, ""
	// for none. It is read again every five minutes.
	Catalog string

	// RateLimit is the number of requests a second of one client, 0 for no
	// limit; RateBurst how many of them may come at once.
	RateLimit, RateBurst int
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// MaxBody is the largest body in bytes.
	MaxBody int64

	// ReadHeaderTimeout bounds the time for a request's header, ReadTimeout that
	// for all of it, WriteTimeout that from the end of its header to the end of
	// the answer, IdleTimeout the wait for the next request of a connection.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// DrainDelay is how long requests are still taken after the end was asked
	// for, while /ready says no; ShutdownTimeout how long those in flight may
	// take after that.
	DrainDelay, ShutdownTimeout time.Duration

	Log *slog.Logger
	// Now returns the time.
	Now func() time.Time
}

// Defaults returns the options that a server has by default.
func Defaults() Options {
	return Options{
		Version:           "dev",
		Listen:            ":8080",
		RateLimit:         100,
		RateBurst:         200,
		MaxBody:           1 << 20,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		DrainDelay:        5 * time.Second,
		ShutdownTimeout:   30 * time.Second,
		Log:               slog.New(slog.DiscardHandler),
		Now:               time.Now, //nolint:forbidigo // limits, log lines and errors need a clock
	}
}

// check says everything that is wrong with the options.
func (o Options) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		wrong("listen %q: want host:port, such as :8080", o.Listen)
	}
	if (o.TLSCert == "") != (o.TLSKey == "") {
		wrong("TLS needs a certificate and a key: give both or none")
	}
	if o.RateLimit < 0 {
		wrong("rate limit %d: want a number of requests a second, or 0 for no limit", o.RateLimit)
	}
	if o.RateLimit > 0 && o.RateBurst < 1 {
		wrong("rate burst %d: want at least 1", o.RateBurst)
	}
	if o.MaxBody < 1 {
		wrong("largest body %d: want a number of bytes", o.MaxBody)
	}
	for name, d := range map[string]time.Duration{
		"read header timeout": o.ReadHeaderTimeout, "read timeout": o.ReadTimeout, "write timeout": o.WriteTimeout,
		"idle timeout": o.IdleTimeout, "shutdown timeout": o.ShutdownTimeout,
	} {
		if d <= 0 {
			wrong("%s %v: want a time, such as 30s", name, d)
		}
	}
	if o.DrainDelay < 0 {
		wrong("drain delay %v: want 0s or more", o.DrainDelay)
	}
	return errors.Join(errs...)
}
