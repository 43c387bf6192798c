// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// logLines is how much of a log says why something failed.
const logLines = 60

// process is a server in a process group of its own.
type process struct {
	cmd     *exec.Cmd
	logFile string
	// exited is closed when the process has ended, for whatever reason.
	exited chan struct{}
}

// startProcess runs a binary whose output goes to dir/<name>.log.
func startProcess(dir, binary string, args ...string) (*process, error) {
	p := &process{
		cmd:     exec.Command(binary, args...), //nolint:noctx,gosec // the tests choose the binary; stop ends it and its children, which a context does not
		logFile: filepath.Join(dir, filepath.Base(binary)+".log"),
		exited:  make(chan struct{}),
	}
	log, err := os.Create(p.logFile)
	if err != nil {
		return nil, fmt.Errorf("creating a log: %w", err)
	}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.SysProcAttr = processAttributes()
	err = p.cmd.Start()
	_ = log.Close() // the process has its own
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", binary, err)
	}
	go func() {
		_ = p.cmd.Wait() // the log says why it ended
		close(p.exited)
	}()
	return p, nil
}

// stop kills the process group and waits for its end. There is nothing to save:
// all data are the test's.
func (p *process) stop() error {
	select {
	case <-p.exited:
		return nil
	default:
	}
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stopping %s: %w", p.cmd.Path, err)
	}
	<-p.exited
	return nil
}

// log returns the last lines that the process has written so far.
func (p *process) log() string {
	content, err := os.ReadFile(p.logFile)
	if err != nil {
		return err.Error()
	}
	lines := strings.SplitAfter(string(content), "\n")
	return strings.Join(lines[max(0, len(lines)-logLines):], "")
}
