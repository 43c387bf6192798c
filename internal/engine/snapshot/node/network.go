// SPDX-License-Identifier: Apache-2.0

package node

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

const (
	mellanoxVendor = "0x15b3"
	networkClass   = "0x02"
	netDevices     = "/sys/class/net"
)

// readNetwork reads what there is of Mellanox's ports, and what of the node's own
// network is on them and goes away with their driver. A machine without such
// ports has none of it; names and addresses are never read into a snapshot.
//
//   - mellanox-ports: how many, with or without a driver
//   - mellanox-link-types: ether, infiniband, or both
//   - mellanox-driver: inbox, or ofed for MLNX_OFED and DOCA-OFED
//   - mellanox-default-route: true where a default route leads over one
//   - mellanox-bond, -vlan, -bridge, -ovs: true where one is in such a thing
func readNetwork(_ context.Context, host *files) (map[string]data, error) {
	ports, err := pciFunctions(host, mellanoxVendor, networkClass)
	if err != nil || len(ports) == 0 {
		return nil, err
	}
	d := data{}
	setCount(d, "mellanox-ports", len(ports))
	setText(d, "mellanox-link-types", linkTypes(host, ports))
	setText(d, "mellanox-driver", mellanoxDriver(host))
	err = nodeTraffic(host, d)
	return map[string]data{"network": d}, err
}

// linkTypes reads the class of PCI, which firmware sets by the type of the port.
func linkTypes(host *files, ports []string) string {
	var types []string
	for _, port := range ports {
		switch class := host.text(path.Join(pciDevices, port, "class")); {
		case strings.HasPrefix(class, networkClass+"00"):
			types = append(types, "ether")
		case strings.HasPrefix(class, networkClass+"07"):
			types = append(types, "infiniband")
		}
	}
	slices.Sort(types)
	return strings.Join(slices.Compact(types), ", ")
}

// mellanoxDriver tells drivers apart by the version of the loaded module: that of
// OFED is 24.10-1.1.4, old kernels have a constant 5.0-0, newer ones none.
func mellanoxDriver(host *files) string {
	const module = "/sys/module/mlx5_core"
	_, build, _ := strings.Cut(host.text(module+"/version"), "-")
	switch {
	case strings.Contains(build, "."):
		return "ofed"
	case host.exists(module):
		return "inbox"
	default:
		return ""
	}
}

// nodeTraffic sets what of the node's own network is on ports of Mellanox.
func nodeTraffic(host *files, d data) error {
	stack, err := readStack(host)
	if err != nil {
		return err
	}
	for _, kind := range stack.kinds {
		d["mellanox-"+kind] = measurement.Bool(true)
	}
	defaults, err := defaultDevices(host)
	if slices.ContainsFunc(defaults, func(name string) bool { return slices.Contains(stack.devices, name) }) {
		d["mellanox-default-route"] = measurement.Bool(true)
	}
	return err
}
