// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"fmt"
	"os"
	"path/filepath"
)

// binaries are the servers to run.
type binaries struct {
	apiserver, etcd string
}

// findBinaries looks in KUBEBUILDER_ASSETS, else where scripts/kube-binaries.sh
// puts what it builds.
func findBinaries() (binaries, error) {
	dir := os.Getenv("KUBEBUILDER_ASSETS")
	advice := "KUBEBUILDER_ASSETS names a directory that lacks it"
	if dir == "" {
		root, err := repository()
		if err != nil {
			return binaries{}, err
		}
		dir = filepath.Join(root, ".cache", "kube")
		advice = "build it with " + filepath.Join(root, "scripts", "kube-binaries.sh")
	}
	found := binaries{apiserver: filepath.Join(dir, "kube-apiserver"), etcd: filepath.Join(dir, "etcd")}
	for _, binary := range []string{found.apiserver, found.etcd} {
		if _, err := os.Stat(binary); err != nil {
			return binaries{}, fmt.Errorf("%s: %w", advice, err)
		}
	}
	return found, nil
}

// repository is the nearest directory above that holds the build script.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "scripts", "kube-binaries.sh")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no directory above the tests holds scripts/kube-binaries.sh")
		}
		dir = parent
	}
}
