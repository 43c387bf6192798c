// SPDX-License-Identifier: Apache-2.0

package node

import (
	"path"
	"slices"
	"strings"
)

// netStack is the network devices that are of Mellanox's ports or need them.
type netStack struct {
	host    *files
	devices []string
	kinds   []string // of those on top: bond, vlan, bridge, ovs
}

// readStack finds the network devices of Mellanox, and from them all on top.
func readStack(host *files) (*netStack, error) {
	entries, err := host.list(netDevices)
	if err != nil {
		return nil, err
	}
	s := &netStack{host: host}
	var internal []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case s.text(name, "device/vendor") == mellanoxVendor:
			s.devices = append(s.devices, name)
		case s.isInternal(name):
			internal = append(internal, name)
		}
	}
	s.climb(0)
	if slices.Contains(s.kinds, "ovs") {
		// Nothing links the ports that Open vSwitch makes to those that it is given.
		known := len(s.devices)
		s.devices = append(s.devices, internal...)
		s.climb(known)
	}
	return s, nil
}

// climb adds what is on top of the devices from the nth on.
func (s *netStack) climb(n int) {
	for ; n < len(s.devices); n++ {
		for _, name := range s.links(s.devices[n], "upper_") {
			// A NIC with hardware of its own works without the port that it prefers, as
			// Hyper-V's does.
			if slices.Contains(s.devices, name) || s.host.exists(path.Join(netDevices, name, "device")) {
				continue
			}
			s.devices = append(s.devices, name)
			if kind := s.kind(name); slices.Contains([]string{"bond", "vlan", "bridge", "ovs"}, kind) && !slices.Contains(s.kinds, kind) {
				s.kinds = append(s.kinds, kind)
			}
		}
	}
}

// kind is the type that the kernel states of a virtual device, "" for most. The
// device that has the name ovs-system is the switch of Open vSwitch.
func (s *netStack) kind(name string) string {
	if name == "ovs-system" {
		return "ovs"
	}
	if kind := assignments(s.text(name, "uevent"))["DEVTYPE"]; kind != nil {
		return kind.String()
	}
	return ""
}

// isInternal reports whether a device may be one that Open vSwitch makes: neither
// hardware nor on top of another one, and of no stated type.
func (s *netStack) isInternal(name string) bool {
	const loopback = "772"
	return !s.host.exists(path.Join(netDevices, name, "device")) && s.text(name, "type") != loopback && s.kind(name) == "" && len(s.links(name, "lower_")) == 0
}

func (s *netStack) text(name, file string) string {
	return s.host.text(path.Join(netDevices, name, file))
}

// links returns the devices that upper_ or lower_ lead to.
func (s *netStack) links(name, prefix string) []string {
	entries, err := s.host.list(path.Join(netDevices, name))
	if err != nil {
		return nil // it has gone
	}
	var names []string
	for _, entry := range entries {
		if linked, ok := strings.CutPrefix(entry.Name(), prefix); ok {
			names = append(names, linked)
		}
	}
	return names
}
