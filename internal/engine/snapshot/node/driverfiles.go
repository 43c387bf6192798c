// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bufio"
	"path"
	"slices"
	"strings"
)

// driverFiles returns the files that say that the host has a driver of its own:
// nvidia-smi, the library that it needs, and the module for the running kernel.
// What the GPU Operator's driver container has is not the host's.
func driverFiles(host *files) []string {
	var found []string
	add := func(name string) {
		if resolved, err := host.resolve(name); err == nil && host.exists(name) && !slices.Contains(found, "/"+resolved) {
			found = append(found, "/"+resolved)
		}
	}
	libraries := systemLibraries()
	for _, i := range installations() {
		if i.root == "" {
			add(i.program())
			libraries = append(libraries, i.libraries...)
		}
	}
	for _, directory := range libraries {
		add(path.Join(directory, "libnvidia-ml.so.1"))
	}
	if module := driverModule(host); module != "" {
		add(module)
	}
	return found
}

// driverModule returns the path of the module of the running kernel, "" for
// none. depmod's list has every module with those that it needs:
// "kernel/nvidia-580/nvidia.ko.zst: kernel/drivers/acpi/video.ko.zst".
func driverModule(host *files) string {
	release := host.text("/proc/sys/kernel/osrelease")
	if release == "" {
		return ""
	}
	directory := path.Join("/lib/modules", release)
	list, err := host.open(path.Join(directory, "modules.dep"))
	if err != nil {
		return ""
	}
	defer func() { _ = list.Close() }() // only read
	for lines := bufio.NewScanner(list); lines.Scan(); {
		module, _, _ := strings.Cut(lines.Text(), ":")
		if strings.HasPrefix(path.Base(module), "nvidia.ko") {
			return path.Join(directory, validText([]byte(module)))
		}
	}
	return ""
}
