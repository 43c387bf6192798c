// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// systemPath is PATH as the tests were started with.
const systemPath = "NODE_TEST_PATH"

// TestMain is also the programs that the tests need: nvidia-smi, and systemd at
// the other end of a socket. Tests find no program in PATH unless they put it
// there, so the machine that they run on is not part of them.
func TestMain(m *testing.M) {
	if mode := os.Getenv("NODE_TEST_MODE"); mode != "" {
		os.Exit(program(mode, os.Getenv("NODE_TEST_FILE")))
	}
	if err := os.Setenv(systemPath, os.Getenv("PATH")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := os.Setenv("PATH", ""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// program behaves as the mode says. The file holds what it prints or tells.
func program(mode, file string) int {
	switch mode {
	case "bus", "direct-bus", "silent-bus":
		return serveBus(mode, file)
	case "print":
		return printFile(file)
	case "fail": // as nvidia-smi does where no driver is loaded
		_ = printFile(file)
		return 9
	case "warn": // where an infoROM is corrupted
		_ = printFile(file)
		return 14
	case "lose": // where a GPU has fallen off the bus
		_ = printFile(file)
		return 15
	case "crash":
		_ = printFile(file)
		return crash()
	case "arguments":
		_, _ = fmt.Fprintln(os.Stdout, strings.Join(os.Args, "\n"))
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return 1
			}
		}
	case "hang":
		hang(file)
	case "hang-in-child":
		child := exec.CommandContext(context.Background(), os.Args[0])
		child.Env = append(os.Environ(), "NODE_TEST_MODE=hang")
		child.Stdout = os.Stdout
		if child.Start() != nil {
			return 3
		}
		_ = child.Wait()
	}
	return 0
}

func printFile(file string) int {
	content, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	_, _ = os.Stdout.Write(content)
	return 0
}

// hang connects to the test, whose address the file holds, and waits for it to
// hang up.
func hang(file string) {
	address, err := os.ReadFile(file)
	if err != nil {
		return
	}
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", strings.TrimSpace(string(address)))
	if err == nil {
		_, _ = io.Copy(io.Discard, conn)
	}
}

// script returns a shell script that is this program in a mode.
func script(mode, file string) string {
	return fmt.Sprintf("#!/bin/sh\nNODE_TEST_MODE=%s NODE_TEST_FILE='%s' exec '%s' \"$@\"\n", mode, file, os.Args[0])
}

// crash ends this process by a signal.
func crash() int {
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Kill() != nil {
		return 3
	}
	select {}
}
