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
// NVIDIA's two it is: open or proprietary. host-files is true where the host has
// a driver of its own, also one that is not loaded; host-files-at lists its
// files, one per line.
func readDriver(_ context.Context, host *files) (map[string]data, error) {
	d := data{}
	if at := driverFiles(host); len(at) > 0 {
		d["host-files"] = measurement.Bool(true)
		d["host-files-at"] = measurement.Str(strings.Join(at, "\n"))
	}
	content, err := host.read(driverVersionFile)
	switch {
	case err == nil:
		err = loadedDriver(d, validText(content))
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	return map[string]data{"driver": d}, err
}

func loadedDriver(d data, content string) error {
	line, _, _ := strings.Cut(content, "\n")
	// "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build"
	match := regexp.MustCompile(`\s([0-9]+(?:\.[0-9]+)+)\s`).FindStringSubmatch(line + " ")
	if match == nil {
		return fmt.Errorf("%s names no version in its first line, %q", driverVersionFile, line)
	}
	kind := "proprietary"
	if strings.Contains(line, "Open Kernel Module") {
		kind = "open"
	}
	d["version"], d["kernel-module"] = measurement.Str(match[1]), measurement.Str(kind)
	return nil
}
