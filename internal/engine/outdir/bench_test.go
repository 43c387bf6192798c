// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
)

func benchFiles() []File {
	files := make([]File, 12)
	for i := range files {
		files[i] = File{
			Path:    fmt.Sprintf("operator-%d/part-%d/file-%d.yaml", i%2, i%3, i),
			Content: bytes.Repeat([]byte("key: value # why\n"), 241), // 4 KiB
		}
	}
	return files
}

// BenchmarkWrite writes 12 files of 4 KiB into a directory that is missing.
func BenchmarkWrite(b *testing.B) {
	w, base, files := NewWriter(), b.TempDir(), benchFiles()
	for i := 0; b.Loop(); i++ {
		if _, err := w.Write(filepath.Join(base, fmt.Sprint(i)), Claim{}, files); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteNothing finds that the same 12 files are all there.
func BenchmarkWriteNothing(b *testing.B) {
	w, dir, files := NewWriter(), b.TempDir(), benchFiles()
	result, err := w.Write(dir, Claim{}, files)
	noError(b, err)
	claim := Claim{Owner: result.Owner, Files: result.Files}
	for b.Loop() {
		if _, err := w.Write(dir, claim, files); err != nil {
			b.Fatal(err)
		}
	}
}
