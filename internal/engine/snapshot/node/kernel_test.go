// SPDX-License-Identifier: Apache-2.0

package node

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKernel(t *testing.T) {
	t.Parallel()
	const (
		lockdown = "sys/kernel/security/lockdown"
		enforce  = "sys/module/module/parameters/sig_enforce"
		secure   = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
		release  = "proc/sys/kernel/osrelease"
	)
	for name, tt := range map[string]struct {
		files map[string]string
		want  map[string]string
	}{
		"that says nothing":       {files: map[string]string{release: "6.8.0-60-generic\n"}},
		"open":                    {files: map[string]string{lockdown: "[none] integrity confidentiality\n", enforce: "N\n", "sys/firmware/acpi/x": ""}, want: map[string]string{"lockdown": "none", "signed-modules-only": "false", "secure-boot": "false"}},
		"locked down":             {files: map[string]string{lockdown: "none [integrity] confidentiality\n", enforce: "N\n", secure: "\x06\x00\x00\x00\x01"}, want: map[string]string{"lockdown": "integrity", "signed-modules-only": "true", "secure-boot": "true"}},
		"that enforces":           {files: map[string]string{lockdown: "[none] integrity confidentiality\n", enforce: "Y\n"}, want: map[string]string{"lockdown": "none", "signed-modules-only": "true"}},
		"started to enforce":      {files: map[string]string{"proc/cmdline": "quiet module.sig_enforce lockdown=confidentiality"}, want: map[string]string{"lockdown": "confidentiality", "signed-modules-only": "true"}},
		"started to enforce only": {files: map[string]string{"proc/cmdline": "module.sig_enforce=1"}, want: map[string]string{"signed-modules-only": "true"}},
		"started not to enforce":  {files: map[string]string{"proc/cmdline": "module.sig_enforce=0"}, want: map[string]string{"signed-modules-only": "false"}},
		"that does as it says":    {files: map[string]string{"proc/cmdline": "module.sig_enforce=0", enforce: "Y"}, want: map[string]string{"signed-modules-only": "true"}},
		"with Secure Boot off":    {files: map[string]string{secure: "\x06\x00\x00\x00\x00"}, want: map[string]string{"secure-boot": "false"}},
		"with a short variable":   {files: map[string]string{secure: "\x06\x00"}},
		"without EFI variables":   {files: map[string]string{"sys/firmware/efi/systab": ""}},
		"with odd words":          {files: map[string]string{lockdown: "none integrity", enforce: "\xff"}},
		"of WSL 2":                {files: map[string]string{release: "5.15.167.4-microsoft-standard-WSL2\n"}, want: map[string]string{"wsl": "true"}},
		"of WSL 1":                {files: map[string]string{release: "4.4.0-19041-Microsoft\n"}, want: map[string]string{"wsl": "true"}},
		"of WSL, built at home":   {files: map[string]string{release: "6.6.36.3-custom-WSL2+\n"}, want: map[string]string{"wsl": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := readKernel(t.Context(), localFiles(t, false, tt.files))
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(found["kernel"]); len(got)+len(tt.want) > 0 && !cmp.Equal(tt.want, got) {
				t.Errorf("OS/kernel (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
		})
	}
}

// TestDriverFiles finds a driver of the host's own, loaded or not, and takes that
// of the GPU Operator for what it is.
func TestDriverFiles(t *testing.T) {
	t.Parallel()
	const (
		release = "proc/sys/kernel/osrelease"
		list    = "lib/modules/6.8.0/modules.dep"
	)
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"none":                         {files: map[string]string{release: "6.8.0\n", list: "kernel/drivers/nvme/host/nvme.ko.zst: kernel/drivers/nvme/host/nvme-core.ko.zst\n"}},
		"of the operator":              {files: map[string]string{"run/nvidia/driver/usr/bin/nvidia-smi": "", "run/nvidia/driver/usr/lib64/libnvidia-ml.so.1": ""}},
		"installed":                    {files: map[string]string{"usr/bin/nvidia-smi": "", "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1": ""}, want: []string{"/usr/bin/nvidia-smi", "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1"}},
		"a library alone":              {files: map[string]string{"usr/lib64/libnvidia-ml.so.1": ""}, want: []string{"/usr/lib64/libnvidia-ml.so.1"}},
		"of a cloud":                   {files: map[string]string{"home/kubernetes/bin/nvidia/lib64/libnvidia-ml.so.1": ""}, want: []string{"/home/kubernetes/bin/nvidia/lib64/libnvidia-ml.so.1"}},
		"a module":                     {files: map[string]string{release: "6.8.0\n", list: strings.Repeat("kernel/x.ko:\n", 1<<17) + "updates/dkms/nvidia-uvm.ko.zst: updates/dkms/nvidia.ko.zst\nupdates/dkms/nvidia.ko.zst: kernel/video.ko\n", "lib/modules/6.8.0/updates/dkms/nvidia.ko.zst": ""}, want: []string{"/lib/modules/6.8.0/updates/dkms/nvidia.ko.zst"}},
		"a module that has gone":       {files: map[string]string{release: "6.8.0\n", list: "updates/dkms/nvidia.ko: \n"}},
		"a module for another kernel":  {files: map[string]string{release: "6.8.1\n", list: "updates/dkms/nvidia.ko:\n", "lib/modules/6.8.0/updates/dkms/nvidia.ko": ""}},
		"other modules of like a name": {files: map[string]string{release: "6.8.0\n", list: "kernel/nvidiafb.ko:\nextra/nvidia-peermem.ko:\n", "lib/modules/6.8.0/kernel/nvidiafb.ko": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, driverFiles(localFiles(t, false, tt.files))); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
