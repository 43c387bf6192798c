// SPDX-License-Identifier: Apache-2.0

package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
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
	Taints           ValueType = "taints" // JSON: a list of {key, value, effect}
	ProxyURL         ValueType = "proxy-url"
	VirtualGPU       ValueType = "virtual-gpu" // the name of a product: NVIDIA A100-40C
)

// Known reports whether the type exists.
func (t ValueType) Known() bool {
	switch t {
	case "", Bool, Enum, DriverVersion, DriverBranch, CIDR, Interface, Directory, LabelValue, ModuleParameters, Taints, ProxyURL, VirtualGPU:
		return true
	default:
		return false
	}
}

// Check says what is wrong with the form of a text.
func (t ValueType) Check(text string) error {
	switch t {
	case DriverVersion:
		return expect(isDriverVersion(text), text, `a driver version, such as "580.105.08"`)
	case DriverBranch:
		return expect(words.Of(text, words.Digits), text, `a driver branch, such as "580"`)
	case CIDR:
		return isAddressRange(text)
	case Interface:
		const longest = 15 // bytes, for Linux
		return expect(len(text) <= longest && words.Of(text, words.Letters+words.Digits+"_.-") && strings.TrimLeft(text, ".-") == text, text,
			"the name of a network interface, such as ens1f0np0: at most 15 letters, digits, dots, dashes and underscores")
	case Directory:
		return isHostDirectory(text)
	case LabelValue:
		const longest = 63
		return expect(len(text) <= longest && words.Of(text, words.Letters+words.Digits+"-_.") && strings.Trim(text, "-_.") == text, text,
			"the value of a node label: at most 63 letters, digits, dashes, dots and underscores")
	case ModuleParameters:
		return areModuleParameters(text)
	case ProxyURL:
		return isProxyURL(text)
	case VirtualGPU:
		return expect(isVirtualGPU(text), text, "the name of a virtual GPU, such as NVIDIA A100-40C")
	case Taints:
		_, err := tolerations(text)
		return err
	default:
		return nil
	}
}

// Normal returns a value of the type as files hold it: module parameters one a
// line, which is what NVIDIA's driver container reads, and taints as the tolerations
// of them.
func (t ValueType) Normal(value any) any {
	text, isText := value.(string)
	switch {
	case t == ModuleParameters && isText:
		return strings.Join(strings.Fields(text), "\n") + "\n"
	case t == Taints && isText:
		list, _ := tolerations(text) // as Check has said
		return list
	default:
		return value
	}
}

// tolerations reads taints. Each is tolerated by its key, and by its value where it
// has one.
func tolerations(text string) ([]any, error) {
	var taints []struct{ Key, Value, Effect string }
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&taints); err != nil {
		return nil, fmt.Errorf(`got %.100q, want taints as JSON, such as [{"key":"dedicated","value":"ml","effect":"NoSchedule"}]: %w`, text, err)
	}
	list := []any{}
	for _, t := range taints {
		if t.Key == "" || t.Effect != "NoSchedule" && t.Effect != "PreferNoSchedule" {
			return nil, fmt.Errorf("got %.100q, want taints with a key and the effect NoSchedule or PreferNoSchedule", text)
		}
		toleration := map[string]any{"key": t.Key, "operator": "Exists", "effect": t.Effect}
		if t.Value != "" {
			toleration["operator"], toleration["value"] = "Equal", t.Value
		}
		list = append(list, toleration)
	}
	return list, nil
}

// isProxyURL refuses credentials too: values are plain text in files and state.
func isProxyURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("got %.100q, want the URL of a proxy, such as http://proxy.example.com:3128", text)
	case u.User != nil:
		return errors.New("the URL of the proxy holds a user or password, which values keep as plain text: use a proxy that needs none, or override driver.secretEnv with the name of a Secret")
	}
	return nil
}

// isVirtualGPU reports whether a product's name ends with the memory and the series of
// a vGPU type, in GB: https://docs.nvidia.com/vgpu/latest/grid-vgpu-user-guide/.
func isVirtualGPU(text string) bool {
	size := text[strings.LastIndexByte(text, '-')+1:]
	return len(size) < len(text) && len(size) > 1 && strings.ContainsRune("ABCQ", rune(size[len(size)-1])) && words.Of(size[:len(size)-1], words.Digits)
}

func isDriverVersion(text string) bool {
	numbers := strings.Split(text, ".")
	return (len(numbers) == 2 || len(numbers) == 3) && !slices.ContainsFunc(numbers, func(n string) bool { return !words.Of(n, words.Digits) })
}

func expect(fits bool, text, want string) error {
	if !fits {
		return fmt.Errorf("got %.100q, want %s", text, want)
	}
	return nil
}

func areModuleParameters(text string) error {
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		if value == "" || !words.Of(name, words.Letters+words.Digits+"_") || words.Of(name[:1], words.Digits) {
			return fmt.Errorf("got %.100q, want NAME=VALUE without blanks, such as NVreg_EnableStreamMemOPs=1; several stand on lines of their own, without modprobe's words", word)
		}
	}
	return nil
}

func isHostDirectory(text string) error {
	if !strings.HasPrefix(text, "/") || !words.Of(text, words.Letters+words.Digits+"._+@/-") || path.Clean(text) != text {
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
