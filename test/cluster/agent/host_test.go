// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const link = "-> "

// host is the file system of a node: contents by path, or where a link leads.
type host map[string]string

// newHost is a node with Ubuntu and two GPUs without a driver. It has no D-Bus.
func newHost(kernel string) host {
	h := host{
		"/etc/os-release":               link + "../usr/lib/os-release",
		"/usr/lib/os-release":           "NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"24.04\"\n",
		"/etc/shadow":                   "root:secret:::::::\n",
		"/proc/cmdline":                 "BOOT_IMAGE=/boot/vmlinuz-" + kernel + " root=PARTUUID=1 ro console=ttyS0 numa_balancing=disable\n",
		"/proc/modules":                 "nvme 61440 3 - Live 0x0\nefa 155648 0 - Live 0x0\n",
		"/proc/driver/rtc":              "rtc_time: 09:15:00\n",
		"/proc/sys/fs/file-max":         "9223372036854775807\n",
		"/proc/sys/kernel/osrelease":    kernel + "\n",
		"/proc/sys/net/core/rmem_max":   "212992\n", // would be the pod's
		"/proc/sys/vm/swappiness":       "60\n",
		"/proc/sys/vm/overcommit_ratio": "50\n",
		"/proc/1/net/route":             "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n",
		"/sys/class/net/eth0":           link + "../../devices/pci0000:20/0000:21:00.0/net/eth0",
	}
	const nic = "/sys/devices/pci0000:20/0000:21:00.0"
	h["/sys/bus/pci/devices/0000:21:00.0"] = link + "../../../devices/pci0000:20/0000:21:00.0"
	maps.Copy(h, host{nic + "/vendor": "0x15b3\n", nic + "/class": "0x020000\n", nic + "/net/eth0/device": link + "../../../0000:21:00.0"})
	for i := range 2 {
		address := fmt.Sprintf("0000:%02x:00.0", 0x53+i)
		device := "/sys/devices/pci0000:44/" + address
		h["/sys/bus/pci/devices/"+address] = link + "../../../devices/pci0000:44/" + address
		maps.Copy(h, host{device + "/vendor": "0x10de\n", device + "/device": "0x2330\n", device + "/class": "0x030200\n"})
	}
	return h
}

// with returns the host with another file.
func (h host) with(path, content string) host {
	changed := maps.Clone(h)
	changed[path] = content
	return changed
}

// mount makes what a pod's volume has of the host visible below root, and
// nothing else. The error is what a kubelet says of a path that is not there.
func (h host) mount(root string, volume corev1.HostPathVolumeSource, mount corev1.VolumeMount) error {
	source := strings.TrimSuffix(volume.Path, "/")
	found := false
	for path, content := range h {
		rest, below := strings.CutPrefix(path, source)
		if !below || rest != "" && !strings.HasPrefix(rest, "/") {
			continue
		}
		found = true
		if rest == "" && strings.HasPrefix(content, link) { // mounting follows links
			content = h[filepath.Join(filepath.Dir(path), strings.TrimPrefix(content, link))]
		}
		if err := write(filepath.Join(root, strings.TrimPrefix(mount.MountPath, "/host"), rest), content); err != nil {
			return err
		}
	}
	if !found && volume.Type != nil && *volume.Type != corev1.HostPathUnset {
		return fmt.Errorf("MountVolume.SetUp failed for volume %q : hostPath type check failed: %s is not a %s",
			mount.Name, volume.Path, strings.ToLower(string(*volume.Type)))
	}
	return nil
}

func write(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if target, ok := strings.CutPrefix(content, link); ok {
		return ignoring(fs.ErrExist, os.Symlink(target, path))
	}
	return os.WriteFile(path, []byte(content), 0o644)
}

func ignoring(ignored, err error) error {
	if errors.Is(err, ignored) {
		return nil
	}
	return err
}
