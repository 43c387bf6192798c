// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// findAssets is the directory of etcd and kube-apiserver: KUBEBUILDER_ASSETS,
// else the nearest above that scripts/kube-binaries.sh has filled.
func findAssets() (string, error) {
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" {
		return assets, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding kube-apiserver: %w", err)
	}
	for {
		assets := filepath.Join(dir, ".cache", "kube")
		if _, err := os.Stat(assets); err == nil {
			return assets, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no directory above the tests holds .cache/kube: build it with scripts/kube-binaries.sh, or set KUBEBUILDER_ASSETS")
		}
		dir = filepath.Dir(dir)
	}
}

// Kubectl is the kubectl next to the server's binaries, or that of PATH.
func Kubectl() (string, error) {
	assets, err := findAssets()
	if err != nil {
		return "", err
	}
	path, err := exec.LookPath(filepath.Join(assets, "kubectl"))
	if err != nil {
		path, err = exec.LookPath("kubectl")
	}
	if err != nil {
		return "", fmt.Errorf("finding kubectl; scripts/kube-binaries.sh builds it where KUBEBUILDER_ASSETS is not set: %w", err)
	}
	return path, nil
}

// launcher opens a log for a binary and returns a script that runs it. Linux's
// setpriv has the kernel kill the process when the tests die without stopping it,
// which envtest does not ask for.
func (s *Server) launcher(binary string) (string, error) {
	if _, err := exec.LookPath(binary); err != nil {
		return "", fmt.Errorf("finding a binary; scripts/kube-binaries.sh builds it where KUBEBUILDER_ASSETS is not set: %w", err)
	}
	script := filepath.Join(s.dir, filepath.Base(binary))
	log, err := os.Create(script + ".log")
	if err != nil {
		return "", fmt.Errorf("creating a log: %w", err)
	}
	s.logs = append(s.logs, log)
	text := fmt.Sprintf("#!/bin/sh\ncommand -v setpriv >/dev/null && exec setpriv --pdeathsig KILL '%[1]s' \"$@\"\nexec '%[1]s' \"$@\"\n", binary)
	// A process forked meanwhile would hold the script open, which then cannot be run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		return "", fmt.Errorf("writing a script: %w", err)
	}
	return script, nil
}
