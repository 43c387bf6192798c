// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	log  *smiLog // nil where there is no nvidia-smi
	err  error
}

func newSMISource() *smiSource { return &smiSource{turn: semaphore.NewWeighted(1)} }

// get returns the log of nvidia-smi, or nil where there is none.
func (s *smiSource) get(ctx context.Context, host *files) (*smiLog, error) {
	if err := s.turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.turn.Release(1)
	if !s.done {
		s.log, s.err = runSMI(ctx, host)
		s.done = true
	}
	return s.log, s.err
}

// readSMI reads what nvidia-smi reports: GPU/smi, and GPU/smi-variance where GPUs
// differ.
func (s *smiSource) readSMI(ctx context.Context, host *files) (map[string]data, error) {
	log, err := s.get(ctx, host)
	if err != nil {
		return nil, err
	}
	if log == nil {
		host.note("there is no nvidia-smi; GPU/device tells what PCI and the driver do")
		return nil, nil
	}
	smi, variance := log.data()
	return map[string]data{"smi": smi, "smi-variance": variance}, nil
}

// runSMI returns the log of the first nvidia-smi that there is, or nil. The one
// in PATH comes first: NVIDIA's container runtime puts it there, with the
// libraries that it needs.
func runSMI(ctx context.Context, host *files) (*smiLog, error) {
	var cmd *exec.Cmd
	if path, err := exec.LookPath("nvidia-smi"); err == nil {
		cmd = exec.CommandContext(ctx, path, "-q", "-x") //nolint:gosec // the machine's own tool
	} else if cmd, err = hostSMI(ctx, host); cmd == nil {
		return nil, err
	}
	output, err := runTool(ctx, cmd)
	if err != nil {
		return nil, explainSMI(err)
	}
	log, err := parseSMILog(output)
	if err != nil {
		return nil, err
	}
	return &log, nil
}

// runTool returns what a tool prints in the language of programs. The error of
// one that fails says what it said; nvidia-smi says it on stdout.
func runTool(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	output, err := process.Run(ctx, cmd, maxOutput)
	if err == nil {
		return output.Stdout, nil
	}
	err = fmt.Errorf("running %s: %w", filepath.Base(cmd.Path), err)
	for _, said := range [][]byte{output.Stderr, output.Stdout} {
		if tail := process.Tail(string(said)); tail != "" {
			return nil, fmt.Errorf("%w; it said: %s", err, tail)
		}
	}
	return nil, err
}

// explainSMI says what an exit status of nvidia-smi means.
func explainSMI(err error) error {
	const driverNotLoaded = 9
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == driverNotLoaded {
		return fmt.Errorf("no NVIDIA driver is loaded: %w", err)
	}
	return err
}

// installation is a place where a host has nvidia-smi. Its paths are below root.
type installation struct {
	root, program string
	libraries     []string // besides those of the system
}

// installations returns the places where nvidia-smi may be: in the node's image,
// in the GPU operator's driver container, and where GKE installs it on COS.
func installations() []installation {
	return []installation{
		{root: "/", program: "/usr/bin/nvidia-smi"},
		{root: "/run/nvidia/driver", program: "/usr/bin/nvidia-smi"},
		{root: "/", program: "/home/kubernetes/bin/nvidia/bin/nvidia-smi", libraries: []string{"/home/kubernetes/bin/nvidia/lib64"}},
	}
}

// hostSMI returns the command that runs the host's nvidia-smi, or nil where it
// has none.
func hostSMI(ctx context.Context, host *files) (*exec.Cmd, error) {
	for _, i := range installations() {
		if program := filepath.Join(i.root, i.program); host.exists(program) {
			return i.command(ctx, host)
		}
	}
	return nil, nil
}

// command runs nvidia-smi by the dynamic loader of the root that it belongs to,
// and with the libraries of that root: those of the container that this process
// may be in are of another system, if there are any. That needs no privilege, as
// chroot would.
func (i installation) command(ctx context.Context, host *files) (*exec.Cmd, error) {
	program, err := host.outside(filepath.Join(i.root, i.program))
	if err != nil {
		return nil, err
	}
	arguments := []string{program, "-q", "-x"}
	if !host.local || i.root != "/" || len(i.libraries) > 0 {
		if loader := i.first(host, "/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"); loader != "" {
			arguments = append([]string{loader, "--library-path", i.libraryPath(host)}, arguments...)
		}
	}
	return exec.CommandContext(ctx, arguments[0], arguments[1:]...), nil //nolint:gosec // the host's own tool
}

// first returns the first of the files that is there, as this process reaches
// it, or "".
func (i installation) first(host *files, names ...string) string {
	for _, name := range names {
		if name = filepath.Join(i.root, name); !host.exists(name) {
			continue
		}
		if outside, err := host.outside(name); err == nil {
			return outside
		}
	}
	return ""
}

func (i installation) libraryPath(host *files) string {
	directories := append([]string{}, i.libraries...)
	directories = append(directories,
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
		"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/lib")
	var found []string
	for _, directory := range directories {
		if outside := i.first(host, directory); outside != "" && !slices.Contains(found, outside) {
			found = append(found, outside)
		}
	}
	return strings.Join(found, ":")
}
