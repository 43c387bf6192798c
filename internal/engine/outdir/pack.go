// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// PackTime is the time of every packed file, so that equal bundles are equal
// archives: the earliest that zip can express.
func PackTime() time.Time { return time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC) }

func packedMode(f File) fs.FileMode {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// Zip packs files, which are sorted by path. Equal files give equal bytes.
func Zip(files []File) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: PackTime()}
		header.SetMode(packedMode(f))
		w, err := archive.CreateHeader(header)
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Path, err)
		}
		if _, err := w.Write(f.Content); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Path, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("packing the bundle: %w", err)
	}
	return out.Bytes(), nil
}

// TarGzip packs files, which are sorted by path, into a compressed tar. Equal files
// give equal bytes.
func TarGzip(files []File) ([]byte, error) {
	var out bytes.Buffer
	compressed := gzip.NewWriter(&out)
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.Path, Size: int64(len(f.Content)), Mode: int64(packedMode(f)), ModTime: PackTime(), Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Path, err)
		}
		if _, err := archive.Write(f.Content); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.Path, err)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		return nil, fmt.Errorf("packing the bundle: %w", err)
	}
	return out.Bytes(), nil
}
