// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// maxHeader bounds the header of a request in bytes: the longest query string and
// what proxies add. net/http adds 4 KiB.
const maxHeader = maxQuery + 8<<10

// maxStreams bounds the requests in flight of a connection of HTTP/2.
const maxStreams = 20

// maxScrapers bounds the connections to the address for metrics.
const maxScrapers = 32

// Run listens and serves until the context ends; then it shuts down.
func (s *Server) Run(ctx context.Context) error {
	listener, err := listen(ctx, s.options.Listen)
	if err != nil {
		return err
	}
	if s.options.MetricsAddress == "" {
		return s.Serve(ctx, listener, nil)
	}
	metrics, err := listen(ctx, s.options.MetricsAddress)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return s.Serve(ctx, listener, metrics)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	return listener, nil
}

// Serve serves the connections of a listener, and metrics on those of another, which
// is nil without an address for them, until the context ends. Then it
// says that it is not ready, goes on for the drain delay so that load balancers
// notice, and lets requests in flight finish. It returns nil when all did.
func (s *Server) Serve(ctx context.Context, listener, metrics net.Listener) error {
	background, stop := context.WithCancel(ctx)
	defer stop()
	go s.reload(background)

	failed := make(chan error, 2)
	log := s.log.With("address", listener.Addr().String())
	if metrics != nil {
		scraped := s.httpServer(s.scrapes, newConnections(maxScrapers, 0, nil, s.connectionRefused))
		defer func() { _ = scraped.Close() }() // a scrape is whole, or is made again elsewhere
		go func() { failed <- servingError(metrics, scraped.Serve(metrics)) }()
		log = log.With("metrics", metrics.Addr().String())
	}
	server := s.httpServer(s, s.connections)
	go func() { failed <- servingError(listener, s.accept(server, listener)) }()
	log.Info("serving", "tls", s.options.TLSCert != "", "version", s.options.Version)
	select {
	case err := <-failed:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
	}
	return s.shutdown(context.WithoutCancel(ctx), server)
}

func servingError(listener net.Listener, err error) error {
	return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
}

// httpServer has the timeouts and bounds of every listener.
func (s *Server) httpServer(handler http.Handler, counted *connections) *http.Server {
	o := s.options
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: o.ReadHeaderTimeout,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ConnState:         counted.change,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		// OPTIONS * gets the same answers as everything else.
		DisableGeneralOptionsHandler: true,
	}
}

func (s *Server) accept(server *http.Server, listener net.Listener) error {
	if s.options.TLSCert == "" {
		return server.Serve(listener)
	}
	server.TLSConfig = s.certificate.config()
	return server.ServeTLS(listener, "", "")
}

func (s *Server) shutdown(ctx context.Context, server *http.Server) error {
	s.draining.Store(true)
	s.log.Info("shutting down", "drainDelaySeconds", s.options.DrainDelay.Seconds(), "timeoutSeconds", s.options.ShutdownTimeout.Seconds())
	<-time.After(s.options.DrainDelay)
	ctx, cancel := context.WithTimeout(ctx, s.options.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		s.log.Error("requests in flight did not finish", "timeoutSeconds", s.options.ShutdownTimeout.Seconds())
		return errors.Join(fmt.Errorf("requests in flight did not finish within %v: %w", s.options.ShutdownTimeout, err), server.Close())
	}
	s.log.Info("shut down")
	return nil
}
