// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// roleVariable makes this program a process of TestProcess: "write N" writes the
// bundle number N into the folder out, "step N" does and waits for a line before
// each change.
const roleVariable = "EIDOS_OUTDIR_TEST"

// numbered is a bundle that differs from others in every file, and in one name.
func numbered(n string) map[string]string {
	contents := map[string]string{"only-" + n + "/values.yaml": n}
	for i := range 6 {
		contents[fmt.Sprintf("part-%d/file.yaml", i)] = strings.Repeat(n+"\n", 2000)
	}
	return contents
}

// TestProcess is what the processes of the other tests run.
func TestProcess(t *testing.T) { //nolint:paralleltest // it is alone in its process
	role, n, asked := strings.Cut(os.Getenv(roleVariable), " ")
	if !asked {
		t.Skip("this is no process of another test")
	}
	w := NewWriter()
	if role == "step" {
		w.disk = &steppedDisk{in: bufio.NewReader(os.Stdin)}
	}
	if _, err := w.Write("out", Claim{}, text(numbered(n))); err != nil {
		t.Fatal(err)
	}
}

// steppedDisk tells of each change before it is made, and waits for a line.
type steppedDisk struct {
	osDisk
	in *bufio.Reader
}

func (d *steppedDisk) step() error {
	_, err := fmt.Fprintln(os.Stderr, "step")
	_, read := d.in.ReadString('\n')
	return errors.Join(err, read)
}

func (d *steppedDisk) Create(root *os.Root, name string, perm fs.FileMode) (diskFile, error) {
	file, err := d.osDisk.Create(root, name, perm)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(file, "half"); err != nil { // what a killed process leaves
		return nil, errors.Join(err, file.Close())
	}
	return file, errors.Join(d.step(), file.(*os.File).Truncate(0), rewind(file))
}

func rewind(file diskFile) error {
	_, err := file.(io.Seeker).Seek(0, io.SeekStart)
	return err
}

func (d *steppedDisk) Rename(root *os.Root, from, to string) error {
	return errors.Join(d.step(), d.osDisk.Rename(root, from, to))
}

func writerProcess(t *testing.T, role, n, dir string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	noError(t, err)
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestProcess$")
	cmd.Dir = filepath.Dir(dir)
	cmd.Env = append(os.Environ(), roleVariable+"="+role+" "+n)
	return cmd
}

// TestTwoProcesses has two processes write one directory at the same time, many
// times: both succeed, and what is there is one bundle, whole.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	rounds := 20
	if testing.Short() {
		rounds = 5
	}
	base := t.TempDir()
	for round := range rounds {
		dir := filepath.Join(base, fmt.Sprint(round%3), "out") // missing at first, and there later
		noError(t, os.MkdirAll(filepath.Dir(dir), dirMode))
		names := []string{fmt.Sprint("a", round), fmt.Sprint("b", round)}
		var processes []*exec.Cmd
		for _, n := range names {
			cmd := writerProcess(t, "write", n, dir)
			noError(t, cmd.Start())
			processes = append(processes, cmd)
		}
		for i, cmd := range processes {
			if err := cmd.Wait(); err != nil {
				t.Errorf("round %d: %s: %v", round, names[i], err)
			}
		}
		there := tree(t, dir)
		if !slices.ContainsFunc(names, func(n string) bool { return equalTrees(there, numbered(n)) }) {
			t.Fatalf("round %d: the directory is of neither bundle: %d entries", round, len(there))
		}
		checkMarkerOf(t, dir, there)
	}
}

func equalTrees(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, content := range a {
		if b[name] != content {
			return false
		}
	}
	return true
}

func checkMarkerOf(t *testing.T, dir string, there map[string]string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, MarkerName))
	noError(t, err)
	m, err := decodeMarker(content)
	noError(t, err)
	equal(t, "marker", [2]map[string]string{m.Files, m.Pending}, [2]map[string]string{sums(there), nil})
}

// TestKilledProcess kills a process before each of its changes: each file is old or
// new, the lock is free, and the next run repairs all and leaves nothing behind.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	for at, more := 1, true; more; at += 2 {
		dir := filepath.Join(t.TempDir(), "out")
		write(t, NewWriter(), dir, Claim{}, numbered("old"))
		more = killAt(t, dir, at)
		for name, content := range tree(t, dir) {
			if !isTemp(name) && !strings.HasSuffix(name, "/") && content != numbered("old")[name] && content != numbered("new")[name] {
				t.Errorf("killed at %d: %s is torn: %.20q", at, name, content)
			}
		}
		write(t, NewWriter(), dir, Claim{}, numbered("new"))
		equal(t, fmt.Sprintf("killed at %d: repaired", at), tree(t, dir), numbered("new"))
		checkMarkerOf(t, dir, numbered("new"))
	}
}

// killAt lets a process make some changes, and kills it before the next one. It
// returns false when the process is done before.
func killAt(t *testing.T, dir string, steps int) bool {
	t.Helper()
	cmd := writerProcess(t, "step", "new", dir)
	in, err := cmd.StdinPipe()
	noError(t, err)
	out, err := cmd.StderrPipe()
	noError(t, err)
	noError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for range steps {
		if !lines.Scan() {
			noError(t, cmd.Wait())
			return false
		}
		_, err := io.WriteString(in, "\n")
		noError(t, err)
	}
	killed := lines.Scan()
	if killed {
		noError(t, cmd.Process.Kill())
	}
	if err := cmd.Wait(); killed == (err == nil) {
		t.Errorf("killed: %v, but it ended with %v", killed, err)
	}
	return killed
}

// TestTemporaryNames has no two files share one.
func TestTemporaryNames(t *testing.T) {
	t.Parallel()
	if a, b := tempName("a/b"), tempName("a/b"); a == b || !isTemp(a) || filepath.Dir(a) != "a" {
		t.Errorf("got %q and %q", a, b)
	}
}

// TestLeftovers has those of killed runs of this version and of earlier ones.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	w, dir := NewWriter(), t.TempDir()
	claim, _ := write(t, w, dir, Claim{}, bundle())
	plant(t, dir, map[string]string{
		tempName("x"): "half", tempName("gpu-operator/x"): "half", "gpu-operator/.values.yaml.eidos-tmp": "half", "gpu-operator/.mine.tmp": "mine",
	})
	_, result := write(t, w, dir, claim, bundle())
	equal(t, "Written", result.Written, []string(nil))
	equal(t, "directory", tree(t, dir), with(bundle(), map[string]string{"gpu-operator/.mine.tmp": "mine"}))
}
