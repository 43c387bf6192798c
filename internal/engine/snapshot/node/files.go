// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// maxFile bounds what is read of one file; those of the kernel have some
// kilobytes.
const maxFile = 1 << 20

// maxLinks is how many symbolic links one path may lead over, as in the kernel.
const maxLinks = 40

// errNoFile is a path that does not name a regular file.
var errNoFile = errors.New("it is not a regular file")

// errTooLarge is a file larger than maxFile.
var errTooLarge = fmt.Errorf("it is larger than %d bytes", maxFile)

// files reads the host's files. Paths are absolute as on the host, such as
// /etc/os-release; symbolic links, absolute ones too, lead to where they lead on
// the host and never out of its root.
type files struct {
	root *os.Root
	// local says that the host root is the root of this process.
	local bool
	// note reports what is worth knowing but not an error.
	note func(text string)
}

func openFiles(root string, note func(string)) (*files, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("opening the host root: %w", err)
	}
	return &files{root: r, local: filepath.Clean(root) == "/", note: note}, nil
}

func (f *files) close() { _ = f.root.Close() } // only read

// read returns the content of a regular file.
func (f *files) read(name string) ([]byte, error) {
	resolved, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	content, err := readFile(f.root, resolved)
	if err != nil {
		return nil, hostError(name, err)
	}
	return content, nil
}

// open opens a regular file, for reading what may be large.
func (f *files) open(name string) (*os.File, error) {
	resolved, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	file, err := openFile(f.root, resolved)
	if err != nil {
		return nil, hostError(name, err)
	}
	return file, nil
}

// openFile opens a regular file. It does not wait for the other end of a pipe.
func openFile(directory *os.Root, name string) (*os.File, error) {
	file, err := directory.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return nil, err
	}
	return file, nil
}

// readFile reads a regular file.
func readFile(directory *os.Root, name string) ([]byte, error) {
	file, err := openFile(directory, name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	// Files of the kernel have the size 0: their length shows when they are read.
	content, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFile {
		return nil, errTooLarge
	}
	return content, nil
}

// directory opens a directory, for reading many files in it.
func (f *files) directory(name string) (*os.Root, error) {
	resolved, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	directory, err := f.root.OpenRoot(resolved)
	if err != nil {
		return nil, hostError(name, err)
	}
	return directory, nil
}

// text returns the content of a file without surrounding blanks, "" where it
// cannot be read.
func (f *files) text(name string) string {
	content, err := f.read(name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(validText(content))
}

// list returns the entries of a directory in the order of their names.
func (f *files) list(name string) ([]fs.DirEntry, error) {
	resolved, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(f.root.FS(), resolved)
	if err != nil {
		return nil, hostError(name, err)
	}
	return entries, nil
}

// exists reports whether a path leads to anything.
func (f *files) exists(name string) bool {
	resolved, err := f.resolve(name)
	if err != nil {
		return false
	}
	_, err = f.root.Lstat(resolved)
	return err == nil
}

// target returns the last element of where a symbolic link leads, "" for what is
// not one.
func (f *files) target(name string) string {
	directory, err := f.resolve(path.Dir(name))
	if err != nil {
		return ""
	}
	target, err := f.root.Readlink(path.Join(directory, path.Base(name)))
	if err != nil {
		return ""
	}
	return path.Base(target)
}

// outside returns the path by which this process reaches a file of the host.
func (f *files) outside(name string) (string, error) {
	resolved, err := f.resolve(name)
	if err != nil {
		return "", err
	}
	return filepath.Join(f.root.Name(), filepath.FromSlash(resolved)), nil
}

// resolve follows the symbolic links of a path and returns it relative to the
// root, "." for the root itself. The last element need not exist.
func (f *files) resolve(name string) (string, error) {
	resolved, rest, links := ".", name, 0
	for rest != "" {
		var element string
		element, rest, _ = strings.Cut(rest, "/")
		next := path.Clean(path.Join("/", resolved, element))[1:] // ".." stays in the root
		if element == "" || element == "." || element == ".." || next == "" {
			resolved = path.Join(".", next)
			continue
		}
		target, err := f.root.Readlink(next)
		if err != nil {
			resolved = next // not a link, or nothing at all: opening it will say
			continue
		}
		if links++; links > maxLinks {
			return "", hostError(name, errors.New("too many symbolic links"))
		}
		if path.IsAbs(target) {
			resolved = "."
		}
		rest = target + "/" + rest
	}
	return resolved, nil
}

// hostError names the path as it is on the host, and neither the host root nor
// what was done with it.
func hostError(name string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// validText returns text that a document can hold: bytes that are not UTF-8
// become U+FFFD.
func validText(content []byte) string {
	return strings.ToValidUTF8(string(content), "\uFFFD")
}
