// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// patience is how long a file may take: a command whose output the shell names as a
// file, <(command), takes its time, and a pipe that nobody writes to never ends.
const patience = 10 * time.Minute

// ReadFile returns the content of a file, a device or a pipe. More than
// document.MaxSize is an error, and so is what takes longer than 10 minutes. Errors
// name the file.
func ReadFile(ctx context.Context, name string) ([]byte, error) {
	return readWithin(ctx, patience, name)
}

func readWithin(ctx context.Context, patience time.Duration, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("it did not end within %s: does nothing write to this pipe?", patience))
	defer cancel()
	data, err := await(ctx, func() ([]byte, error) {
		if err := checkReadable(name); err != nil {
			return nil, err
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // only read
		return readAll(ctx, file)
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	return data, nil
}

// checkReadable refuses what is not read like a file.
func checkReadable(name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("it is a directory: name a file in it")
	case info.Mode()&fs.ModeSocket != 0:
		return errors.New("it is a socket: name a file or a pipe")
	}
	return nil
}

// await returns when the read does or when the context ends: a pipe that nobody
// writes to holds its reader forever.
func await(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := read()
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// readAll reads a document of at most document.MaxSize bytes. What ends after its
// context may have been cut: a server that notices that its client is leaving
// may end a body as if it were whole.
func readAll(ctx context.Context, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, document.MaxSize+1))
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case len(data) > document.MaxSize:
		return nil, fmt.Errorf("it has more than %d MiB, which no document of eidos has", document.MaxSize>>20)
	}
	return data, nil
}

// cause leaves out the operation and the name, which the message around it has.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// WriteFile makes a file hold the data, or leaves it as it was: the data is
// written and synced under a temporary name next to it, which then takes its
// place. An existing file keeps its mode, a new one gets 0666 under the umask.
// A symbolic link is followed. What is not a regular file, such as a device or a
// named pipe, is written to directly.
func WriteFile(name string, data []byte) error {
	target, mode, err := inspectTarget(name)
	switch {
	case err != nil:
	case mode.IsRegular():
		err = replace(target, mode, data)
	default:
		err = writeThrough(target, data)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, cause(err))
	}
	return nil
}

// inspectTarget returns the path that a name leads to and its mode, 0 where
// there is nothing yet.
func inspectTarget(name string) (target string, mode fs.FileMode, err error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return danglingTarget(name)
	case err != nil:
		return "", 0, err
	case info.IsDir():
		return "", 0, errors.New("it is a directory: name a file in it")
	case !info.Mode().IsRegular():
		return name, info.Mode(), nil // links such as /dev/fd/1 lead to pipes that have no path
	}
	target, err = filepath.EvalSymlinks(name)
	return target, info.Mode(), err
}

// danglingTarget refuses a link that leads nowhere: renaming would replace it.
func danglingTarget(name string) (string, fs.FileMode, error) {
	if _, err := os.Lstat(name); err == nil {
		return "", 0, errors.New("it is a symbolic link that leads to no file: make its target or remove it")
	}
	return name, 0, nil
}

func writeThrough(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// replace puts a new file in the place of an old one, whose mode is 0 when it
// does not exist.
func replace(name string, mode fs.FileMode, data []byte) error {
	temp := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text()+".eidos-tmp")
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("making a temporary file next to it: %w", cause(err))
	}
	err = fill(file, mode, data)
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}

func fill(file *os.File, mode fs.FileMode, data []byte) error {
	_, err := file.Write(data)
	if err == nil && mode != 0 {
		err = file.Chmod(mode.Perm())
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
