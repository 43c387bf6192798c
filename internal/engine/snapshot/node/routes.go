// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// routeFile is a table of routes of the kernel and which fields of it say what.
type routeFile struct {
	name                       string
	destination, length, flags int
	device                     int
	everything                 string // length of a default route
}

func routeFiles() []routeFile {
	return []routeFile{
		{name: "route", device: 0, destination: 1, flags: 3, length: 7, everything: "00000000"},
		{name: "ipv6_route", destination: 0, length: 1, flags: 8, device: 9, everything: "00"},
	}
}

// defaultDevices returns the network devices that default routes of the machine
// lead over. A machine without IPv6 has no table of it.
func defaultDevices(host *files) ([]string, error) {
	var devices []string
	var failed []error
	for _, file := range routeFiles() {
		content, err := host.read(hostNetwork(host) + "/" + file.name)
		if errors.Is(err, fs.ErrNotExist) && file.device != 0 {
			continue
		}
		failed = append(failed, err)
		devices = append(devices, file.defaults(string(content))...)
	}
	return devices, errors.Join(failed...)
}

// hostNetwork is where the network of the machine is, whose first process is in
// it; /proc/net is that of the reader, who may not see the first process.
func hostNetwork(host *files) string {
	const first = "/proc/1/net"
	if host.local && !host.exists(first) {
		return "/proc/net"
	}
	return first
}

// defaults returns the devices of the routes to everywhere that are in use.
func (r routeFile) defaults(text string) []string {
	const (
		up       = 0x1
		rejected = 0x200
		base     = 16
		bits     = 32
	)
	var devices []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) <= max(r.device, r.length, r.flags) || fields[r.length] != r.everything || strings.Trim(fields[r.destination], "0") != "" {
			continue
		}
		flags, err := strconv.ParseUint(fields[r.flags], base, bits)
		if err == nil && flags&(up|rejected) == up && !slices.Contains(devices, fields[r.device]) {
			devices = append(devices, fields[r.device])
		}
	}
	return devices
}
