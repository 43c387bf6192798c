// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const driverVersionFile = "/proc/driver/nvidia/version"

// readDriver reads the version of the loaded kernel module, and which of
// NVIDIA's two it is: open or proprietary.
func readDriver(_ context.Context, host *files) (map[string]data, error) {
	content, err := host.read(driverVersionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(validText(content), "\n")
	// "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build"
	match := regexp.MustCompile(`\s([0-9]+(?:\.[0-9]+)+)\s`).FindStringSubmatch(line + " ")
	if match == nil {
		return nil, fmt.Errorf("%s names no version in its first line, %q", driverVersionFile, line)
	}
	kind := "proprietary"
	if strings.Contains(line, "Open Kernel Module") {
		kind = "open"
	}
	return map[string]data{"driver": {"version": measurement.Str(match[1]), "kernel-module": measurement.Str(kind)}}, nil
}
