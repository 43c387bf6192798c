// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// MarkerName is the file at the top of an output directory that names the
// bundle that owns it. It is never among the files of a bundle.
const MarkerName = ".eidos-bundle.json"

const (
	markerVersion = 1
	// markerLimit bounds a marker in bytes.
	markerLimit = 4 << 20
)

// marker is the content of MarkerName. Pending is set only while a write is
// under way: a file whose hash is in Files or in Pending is unmodified.
type marker struct {
	Version int               `json:"version"`
	Owner   string            `json:"owner"`
	Files   map[string]string `json:"files"`
	Pending map[string]string `json:"pending,omitempty"`
}

// errNewerMarker says that a later release of eidos wrote the marker.
var errNewerMarker = errors.New("written by a newer version of eidos")

func (m marker) encode() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("encoding %s: %w", MarkerName, err)
	}
	if out.Len() > markerLimit {
		return nil, fmt.Errorf("%s would have %d bytes, more than %d: remove files that no bundle needs anymore", MarkerName, out.Len(), markerLimit)
	}
	return out.Bytes(), nil
}

// decodeMarker accepts what encode writes, white space aside, and nothing else.
func decodeMarker(data []byte) (*marker, error) {
	if len(data) > markerLimit {
		return nil, fmt.Errorf("too large, more than %d bytes", markerLimit)
	}
	var header struct{ Version int }
	if err := json.Unmarshal(data, &header); err != nil {
		return nil, fmt.Errorf("not valid: %w", err)
	}
	if header.Version > markerVersion {
		return nil, fmt.Errorf("%w: it has version %d, this one knows %d", errNewerMarker, header.Version, markerVersion)
	}
	var m marker
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("not valid: %w", err)
	}
	if m.Version != markerVersion || m.Owner == "" || m.Files == nil {
		return nil, errors.New("not complete: it needs version, owner and files")
	}
	for _, files := range []map[string]string{m.Files, m.Pending} {
		if err := validateSums(files); err != nil {
			return nil, fmt.Errorf("not valid: %w", err)
		}
	}
	if same, err := m.encodesAs(data); err != nil || !same {
		return nil, errors.Join(errors.New("not in the form eidos writes it"), err)
	}
	return &m, nil
}

// encodesAs compares with the canonical form, which finds what package json
// lets pass: unknown, repeated and misspelled fields, repeated paths.
func (m marker) encodesAs(data []byte) (bool, error) {
	canonical, err := m.encode()
	if err != nil {
		return false, err
	}
	var got, want bytes.Buffer
	if err := errors.Join(json.Compact(&got, data), json.Compact(&want, canonical)); err != nil {
		return false, err
	}
	return bytes.Equal(got.Bytes(), want.Bytes()), nil
}

// readMarker returns the marker of a directory, nil where there is none.
func readMarker(root *os.Root) (*marker, error) {
	info, err := lookup(root, MarkerName)
	if err != nil || info == nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refuseMarker(root, errors.New("not a regular file"))
	}
	file, err := root.Open(MarkerName)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", MarkerName, err)
	}
	defer release(file)
	data, err := io.ReadAll(io.LimitReader(file, markerLimit+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", MarkerName, err)
	}
	m, err := decodeMarker(data)
	if err != nil {
		return nil, refuseMarker(root, err)
	}
	return m, nil
}

func refuseMarker(root *os.Root, cause error) error {
	advice := "restore that file, or move the directory's content away to have it written anew"
	if errors.Is(cause, errNewerMarker) {
		advice = "upgrade eidos, or choose another directory"
	}
	return &RefusedError{
		Dir:    root.Name(),
		Path:   MarkerName,
		Reason: fmt.Sprintf("its %s is %s", MarkerName, cause),
		Advice: advice,
	}
}
