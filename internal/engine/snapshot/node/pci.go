// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

const (
	pciDevices   = "/sys/bus/pci/devices"
	nvidiaVendor = "0x10de"
)

// pciGPUs returns the PCI device id, such as "2330", of each NVIDIA GPU by its
// address, such as 0000:04:00.0. The kernel knows them without a driver. A
// machine without PCI has none; virtual functions are no GPUs of their own.
func pciGPUs(host *files) (map[string]string, error) {
	entries, err := host.list(pciDevices)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	gpus := map[string]string{}
	for _, entry := range entries {
		directory := path.Join(pciDevices, entry.Name())
		if host.text(path.Join(directory, "vendor")) != nvidiaVendor ||
			!isDisplayController(host.text(path.Join(directory, "class"))) ||
			host.exists(path.Join(directory, "physfn")) {
			continue
		}
		gpus[pciAddress(entry.Name())] = strings.TrimPrefix(host.text(path.Join(directory, "device")), "0x")
	}
	return gpus, nil
}

// isDisplayController recognises class 03: VGA for GPUs with a display, 3D for
// those without.
func isDisplayController(class string) bool { return strings.HasPrefix(class, "0x03") }

// pciAddress returns an address as the kernel writes it: nvidia-smi writes the
// domain with eight digits, and letters in upper case.
func pciAddress(text string) string {
	domain, rest, _ := strings.Cut(strings.ToLower(text), ":")
	const digits = 4
	if len(domain) > digits && strings.Trim(domain[:len(domain)-digits], "0") == "" {
		domain = domain[len(domain)-digits:]
	}
	return domain + ":" + rest
}
