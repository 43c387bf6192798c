// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMissingBinaries(t *testing.T) {
	assets := t.TempDir()
	t.Setenv("KUBEBUILDER_ASSETS", assets)
	if _, err := Start(); err == nil || !strings.Contains(err.Error(), "KUBEBUILDER_ASSETS") || !strings.Contains(err.Error(), assets) {
		t.Errorf("an empty KUBEBUILDER_ASSETS: %v", err)
	}

	t.Setenv("KUBEBUILDER_ASSETS", "")
	t.Chdir(t.TempDir())
	if _, err := Start(); err == nil || !strings.Contains(err.Error(), "no directory above") || !strings.Contains(err.Error(), "build it with scripts/kube-binaries.sh") {
		t.Errorf("nothing built: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(".cache", "kube"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(); err == nil || !strings.Contains(err.Error(), ".cache/kube/etcd") {
		t.Errorf("a build that did not finish: %v", err)
	}
}
