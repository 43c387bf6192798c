// SPDX-License-Identifier: Apache-2.0

package component

import (
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"strings"
)

// ValueType is what a recipe key takes. The zero value takes any text.
type ValueType string

// The types of recipe keys. All but Bool are strings; those below Enum have a
// form.
const (
	Bool             ValueType = "bool"
	Enum             ValueType = "enum" // one of Key.OneOf
	DriverVersion    ValueType = "driver-version"
	DriverBranch     ValueType = "driver-branch"
	CIDR             ValueType = "cidr"
	Interface        ValueType = "interface"
	Directory        ValueType = "directory"
	LabelValue       ValueType = "label-value"
	ModuleParameters ValueType = "module-parameters"
)

// Known reports whether the type exists.
func (t ValueType) Known() bool {
	switch t {
	case "", Bool, Enum, DriverVersion, DriverBranch, CIDR, Interface, Directory, LabelValue, ModuleParameters:
		return true
	default:
		return false
	}
}

// Check says what is wrong with the form of a text.
func (t ValueType) Check(text string) error {
	switch t {
	case DriverVersion:
		return matches(text, `^[0-9]+\.[0-9]+(\.[0-9]+)?$`, `a driver version, such as "580.105.08"`)
	case DriverBranch:
		return matches(text, `^[0-9]+$`, `a driver branch, such as "580"`)
	case CIDR:
		return isAddressRange(text)
	case Interface:
		return matches(text, `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$`, // Linux takes 15 bytes
			"the name of a network interface, such as ens1f0np0: at most 15 letters, digits, dots, dashes and underscores")
	case Directory:
		return isHostDirectory(text)
	case LabelValue:
		return matches(text, `^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`,
			"the value of a node label: at most 63 letters, digits, dashes, dots and underscores")
	case ModuleParameters:
		return areModuleParameters(text)
	default:
		return nil
	}
}

// Normal returns a value of the type as files hold it: module parameters one a
// line, which is what NVIDIA's driver container reads.
func (t ValueType) Normal(value any) any {
	text, isText := value.(string)
	if t != ModuleParameters || !isText {
		return value
	}
	return strings.Join(strings.Fields(text), "\n") + "\n"
}

// matches compiles the pattern when it is needed: few recipes state a text that
// has a form, and starting the program should not pay for all of them.
func matches(text, pattern, want string) error {
	if !regexp.MustCompile(pattern).MatchString(text) {
		return fmt.Errorf("got %.100q, want %s", text, want)
	}
	return nil
}

func areModuleParameters(text string) error {
	parameter := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=\S+$`)
	for _, word := range strings.Fields(text) {
		if !parameter.MatchString(word) {
			return fmt.Errorf("got %.100q, want NAME=VALUE without blanks, such as NVreg_EnableStreamMemOPs=1; several stand on lines of their own, without modprobe's words", word)
		}
	}
	return nil
}

func isHostDirectory(text string) error {
	if !regexp.MustCompile(`^/[A-Za-z0-9._+@/-]*$`).MatchString(text) || path.Clean(text) != text {
		return fmt.Errorf("got %.100q, want the absolute path of a directory on the node, such as /opt/nvidia, without .. and blanks", text)
	}
	return nil
}

// isAddressRange demands room for two addresses on a node in addition to the
// network's and the broadcast address: the IPAM plugin refuses less.
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
