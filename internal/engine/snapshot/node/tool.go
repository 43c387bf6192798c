// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/process"
)

// maxOutput bounds what a tool may print; the log of sixteen GPUs has less than
// a megabyte.
const maxOutput = 8 << 20

// runTool returns what a tool prints in the language of programs. The error of
// one that fails says what it said; nvidia-smi says it on stdout.
func runTool(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
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
