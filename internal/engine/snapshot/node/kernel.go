// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// readKernel reads what decides whether the kernel takes a driver that somebody
// else has built. What a kernel does not say has no key.
//
//   - lockdown: none, integrity or confidentiality
//   - signed-modules-only: whether modules need a signature that the kernel knows
//   - secure-boot: whether the firmware started the machine with Secure Boot
//   - wsl: true for the kernel of the Windows Subsystem for Linux
func readKernel(_ context.Context, host *files) (map[string]data, error) {
	d := data{}
	parameters := commandLine(host.text("/proc/cmdline"))
	lockdown := lockdownMode(host, parameters)
	setText(d, "lockdown", lockdown)
	if signed, known := signedOnly(host, parameters, lockdown); known {
		d["signed-modules-only"] = measurement.Bool(signed)
	}
	if on, known := secureBoot(host); known {
		d["secure-boot"] = measurement.Bool(on)
	}
	if isWSL(host.text("/proc/sys/kernel/osrelease")) {
		d["wsl"] = measurement.Bool(true)
	}
	return map[string]data{"kernel": d}, nil
}

// lockdownMode returns the mode in brackets of "none [integrity]
// confidentiality", else the one that the kernel was started with.
func lockdownMode(host *files, parameters data) string {
	_, rest, _ := strings.Cut(host.text("/sys/kernel/security/lockdown"), "[")
	if mode, _, ok := strings.Cut(rest, "]"); ok {
		return mode
	}
	if mode := parameters["lockdown"]; mode != nil {
		return mode.String()
	}
	return ""
}

// signedOnly reports whether the kernel refuses modules without a signature:
// because it was built or started so, or because of lockdown.
func signedOnly(host *files, parameters data, lockdown string) (signed, known bool) {
	enforced := host.text("/sys/module/module/parameters/sig_enforce")
	started := parameters["module.sig_enforce"]
	switch {
	case lockdown == "integrity", lockdown == "confidentiality", enforced == "Y":
		return true, true
	case enforced == "N":
		return false, true
	case started != nil:
		return !slices.Contains([]string{"0", "n", "N", "off"}, started.String()), true
	default:
		return false, false
	}
}

// secureBoot reads the EFI variable: four bytes of attributes, and a 1 for on. A
// machine without EFI has none.
func secureBoot(host *files) (on, known bool) {
	const (
		firmware = "/sys/firmware"
		length   = 5
	)
	if !host.exists(firmware + "/efi") {
		return false, host.exists(firmware)
	}
	variable, err := host.read(firmware + "/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")
	if err != nil || len(variable) != length {
		return false, false
	}
	return variable[length-1] == 1, true
}

// isWSL recognizes a kernel by its release: 5.15.167.4-microsoft-standard-WSL2,
// 4.4.0-19041-Microsoft.
func isWSL(release string) bool {
	release = strings.ToLower(release)
	return strings.Contains(release, "microsoft") || strings.Contains(release, "wsl")
}
