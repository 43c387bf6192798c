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
	if _, err := findBinaries(); err == nil || !strings.Contains(err.Error(), "KUBEBUILDER_ASSETS") || !strings.Contains(err.Error(), assets) {
		t.Errorf("an empty KUBEBUILDER_ASSETS: %v", err)
	}

	root := t.TempDir()
	script := filepath.Join(root, "scripts", "kube-binaries.sh")
	if err := os.MkdirAll(filepath.Dir(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBEBUILDER_ASSETS", "")
	t.Chdir(root)
	if _, err := findBinaries(); err == nil || !strings.Contains(err.Error(), "build it with ") || !strings.Contains(err.Error(), "scripts/kube-binaries.sh") {
		t.Errorf("nothing built: %v", err)
	}

	t.Chdir("/")
	if _, err := findBinaries(); err == nil || !strings.Contains(err.Error(), "no directory above") {
		t.Errorf("outside of the repository: %v", err)
	}
}
