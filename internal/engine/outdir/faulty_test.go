// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"io/fs"
	"math"
	"os"
)

var errFault = errors.New("injected fault")

// faultKind says what happens at the chosen step.
type faultKind int

const (
	failBefore faultKind = iota // the step is not done, an error reported
	failAfter                   // the step is done, an error reported all the same
	kill                        // the step is not done, and no step after it
)

// never is a step that no test reaches.
const never = math.MaxInt

// faultyDisk is the real disk with one fault, at the step-th mutation from 0.
// A write that fails, or that a kill meets, leaves half of its data behind.
// A sync is a step but is not done: no test here cuts the power, and thousands
// of them take minutes.
type faultyDisk struct {
	kind  faultKind
	at    int
	steps int // mutations asked for so far
}

func faultyWriter(at int) (*Writer, *faultyDisk) {
	w, d := NewWriter(), &faultyDisk{at: at}
	w.disk = d
	return w, d
}

func (d *faultyDisk) step(do func() error) error {
	n := d.steps
	d.steps++
	switch {
	case n < d.at, n > d.at && d.kind != kill:
		return do()
	case d.kind == failAfter:
		return errors.Join(do(), errFault)
	}
	return errFault
}

func (d *faultyDisk) MkdirAll(dir string) error {
	return d.step(func() error { return osDisk{}.MkdirAll(dir) })
}

func (d *faultyDisk) RemoveDir(dir string) error {
	return d.step(func() error { return osDisk{}.RemoveDir(dir) })
}

func (d *faultyDisk) Mkdir(root *os.Root, name string) error {
	return d.step(func() error { return osDisk{}.Mkdir(root, name) })
}

func (d *faultyDisk) Rename(root *os.Root, from, to string) error {
	return d.step(func() error { return osDisk{}.Rename(root, from, to) })
}

func (d *faultyDisk) Remove(root *os.Root, name string) error {
	return d.step(func() error { return osDisk{}.Remove(root, name) })
}

func (d *faultyDisk) SyncDir(*os.Root, string) error {
	return d.step(func() error { return nil })
}

func (d *faultyDisk) Create(root *os.Root, name string, perm fs.FileMode) (diskFile, error) {
	var file diskFile
	err := d.step(func() (err error) {
		file, err = osDisk{}.Create(root, name, perm)
		return err
	})
	if err != nil && file != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &faultyFile{file: file, disk: d}, err
}

type faultyFile struct {
	file diskFile
	disk *faultyDisk
}

func (f *faultyFile) Write(data []byte) (n int, err error) {
	if f.disk.steps == f.disk.at {
		n, err = f.file.Write(data[:len(data)/2])
		return n, errors.Join(err, f.disk.step(func() error { return nil }))
	}
	err = f.disk.step(func() error {
		n, err = f.file.Write(data)
		return err
	})
	return n, err
}

func (f *faultyFile) Chmod(mode fs.FileMode) error {
	return f.disk.step(func() error { return f.file.Chmod(mode) })
}

func (f *faultyFile) Sync() error { return f.disk.step(func() error { return nil }) }

// Close always closes: a killed process holds no file open either.
func (f *faultyFile) Close() error {
	return errors.Join(f.file.Close(), f.disk.step(func() error { return nil }))
}

// quickWriter is a Writer without faults and without syncs.
func quickWriter() *Writer {
	w, _ := faultyWriter(never)
	return w
}

// deniedDisk stands for a file system that this user may only read.
type deniedDisk struct{ osDisk }

func (deniedDisk) MkdirAll(dir string) error {
	return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrPermission}
}

func (deniedDisk) Create(_ *os.Root, name string, _ fs.FileMode) (diskFile, error) {
	return nil, &fs.PathError{Op: "openat", Path: name, Err: fs.ErrPermission}
}
