// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"strings"
)

// maxLabel is how long the value of a label, and a namespace, may be.
const maxLabel = 63

var (
	labelValue      = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$`)
	moduleParameter = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=\S+$`)
	hostDirectory   = regexp.MustCompile(`^/[A-Za-z0-9._+@/-]*$`)
	interfaceName   = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$`) // Linux takes 15 bytes
)

func isLabelValue(text string) error {
	if len(text) > maxLabel || !labelValue.MatchString(text) {
		return fmt.Errorf("got %q, want the value of a node label: at most 63 letters, digits, dashes, dots and underscores", text)
	}
	return nil
}

// areModuleParameters takes parameters apart at blanks, as moduleParameters
// does.
func areModuleParameters(text string) error {
	for _, parameter := range strings.Fields(text) {
		if !moduleParameter.MatchString(parameter) {
			return fmt.Errorf("got %.100q, want NAME=VALUE without blanks, such as NVreg_EnableStreamMemOPs=1; several stand on lines of their own, without modprobe's words", parameter)
		}
	}
	return nil
}

// moduleParameters is what the driver container reads: one parameter a line.
func moduleParameters(text string) string { return strings.Join(strings.Fields(text), "\n") + "\n" }

func isHostDirectory(text string) error {
	if !hostDirectory.MatchString(text) || path.Clean(text) != text {
		return fmt.Errorf("got %.100q, want the absolute path of a directory on the node, such as /opt/nvidia, without .. and blanks", text)
	}
	return nil
}

func isInterfaceName(text string) error {
	if !interfaceName.MatchString(text) {
		return fmt.Errorf("got %.100q, want the name of a network interface, such as ens1f0np0: at most 15 letters, digits, dots, dashes and underscores", text)
	}
	return nil
}

// isAddressRange wants room for two addresses on a node beside those of the
// network and of broadcasts: the IPAM plugin refuses less.
func isAddressRange(text string) error {
	const leastHostBits = 2
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil || prefix != prefix.Masked():
		return fmt.Errorf("got %q, want a network in CIDR form whose host bits are zero, such as 192.168.0.0/16", text)
	case prefix.Addr().BitLen()-prefix.Bits() < leastHostBits:
		return fmt.Errorf("got %q, which has no room for two addresses on a node: want a larger range, such as 192.168.0.0/16", text)
	}
	return nil
}
