// SPDX-License-Identifier: Apache-2.0

// Package archive reads the definitions in the archive of a chart, as Helm installs
// them: those below crds/. It downloads archives from repositories, whose index has
// the digest, and from registries of OCI artifacts, whose manifests have it.
package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Limits of what is read.
const (
	// maxDownload is the most bytes of an index or an archive: indexes of 20 MiB are
	// in use.
	maxDownload = 64 << 20
	// maxUnpacked is the most bytes of the files of an archive.
	maxUnpacked = 256 << 20
)

// Source is where a release of a chart is published, as Helm takes it.
type Source struct {
	Repository string `json:"repository"` // https://..., or oci://...
	Chart      string `json:"chart"`
	Version    string `json:"version"`
}

// String returns such as `chart x 1.2.3 of https://example.com`.
func (s Source) String() string {
	return fmt.Sprintf("chart %s %s of %s", s.Chart, s.Version, s.Repository)
}

// Validate refuses a source that cannot be one, and one with credentials, which would
// be stored.
func (s Source) Validate() error {
	u, err := url.Parse(s.Repository)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "oci":
		return fmt.Errorf("repository: %s is not a URL such as https://example.com/charts or oci://example.com/charts", words.Quote(s.Repository))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("repository: a URL with credentials, a query or a fragment is not supported")
	case !nameForm().MatchString(s.Chart):
		return fmt.Errorf("chart: %s is not the name of a chart", words.Quote(s.Chart))
	case !tagForm().MatchString(s.tag()):
		return fmt.Errorf("version: %s is not the version of a chart", words.Quote(s.Version))
	}
	return nil
}

//nolint:gochecknoglobals // compiled once, on first use
var (
	tagForm        = words.Pattern(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	nameForm       = words.Pattern(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	definitionPath = words.Pattern(`^(charts/[^/]+/)*crds/(.+/)?[^/]+\.(yaml|yml|json)$`) // below the chart's folder
)

// tag is the version as a registry has it.
func (s Source) tag() string { return strings.ReplaceAll(s.Version, "+", "_") }

// File is a file of a chart.
type File struct {
	Path string // below the chart's folder
	Text []byte
}

// Archive is what was read of the archive of a chart.
type Archive struct {
	Digest      string // sha256:..., of the archive
	Definitions []File // below crds/, those of charts within the chart last
}

// Read downloads the archive of a chart and checks its digest. The error says which
// chart could not be read.
func Read(ctx context.Context, s Source) (*Archive, error) {
	a, err := read(ctx, s)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, fmt.Errorf("reading %s: %w", s, err)
	}
	return a, nil
}

func read(ctx context.Context, s Source) (*Archive, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	download := fromRepository
	if component.IsRegistry(s.Repository) {
		download = fromRegistry
	}
	data, digest, err := download(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := checkDigest(data, digest); err != nil {
		return nil, fmt.Errorf("%w. Try again; if it stays, somebody has changed it on the way", err)
	}
	definitions, err := unpack(data, definitionPath())
	return &Archive{Digest: digestOf(data), Definitions: definitions}, err
}

func digestOf(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// checkDigest compares an archive with the digest in an index, "" for none.
func checkDigest(data []byte, published string) error {
	if got := digestOf(data); published != "" && published != got {
		return fmt.Errorf("the archive has the digest %s, but %s is published", got, published)
	}
	return nil
}

// unpack returns the files of an archive whose paths below the chart's folder match,
// in its order, those of charts within the chart last.
func unpack(data []byte, wanted *regexp.Regexp) ([]File, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the archive is not a chart: %w", err)
	}
	limited := &io.LimitedReader{R: unzipped, N: maxUnpacked}
	files := tar.NewReader(limited)
	var own, others []File
	for {
		header, err := files.Next()
		switch {
		case errors.Is(err, io.EOF):
			return append(own, others...), nil
		case limited.N <= 0:
			return nil, fmt.Errorf("the files of the archive have more than %d MiB", maxUnpacked>>20)
		case err != nil:
			return nil, fmt.Errorf("the archive is not a chart: %w", err)
		}
		_, name, _ := strings.Cut(strings.TrimPrefix(header.Name, "./"), "/")
		if header.Typeflag != tar.TypeReg || !wanted.MatchString(name) {
			continue
		}
		text, err := io.ReadAll(files)
		if err != nil {
			return nil, fmt.Errorf("reading %s of the archive: %w", name, err)
		}
		if strings.HasPrefix(name, "charts/") {
			others = append(others, File{name, text})
			continue
		}
		own = append(own, File{name, text})
	}
}
