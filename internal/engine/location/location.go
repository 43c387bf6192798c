// SPDX-License-Identifier: Apache-2.0

// Package location reads and writes documents where they live: in files, at
// the ends of a pipe, on web servers, and in ConfigMaps of a cluster.
package location

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// DefaultTimeout is how long a web server or an API server may take in all.
const DefaultTimeout = 30 * time.Second

// Stream is the location of standard input or output.
const Stream = "-"

// standardOutput names the stream as a file, too. Where it is redirected to a
// file, replacing that would lose what others write to it.
const standardOutput = "/dev/stdout"

// Location is a parsed location. Exactly one field is set.
type Location struct {
	Stream    bool
	File      string
	URL       *url.URL
	ConfigMap *ConfigMapRef
}

// IsOutput reports whether what is written to the location goes to standard output.
func (l Location) IsOutput() bool { return l.Stream || l.File == standardOutput }

// Parse parses "-", cm://namespace/name, an http or https URL, or the path of a
// file. Another scheme is an error; a file whose name looks like one can be
// given as ./name. Nothing is looked up.
func Parse(text string) (Location, error) {
	scheme, _, hasScheme := strings.Cut(text, "://")
	switch {
	case text == "":
		return Location{}, errors.New("the location is empty: give a file, a URL, cm://namespace/name or -")
	case text == Stream:
		return Location{Stream: true}, nil
	case !hasScheme || strings.ContainsAny(scheme, `./\`):
		return Location{File: text}, nil
	}
	switch strings.ToLower(scheme) {
	case "cm":
		ref, err := ParseConfigMap(text)
		return Location{ConfigMap: &ref}, err
	case "http", "https":
		u, err := url.Parse(text)
		if err != nil || u.Hostname() == "" {
			return Location{}, fmt.Errorf("the %s location is not a URL such as https://example.com/snapshot.yaml", scheme) // which may hold a password
		}
		return Location{URL: u}, nil
	default:
		return Location{}, fmt.Errorf("unknown scheme %q: a location is a file, an http or https URL, cm://namespace/name or -", scheme)
	}
}

// String returns the location for messages: of a URL neither credentials nor
// the query, which may hold a signature.
func (l Location) String() string {
	switch {
	case l.ConfigMap != nil:
		return l.ConfigMap.String()
	case l.URL != nil:
		return withoutSecrets(l.URL)
	case l.Stream:
		return Stream
	default:
		return l.File
	}
}

func withoutSecrets(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

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
	// Await is called before a server is asked, and what it returns when that has
	// answered; it may be nil.
	Await func(context.Context, Location) (answered func())
}

func (s Store) await(ctx context.Context, l Location) (answered func()) {
	if s.Await == nil || l.ConfigMap == nil && l.URL == nil {
		return func() {}
	}
	return s.Await(ctx, l)
}

// Read returns the text of a document. key is that of a ConfigMap, SnapshotKey
// or RecipeKey.
func (s Store) Read(ctx context.Context, l Location, key string) ([]byte, error) {
	defer s.await(ctx, l)()
	switch {
	case l.ConfigMap != nil:
		connection, err := s.Cluster.Connect()
		if err != nil {
			return nil, err
		}
		ctx, cancel := limit(ctx, s.Timeout)
		defer cancel()
		return ReadConfigMap(ctx, connection, *l.ConfigMap, key)
	case l.URL != nil:
		return ReadURL(ctx, l.URL, s.Timeout)
	case l.Stream:
		return await(ctx, func() ([]byte, error) { return s.readStream(ctx) })
	default:
		return ReadFile(ctx, l.File)
	}
}

func (s Store) readStream(ctx context.Context) ([]byte, error) {
	data, err := readAll(ctx, s.Stdin)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading standard input: %w", cause(err))
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("standard input is empty: did the command before the pipe fail?")
	}
	return data, nil
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
	defer s.await(ctx, l)()
	switch {
	case l.ConfigMap != nil:
		connection, err := s.Cluster.Connect()
		if err != nil {
			return err
		}
		ctx, cancel := limit(ctx, s.Timeout)
		defer cancel()
		return WriteConfigMap(ctx, connection, *l.ConfigMap, doc, s.Force)
	case l.URL != nil:
		return CheckWritable(l)
	case l.IsOutput():
		if _, err := s.Stdout.Write(doc.Text); err != nil {
			return fmt.Errorf("writing to standard output: %w", cause(err))
		}
		return nil
	default:
		return WriteFile(l.File, doc.Text)
	}
}

// limit ends a call to a server after that long; 0 means DefaultTimeout.
func limit(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return context.WithTimeoutCause(ctx, timeout, fmt.Errorf("no whole answer within %s", timeout))
}
