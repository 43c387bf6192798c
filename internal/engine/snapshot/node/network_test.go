// SPDX-License-Identifier: Apache-2.0

package node

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nic is a host whose port of Mellanox, eth0, carries a default route.
func nic() map[string]string {
	return map[string]string{
		"sys/bus/pci/devices/0000:09:00.0/vendor": "0x15b3\n", "sys/bus/pci/devices/0000:09:00.0/class": "0x020000\n",
		"sys/class/net/lo/type": "772\n", "sys/class/net/eth0/device/vendor": "0x15b3\n", "sys/class/net/eth0/uevent": "INTERFACE=eth0\n",
		"proc/1/net/route": "Iface\tDestination\tGateway\tFlags\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
	}
}

func route(device, destination, flags string) string {
	return device + "\t" + destination + "\t010200C0\t" + flags + "\t0\t0\t0\t" + destination + "\t0\t0\t0\n"
}

// TestNetwork reads hosts that differ from one whose default route leads over a
// port of Mellanox.
func TestNetwork(t *testing.T) {
	t.Parallel()
	const (
		route4, route6 = "proc/1/net/route", "proc/1/net/ipv6_route"
		bondUp, bond   = "sys/class/net/eth0/upper_bond0", "sys/class/net/bond0/uevent"
		module         = "sys/module/mlx5_core/version"
		class          = "sys/bus/pci/devices/0000:09:00.0/class"
		zeros          = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 "
	)
	port := func(more ...string) map[string]string {
		want := map[string]string{"mellanox-ports": "1", "mellanox-link-types": "ether"}
		for _, key := range more {
			want["mellanox-"+key] = "true"
		}
		return want
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  map[string]string
	}{
		"its own port":              {want: port("default-route")},
		"no port":                   {files: map[string]string{"sys/bus/pci/devices/0000:09:00.0/vendor": "0x8086\n"}},
		"no network device":         {files: map[string]string{class: "0x080100\n"}},
		"a virtual function":        {files: map[string]string{"sys/bus/pci/devices/0000:09:00.0/physfn/x": ""}},
		"a port of either type":     {files: map[string]string{class: "0x028000\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-default-route": "true"}},
		"InfiniBand":                {files: map[string]string{class: "0x020700\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-link-types": "infiniband", "mellanox-default-route": "true"}},
		"another route":             {files: map[string]string{route4: route("eth1", "00000000", "0003")}, want: port()},
		"a route to a network":      {files: map[string]string{route4: route("eth0", "000200C0", "0001")}, want: port()},
		"half of everything":        {files: map[string]string{route4: "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"}, want: port()},
		"a route that is down":      {files: map[string]string{route4: route("eth0", "00000000", "0002")}, want: port()},
		"a route that refuses":      {files: map[string]string{route4: route("eth0", "00000000", "0201")}, want: port()},
		"odd routes":                {files: map[string]string{route4: "\n\xff\neth0\nIface\tDestination\n" + route("eth0", "00000000", "x"), route6: "eth0\n"}, want: port()},
		"IPv6":                      {files: map[string]string{route4: "", route6: zeros + "00000003     eth0\n"}, want: port("default-route")},
		"IPv6 that refuses":         {files: map[string]string{route4: "", route6: zeros + "00200200     eth0\n"}, want: port()},
		"an unused bond":            {files: map[string]string{route4: "", bondUp: "", bond: "DEVTYPE=bond\n"}, want: port("bond")},
		"a bond":                    {files: map[string]string{route4: route("bond0", "00000000", "0003"), bondUp: "", bond: "DEVTYPE=bond\n"}, want: port("bond", "default-route")},
		"a bridge on a VLAN":        {files: map[string]string{route4: route("br0", "00000000", "0003"), "sys/class/net/eth0/upper_eth0.7": "", "sys/class/net/eth0.7/uevent": "DEVTYPE=vlan\n", "sys/class/net/eth0.7/upper_br0": "", "sys/class/net/br0/uevent": "DEVTYPE=bridge\n"}, want: port("vlan", "bridge", "default-route")},
		"a circle":                  {files: map[string]string{route4: "", bondUp: "", "sys/class/net/bond0/upper_eth0": ""}, want: port()},
		"a NIC of a hypervisor":     {files: map[string]string{route4: route("eth1", "00000000", "0003"), "sys/class/net/eth0/upper_eth1": "", "sys/class/net/eth1/device/vendor": "0x1414\n"}, want: port()},
		"Open vSwitch":              {files: map[string]string{route4: route("br-ex", "00000000", "0003"), "sys/class/net/eth0/upper_ovs-system": "", "sys/class/net/ovs-system/type": "1\n", "sys/class/net/br-ex/type": "1\n"}, want: port("ovs", "default-route")},
		"a VLAN on Open vSwitch":    {files: map[string]string{route4: route("br-ex.7", "00000000", "0003"), "sys/class/net/eth0/upper_ovs-system": "", "sys/class/net/ovs-system/type": "1\n", "sys/class/net/br-ex/upper_br-ex.7": "", "sys/class/net/br-ex.7/uevent": "DEVTYPE=vlan\n", "sys/class/net/br-ex.7/lower_br-ex": ""}, want: port("ovs", "vlan", "default-route")},
		"Open vSwitch of another":   {files: map[string]string{route4: route("br-ex", "00000000", "0003"), "sys/class/net/eth1/device/vendor": "0x8086\n", "sys/class/net/eth1/upper_ovs-system": "", "sys/class/net/ovs-system/type": "1\n", "sys/class/net/br-ex/type": "1\n"}, want: port()},
		"the kernel's driver":       {files: map[string]string{route4: "", "sys/module/mlx5_core/refcnt": "1\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-link-types": "ether", "mellanox-driver": "inbox"}},
		"the driver of a kernel 4":  {files: map[string]string{route4: "", module: "5.0-0\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-link-types": "ether", "mellanox-driver": "inbox"}},
		"MLNX_OFED":                 {files: map[string]string{route4: "", module: "5.8-3.0.7\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-link-types": "ether", "mellanox-driver": "ofed"}},
		"DOCA-OFED":                 {files: map[string]string{route4: "", module: "25.04-0.6.1\n"}, want: map[string]string{"mellanox-ports": "1", "mellanox-link-types": "ether", "mellanox-driver": "ofed"}},
		"a device that has gone":    {files: map[string]string{route4: route("bond0", "00000000", "0003"), bondUp: ""}, want: port("default-route")},
		"a port without its driver": {files: map[string]string{"sys/class/net/eth0/device/vendor": "0x8086\n"}, want: port()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := nic()
			maps.Copy(files, tt.files)
			found, err := readNetwork(t.Context(), localFiles(t, false, files))
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(found["network"]); len(got)+len(tt.want) > 0 && !cmp.Equal(tt.want, got) {
				t.Errorf("OS/network (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
		})
	}
}

// TestNetworkTrouble has what was found all the same.
func TestNetworkTrouble(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		without string
		files   map[string]string
		want    string
		route   bool
	}{
		"no routes":         {without: "proc/1/net/route", want: "/proc/1/net/route: no such file or directory"},
		"no devices":        {without: "sys/class/net/", want: "/sys/class/net: no such file or directory"},
		"too many routes":   {files: map[string]string{"proc/1/net/route": strings.Repeat("x", maxFile+1)}, want: "/proc/1/net/route: it is larger than 1048576 bytes"},
		"too many for IPv6": {files: map[string]string{"proc/1/net/ipv6_route": strings.Repeat("x", maxFile+1)}, want: "/proc/1/net/ipv6_route: it is larger than 1048576 bytes", route: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := nic()
			maps.Copy(files, tt.files)
			maps.DeleteFunc(files, func(file, _ string) bool { return tt.without != "" && strings.HasPrefix(file, tt.without) })
			found, err := readNetwork(t.Context(), localFiles(t, false, files))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got the error %v, want %s", err, tt.want)
			}
			if got := found["network"]; got["mellanox-ports"] == nil || (got["mellanox-default-route"] != nil) != tt.route {
				t.Errorf("found %v", texts(got))
			}
		})
	}
}

// TestNetworkOfTheReader: on its own machine a reader that may not see the first
// process is in the network that counts; below a host root it is not.
func TestNetworkOfTheReader(t *testing.T) {
	t.Parallel()
	for local, want := range map[bool]string{true: "/proc/net", false: "/proc/1/net"} {
		if got := hostNetwork(localFiles(t, local, map[string]string{"proc/net/route": ""})); got != want {
			t.Errorf("local %v: got %s, want %s", local, got, want)
		}
	}
}
