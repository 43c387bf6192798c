// SPDX-License-Identifier: Apache-2.0

package node

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// What NVML says of a GPU that has fallen off the bus, and of one that works
// again only after a reset.
const (
	gpuLost       = "GPU is lost"
	gpuNeedsReset = "GPU requires reset"
)

// smiAbsent are the values that say there is none, in lower case and without
// brackets.
func smiAbsent() []string {
	return []string{"n/a", "not supported", "not available", "unknown", "requested functionality has been deprecated"}
}

// smiErrors are parts of the errors of NVML, nvmlErrorString, and of nvidia-smi
// in the same form. They stand where a value cannot be read.
func smiErrors() []string {
	return []string{
		"error", "err!", "not found", strings.ToLower(gpuLost), strings.ToLower(gpuNeedsReset), "insufficient permission", "insufficient size",
		"insufficient external power", "insufficient resources", "insufficient memory", "uninitialized", "already initialized",
		"invalid argument", "invalid state", "driver not loaded", "version mismatch", "timeout", "no data", "interrupt request issue",
		"corrupted inforom", "blocked by the operating system", "in use by another client", "not in ready state",
		"unable to", "failed to", "frequency not supported",
	}
}

// smiNameless are product names that do not say which product it is: those of
// GPUs that are newer than the driver, or that it cannot read.
func smiNameless() []string {
	return []string{"nvidia graphics device", "graphics device", "nvidia device", "nvidia gpu", "nvidia"}
}

// smiText returns a value of the log, "" for one that says there is none, or
// that it could not be read.
func smiText(value string) string {
	value = strings.TrimSpace(value)
	if slices.Contains(smiAbsent(), smiWord(value)) || smiError(value) {
		return ""
	}
	return value
}

func smiError(value string) bool {
	word := smiWord(value)
	return slices.ContainsFunc(smiErrors(), func(part string) bool { return strings.Contains(word, part) })
}

// smiWord returns a value in the form of the lists.
func smiWord(value string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(value), "[]."))
}

// productText returns the name of a product, "" for one that says nothing: the
// PCI device id says more.
func productText(name string) string {
	if name = smiText(name); slices.Contains(smiNameless(), smiWord(name)) {
		return ""
	}
	return name
}

// setText sets a text unless it is empty.
func setText(d data, key, text string) {
	if text != "" {
		d[key] = measurement.Str(text)
	}
}

// setCount sets a count unless it is 0.
func setCount(d data, key string, count int) {
	if count != 0 {
		d[key] = measurement.Int(int64(count))
	}
}
