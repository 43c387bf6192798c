// SPDX-License-Identifier: Apache-2.0

package node

import "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"

// Identify returns what tells the machine below a host root, "" for /, from
// others. Only root may read the UUID of the hardware.
func Identify(hostRoot, name string) (snapshot.Machine, error) {
	host, err := openFiles(Options{HostRoot: hostRoot}.root(), func(string) {})
	if err != nil {
		return snapshot.Machine{}, err
	}
	defer host.close()
	return snapshot.Machine{
		Name:       name,
		MachineID:  host.text("/etc/machine-id"),
		BootID:     host.text("/proc/sys/kernel/random/boot_id"),
		SystemUUID: host.text("/sys/class/dmi/id/product_uuid"),
	}, nil
}
