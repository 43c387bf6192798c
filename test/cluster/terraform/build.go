// SPDX-License-Identifier: Apache-2.0

package terraform

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build builds the provider of the repository at root into a directory.
func Build(ctx context.Context, root, plugins string) error {
	binary, err := filepath.Abs(filepath.Join(plugins, "terraform-provider-eidos"))
	if err != nil {
		return fmt.Errorf("building the provider: %w", err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, ".") //nolint:gosec // the path is the test's own
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return nil
}

// find takes $TERRAFORM, else what is on PATH.
func find() (string, error) {
	if binary := os.Getenv("TERRAFORM"); binary != "" {
		return binary, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if binary, err := exec.LookPath(name); err == nil {
			return binary, nil
		}
	}
	return "", fmt.Errorf("neither terraform nor tofu is on PATH; run make test-cluster, which builds OpenTofu when needed")
}
