// SPDX-License-Identifier: Apache-2.0

// Package outdir puts a rendered bundle into an output directory, keeps it
// true there, and takes it away again.
//
// A directory that holds a bundle carries a marker, MarkerName, that names its
// owner and the sha256 of every file as it was written. From the marker and
// from what the caller remembers (its Claim) the package tells its own files
// from edited and from foreign ones: it repairs the first, and never
// overwrites or removes the last.
//
// Every file is written under a temporary name, synced and renamed inside an
// os.Root, so that a run stopped at any point leaves each file with its old or
// its new content. The marker goes first and lists what is about to be
// written, which lets the next run tell such a remainder from foreign content.
package outdir

import (
	"fmt"
	"sync"
)

// File is one file of a bundle.
type File struct {
	// Path is relative to the output directory and separated by slashes.
	Path    string
	Content []byte
	// Executable asks for mode 0755 instead of 0644, both under the umask.
	Executable bool
}

// Claim is what a caller remembers of the directory it wrote: the Owner and
// Files of the last Result. The zero Claim belongs to a bundle that has not
// written this directory yet; it may take a directory over from another owner
// whose files are unmodified. An owner belongs to one directory: a bundle that
// moves to another directory starts there with the zero Claim.
type Claim struct {
	Owner string
	// Files maps path to sha256, in lower-case hex, of contents this bundle
	// wrote. Never fill it from Observe: edited files would pass for written.
	Files map[string]string
}

// Result says what a Write did and what is on disk now.
type Result struct {
	// Owner is the owner that the marker now names. It is empty when Write
	// failed before it claimed the directory: the earlier Claim still holds.
	Owner string
	// Files maps path to sha256 of the files of this bundle that are on disk
	// with a content that was written by it; after an error, as far as it came.
	Files map[string]string
	// Written and Removed list paths, sorted.
	Written, Removed []string
	// Left lists "path: reason" of files that the bundle no longer wants and
	// that were not removed because they had been changed. They are not
	// tracked anymore.
	Left []string
}

// RefusedError says that a directory may not be written or cleared, and why.
type RefusedError struct {
	// Dir is the output directory as the caller spelled it.
	Dir string
	// Path is the offending file, relative to Dir; empty when it is Dir itself.
	Path string
	// Reason says what was found, Advice what to do about it.
	Reason, Advice string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("output directory %q cannot be used: %s; %s", e.Dir, e.Reason, e.Advice)
}

// Writer reads and writes output directories. Calls on one directory, however
// it is spelled, run one after the other; calls on different directories run
// concurrently. Use one Writer for all bundles of a process.
type Writer struct {
	disk  disk
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

// NewWriter returns a Writer for the real file system.
func NewWriter() *Writer {
	return &Writer{disk: osDisk{}, locks: map[string]*sync.Mutex{}}
}
