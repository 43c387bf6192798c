// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestFullDisk writes every kind of output to a device that is full.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	for _, args := range [][]string{
		{"recipe", "--service", "eks", "--k8s", "1.34"},
		{"recipe", "--service", "eks", "--k8s", "1.34", "--explain"},
		{"bundle", "--recipe", recipe},
		{"snapshot", "--collectors", "OS/release"},
		{"version"},
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := process(t, args...)
		cmd.Stdout = full
		finish(t, cmd).check(t, cli.ExitFailure, "no space left on device")
		if err := full.Close(); err != nil {
			t.Error(err)
		}
	}
	finish(t, process(t, "recipe", "--service", "eks", "--k8s", "1.34", "-o", "/dev/full")).check(t, cli.ExitFailure, "writing /dev/full: no space left on device")
}
