// SPDX-License-Identifier: Apache-2.0

package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"
)

// Options configure a Server. Defaults returns a complete set.
type Options struct {
	// Version is the program's.
	Version string
	// Listen is the address to listen on, host:port.
	Listen string
	// MetricsAddress is a second address, for /metrics alone and without TLS; "" has
	// Listen serve them.
	MetricsAddress string
	// TLSCert and TLSKey are PEM files; both or none. They are read again every
	// five minutes.
	TLSCert, TLSKey string
	// Catalog is a file or directory that replaces the embedded catalog, ""
	// for none. It is read again every five minutes.
	Catalog string

	// UI has the page for people served at /.
	UI bool

	// RateLimit is the number of requests a second of one client, 0 for no
	// limit; RateBurst how many of them may come at once.
	RateLimit, RateBurst int
	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// CORSOrigins are the origins, such as https://portal.example.com or *, whose pages
	// may read answers in a browser.
	CORSOrigins []string
	// MaxBody is the largest body in bytes.
	MaxBody int64
	// DocumentMemory bounds the bytes of memory that all documents together may take
	// while they are worked on, by a bound for each that is counted before.
	DocumentMemory int64
	// MaxConnections bounds the connections of all clients, MaxClientConnections those
	// of one that is not a trusted proxy; 0 for no bound.
	MaxConnections, MaxClientConnections int

	// ReadHeaderTimeout bounds the time for a request's header, ReadTimeout that
	// for all of it, WriteTimeout that from the end of its header to the end of
	// the answer, IdleTimeout the wait for the next request of a connection.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// DrainDelay is how long requests are still taken after the end was asked
	// for, while /ready says no; ShutdownTimeout how long those in flight may
	// take after that.
	DrainDelay, ShutdownTimeout time.Duration

	Log *slog.Logger
	// LinesDropped returns how many lines of the log were lost; it may be nil.
	LinesDropped func() uint64
	// Reload has files read again that may have changed, besides the time for that.
	Reload <-chan os.Signal
	// Now returns the time.
	Now func() time.Time
}

// Defaults returns the options that a server has by default.
func Defaults() Options {
	return Options{
		Version:        "dev",
		Listen:         "127.0.0.1:8080",
		UI:             true,
		RateLimit:      100,
		RateBurst:      200,
		MaxBody:        1 << 20,
		DocumentMemory: 64 << 20,
		MaxConnections: 512,

		MaxClientConnections: 128,

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

// minDocumentMemory is enough for a snapshot of 100 KiB, in bytes.
const minDocumentMemory = 16 << 20

// check says everything that is wrong with the options.
func (o Options) check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(o.Listen); err != nil {
		wrong("listen %q: want host:port, such as :8080", o.Listen)
	}
	if _, _, err := net.SplitHostPort(o.MetricsAddress); o.MetricsAddress != "" && err != nil {
		wrong("metrics address %q: want host:port, such as :9090", o.MetricsAddress)
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
	if err := checkOrigins(o.CORSOrigins); err != nil {
		errs = append(errs, err)
	}
	if o.MaxBody < 1 {
		wrong("largest body %d: want a number of bytes", o.MaxBody)
	}
	if o.DocumentMemory < minDocumentMemory {
		wrong("document memory %d: want at least %d bytes", o.DocumentMemory, minDocumentMemory)
	}
	if o.MaxConnections < 0 || o.MaxClientConnections < 0 {
		wrong("connections %d, of one client %d: want numbers, or 0 for no limit", o.MaxConnections, o.MaxClientConnections)
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
