// SPDX-License-Identifier: Apache-2.0

package node

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestContainerd reads configurations as systems and distributions have them.
func TestContainerd(t *testing.T) {
	t.Parallel()
	const (
		standard = "etc/containerd/config.toml"
		k3s      = "var/lib/rancher/k3s/agent/etc/containerd/config.toml"
	)
	tests := map[string]struct {
		files map[string]string
		want  map[string]string
		err   string
	}{
		"none":  {files: map[string]string{"etc/os-release": ""}},
		"empty": {files: map[string]string{standard: ""}, want: map[string]string{"config": "/etc/containerd/config.toml", "version": "1"}},
		"of Docker's packages": {
			files: map[string]string{standard: "disabled_plugins = [\"cri\"]\n"},
			want:  map[string]string{"config": "/etc/containerd/config.toml", "version": "1", "disabled-plugins": "cri"},
		},
		"with drop-ins": {
			files: map[string]string{
				standard:                       "version = 2\nimports = ['conf.d/*.toml', \"/none/*\"]\n[grpc]\naddress = '/run/containerd/containerd.sock'\n[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_cdi = false\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\nruntime_type='x'\n[plugins.'io.containerd.nri.v1.nri']\ndisable = true",
				"etc/containerd/conf.d/1.toml": "version = 2\nimports = ['/etc/containerd/config.toml', '/more/nvidia.toml']\n[plugins.\"io.containerd.nri.v1.nri\"]\ndisable = false\n",
				"etc/containerd/conf.d/2.conf": "disabled_plugins = ['io.containerd.nri.v1.nri']",
				"more/nvidia.toml":             "[plugins.\"io.containerd.grpc.v1.cri\"]\nenable_cdi = true\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\ndefault_runtime_name = 'nvidia'\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.nvidia]\n[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n",
			},
			want: map[string]string{
				"config": "/etc/containerd/config.toml", "version": "2", "imports": "conf.d/*.toml\n/none/*", "nri": "enabled", "cdi": "true",
				"socket": "/run/containerd/containerd.sock", "default-runtime": "nvidia", "runtimes": "nvidia\nrunc",
			},
		},
		"of a distribution": {
			files: map[string]string{
				standard: "version = 2\n[grpc]\naddress = 'of Docker'",
				k3s:      "version = 3\nimports = [\"/var/lib/rancher/k3s/agent/etc/containerd/config-v3.toml.d/*.toml\"]\n[plugins.'io.containerd.cri.v1.runtime']\nenable_cdi = true\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.'nvidia']\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = 'x'\n",
			},
			want: map[string]string{
				"config": "/" + k3s, "other-configs": "/etc/containerd/config.toml", "version": "3", "cdi": "true", "runtimes": "nvidia",
				"imports": "/var/lib/rancher/k3s/agent/etc/containerd/config-v3.toml.d/*.toml",
			},
		},
		"without NRI":      {files: map[string]string{standard: "version=3\ndisabled_plugins = ['io.containerd.nri.v1.nri', 7]"}, want: map[string]string{"config": "/etc/containerd/config.toml", "version": "3", "disabled-plugins": "io.containerd.nri.v1.nri", "nri": "disabled"}},
		"of other types":   {files: map[string]string{standard: "version='x'\nimports='y'\ndisabled_plugins=1\nplugins=[]\n[grpc]\naddress=1"}, want: map[string]string{"config": "/etc/containerd/config.toml", "version": "1"}},
		"broken":           {files: map[string]string{standard: "version = 2\n[x"}, want: map[string]string{"config": "/etc/containerd/config.toml"}, err: "/etc/containerd/config.toml: line 2: toml: expected ']' to close table name"},
		"a broken drop-in": {files: map[string]string{standard: "version = 2\nimports=['/a']", "a": "x"}, want: map[string]string{"config": "/etc/containerd/config.toml", "version": "2", "imports": "/a"}, err: "/a: line 1: toml: expected '=' after key"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := readContainerd(t.Context(), localFiles(t, false, tt.files))
			if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("got the error %v, want %q", err, tt.err)
			}
			if got := texts(found["containerd"]); len(got)+len(tt.want) > 0 && !cmp.Equal(tt.want, got) {
				t.Errorf("OS/containerd (-want +got):\n%s", cmp.Diff(tt.want, got))
			}
		})
	}
}
