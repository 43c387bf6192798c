// SPDX-License-Identifier: Apache-2.0

package folder

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// largestArchive bounds what is unpacked from a sub-chart's archive, in bytes.
const largestArchive = 64 << 20

// parseArchive reads a packed chart: its files lie below one folder.
func parseArchive(text string) (*Chart, error) {
	unzipped, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	all := files{}
	limited := &io.LimitedReader{R: unzipped, N: largestArchive}
	archive := tar.NewReader(limited)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return parse(all)
		}
		if err != nil {
			return nil, fmt.Errorf("unpacking (at most %d bytes): %w", largestArchive, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("unpacking %s (at most %d bytes): %w", header.Name, largestArchive, err)
		}
		_, name, _ := strings.Cut(header.Name, "/")
		all[name] = string(content)
	}
}
