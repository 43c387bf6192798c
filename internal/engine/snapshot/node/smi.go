// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sync/semaphore"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/process"
)

// maxOutput bounds what nvidia-smi may print and systemd may send, in bytes; the
// log of sixteen GPUs has less than a megabyte.
const maxOutput = 8 << 20

// smiSource runs nvidia-smi once for the collectors that read its log.
type smiSource struct {
	// turn is a mutex of the outcome for which waiting ends with the context.
	turn *semaphore.Weighted
	done bool
	run  smiRun
}

func newSMISource() *smiSource { return &smiSource{turn: semaphore.NewWeighted(1)} }

// get returns what became of nvidia-smi.
func (s *smiSource) get(ctx context.Context, host *files) smiRun {
	if err := s.turn.Acquire(ctx, 1); err != nil {
		return smiRun{err: err}
	}
	defer s.turn.Release(1)
	if !s.done {
		s.run = runSMI(ctx, host)
		s.done = true
	}
	return s.run
}

// readSMI reads what nvidia-smi reports: GPU/smi, and GPU/smi-variance where GPUs
// differ.
func (s *smiSource) readSMI(ctx context.Context, host *files) (map[string]data, error) {
	run := s.get(ctx, host)
	switch {
	case run.absent:
		host.note("there is no nvidia-smi in PATH, and on the host none in " + strings.Join(smiDirectories(), ", ") +
			"; GPU/device has what PCI and the driver report")
	case run.log != nil && run.status != 0:
		host.note(fmt.Sprintf("nvidia-smi ended with exit status %d%s, but printed a whole log, which counts", run.status, meaning(run.status, " (%s)")))
	}
	smi, variance := run.data()
	return map[string]data{"smi": smi, "smi-variance": variance}, run.err
}

// smiRun is what became of nvidia-smi.
type smiRun struct {
	absent bool    // there is none
	log    *smiLog // nil where it printed no whole one, and err says why
	err    error
	status int // its exit status, -1 after a signal
	unseen int // how many GPUs it says, outside of the log, that it cannot see
}

// data returns the readings of GPU/smi and the variance. Without a log they tell
// of GPUs that nvidia-smi cannot see.
func (r smiRun) data() (smi, variance data) {
	lost := r.unseen
	switch {
	case r.log != nil:
		smi, variance = r.log.data()
		lost += r.log.saying(gpuLost)
	case r.unseen > 0:
		smi = data{}
	default:
		return nil, nil
	}
	setCount(smi, "lost-gpus", lost)
	setCount(smi, "exit-status", r.status)
	return smi, variance
}

// runSMI runs the first nvidia-smi that there is. The one in PATH comes first:
// NVIDIA's container runtime puts it there, with the libraries that it needs.
func runSMI(ctx context.Context, host *files) smiRun {
	var cmd *exec.Cmd
	if path, err := exec.LookPath("nvidia-smi"); err == nil {
		cmd = exec.CommandContext(ctx, path, "-q", "-x") //nolint:gosec // the machine's own tool
	} else if cmd, err = hostSMI(ctx, host); cmd == nil {
		return smiRun{absent: err == nil, err: err}
	}
	output, err := runTool(ctx, cmd)
	return outcomeOf(output, err)
}

// outcomeOf reads what nvidia-smi printed. A whole log counts also where the
// exit status says that something is wrong with one of the GPUs.
func outcomeOf(output []byte, err error) smiRun {
	r := smiRun{unseen: bytes.Count(output, []byte("Unable to determine the device handle"))}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		r.status = exit.ExitCode()
	}
	if err != nil && exit == nil {
		return smiRun{err: err}
	}
	log, broken := parseSMILog(output)
	switch {
	case broken == nil:
		r.log = &log
	case exit != nil:
		r.err = fmt.Errorf("%s%w", meaning(r.status, "%s: "), err)
	default:
		r.err = broken
	}
	return r
}

// meaning returns what an exit status of nvidia-smi means in a form, "" for one
// that says nothing.
func meaning(status int, form string) string {
	text, ok := map[int]string{
		3:  "an operation is not available on a GPU",
		4:  "the user lacks the permission",
		8:  "the external power of a GPU is not connected",
		9:  "no NVIDIA driver is loaded",
		10: "the kernel has trouble with the interrupts of a GPU",
		12: "libnvidia-ml.so, the library of the driver, is not found",
		13: "libnvidia-ml.so is of another version",
		14: "the infoROM of a GPU is corrupted",
		15: "a GPU is lost: it has fallen off the bus",
	}[status]
	if !ok {
		return ""
	}
	return fmt.Sprintf(form, text)
}

// runTool returns what a tool prints in the language of programs, also with an
// error. The error of one that fails says what it said; nvidia-smi says it on
// stdout.
func runTool(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	output, err := process.Run(ctx, cmd, maxOutput)
	if err == nil {
		return output.Stdout, nil
	}
	err = fmt.Errorf("running %s: %w", filepath.Base(cmd.Path), err)
	for _, said := range [][]byte{output.Stderr, output.Stdout} {
		if tail := process.Tail(string(said)); tail != "" {
			return output.Stdout, fmt.Errorf("%w; it said: %s", err, tail)
		}
	}
	return output.Stdout, err
}
