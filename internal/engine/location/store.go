// SPDX-License-Identifier: Apache-2.0

package location

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Store reads and writes documents at any location.
type Store struct {
	Stdin  io.Reader
	Stdout io.Writer
	// Cluster is connected to when a ConfigMap is first asked for.
	Cluster *cluster.Client
	// Timeout is for each URL and ConfigMap; 0 means DefaultTimeout.
	Timeout time.Duration
	// Force takes over fields of a ConfigMap that other managers own.
	Force bool
}

// Read returns the text of a document. key is that of a ConfigMap, SnapshotKey
// or RecipeKey.
func (s Store) Read(ctx context.Context, l Location, key string) ([]byte, error) {
	switch {
	case l.ConfigMap != nil:
		connection, err := s.Cluster.Connect()
		if err != nil {
			return nil, err
		}
		ctx, cancel := s.limit(ctx)
		defer cancel()
		return ReadConfigMap(ctx, connection, *l.ConfigMap, key)
	case l.URL != nil:
		return ReadURL(ctx, l.URL, s.Timeout)
	case l.Stream:
		return await(ctx, s.readStream)
	default:
		return ReadFile(ctx, l.File)
	}
}

func (s Store) readStream() ([]byte, error) {
	data, err := readAll(s.Stdin, "standard input")
	if err == nil && len(bytes.TrimSpace(data)) == 0 {
		err = errors.New("standard input is empty: did the command before the pipe fail?")
	}
	return data, err
}

// CheckWritable refuses a location that Write cannot write to.
func CheckWritable(l Location) error {
	if l.URL != nil {
		return fmt.Errorf("%s cannot be written to: give a file, cm://namespace/name or -", l)
	}
	return nil
}

// Write stores a document. Files are replaced as WriteFile says.
func (s Store) Write(ctx context.Context, l Location, doc Document) error {
	switch {
	case l.ConfigMap != nil:
		connection, err := s.Cluster.Connect()
		if err != nil {
			return err
		}
		ctx, cancel := s.limit(ctx)
		defer cancel()
		return WriteConfigMap(ctx, connection, *l.ConfigMap, doc, s.Force)
	case l.URL != nil:
		return CheckWritable(l)
	case l.Stream, l.File == standardOutput:
		if _, err := s.Stdout.Write(doc.Text); err != nil {
			return fmt.Errorf("writing to standard output: %w", cause(err))
		}
		return nil
	default:
		return WriteFile(l.File, doc.Text)
	}
}

// limit bounds a call to the API server.
func (s Store) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return context.WithTimeoutCause(ctx, timeout, fmt.Errorf("gave up after %s", timeout))
}
