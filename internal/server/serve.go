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

// Run listens and serves until the context ends; then it shuts down.
func (s *Server) Run(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", s.options.Listen, err)
	}
	return s.Serve(ctx, listener)
}

// Serve serves the connections of a listener until the context ends. Then it
// says that it is not ready, goes on for the drain delay so that load balancers
// notice, and lets requests in flight finish. It returns nil when all did.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := s.httpServer()
	background, stop := context.WithCancel(ctx)
	defer stop()
	go s.reload(background)

	failed := make(chan error, 1)
	go func() { failed <- s.accept(server, listener) }()
	s.log.Info("serving", "address", listener.Addr().String(), "tls", s.options.TLSCert != "", "version", s.options.Version)
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	return s.shutdown(context.WithoutCancel(ctx), server)
}

func (s *Server) httpServer() *http.Server {
	o := s.options
	return &http.Server{
		Handler:           s,
		ReadHeaderTimeout: o.ReadHeaderTimeout,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    maxHeader,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ConnState:         s.connections.change,
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
	s.log.Info("shutting down", "drainDelay", s.options.DrainDelay, "timeout", s.options.ShutdownTimeout)
	<-time.After(s.options.DrainDelay)
	ctx, cancel := context.WithTimeout(ctx, s.options.ShutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		s.log.Error("requests in flight did not finish", "timeout", s.options.ShutdownTimeout)
		return errors.Join(fmt.Errorf("requests in flight did not finish within %v: %w", s.options.ShutdownTimeout, err), server.Close())
	}
	s.log.Info("shut down")
	return nil
}
