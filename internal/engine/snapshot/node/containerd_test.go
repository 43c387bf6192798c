// SPDX-License-Identifier: Apache-2.0

package node

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTOML(t *testing.T) {
	t.Parallel()
	got, err := parseTOML("# a comment\r\nversion = 2 # here too\nname='a # b'\n\"x.y\".z = true\nempty = \"\"\n" +
		"imports = [\n  \"/etc/a/*.toml\", # one\n  'b',\n]\n" +
		"[ plugins . \"io.x.v1.cri\" ]\n  retries = 0o7\n  after = 1_000\n  inline = {a.b = \"c\", \"d\" = [ ]}\n" +
		"[plugins.'io.x.v1.cri'.registry]\npath = \"tab\\there \\u00e9 \\\"\"\nlong = \"\"\"\nfirst \\\n   second \"quoted\"\nthird\"\"\"\nraw = '''\\n'''\n" +
		"[[list]]\nn = 1\n[[list]]\nn = -2\n")
	want := map[string]any{
		"version": int64(2), "name": "a # b", "x.y": map[string]any{"z": true}, "empty": "", "imports": []any{"/etc/a/*.toml", "b"},
		"plugins": map[string]any{"io.x.v1.cri": map[string]any{
			"retries": "0o7", "after": int64(1000), "inline": map[string]any{"a": map[string]any{"b": "c"}, "d": []any{}},
			"registry": map[string]any{"path": "tab\there é \"", "long": "first second \"quoted\"\nthird", "raw": `\n`},
		}},
		"list": map[string]any{"n": int64(-2)},
	}
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("got %v, error %v", cmp.Diff(want, got), err)
	}
}

func TestBrokenTOML(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a = 1\nb":                            "line 2: a key has no =",
		"a =":                                 "line 1: a value is missing",
		"= 1":                                 "line 1: a name is missing",
		"a = \"b":                             "line 1: a text does not end",
		"a = \"b\nc\"":                        "line 1: a text does not end",
		"a = '''b":                            "line 1: a text does not end",
		"a = \"\\q\"":                         `line 1: a text has an escape that is not one: "\\q"`,
		"a = [1 2":                            "line 1: a list does not end with ]",
		"a = [1,":                             "line 1: a value is missing",
		"a = {b = 1":                          "line 1: a table in a line does not end with }",
		"[a":                                  "line 1: the name of a table does not end with ]",
		"[[a]":                                "line 1: the name of a table does not end with ]]",
		"a = 1\n[a.b]":                        `line 2: "a" is a table and a value`,
		"a = \"b\" c = 1":                     "line 1: something follows where the line should end",
		"a = " + strings.Repeat("[", 1<<16):   "line 1: values lie too deep in each other",
		"a = " + strings.Repeat("{a=", 1<<16): "line 1: values lie too deep in each other",
	} {
		if _, err := parseTOML(text); err == nil || err.Error() != want {
			t.Errorf("%.20q: got %v, want %q", text, err, want)
		}
	}
}

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
		"broken":           {files: map[string]string{standard: "version = 2\n[x"}, want: map[string]string{"config": "/etc/containerd/config.toml"}, err: "/etc/containerd/config.toml: line 2: the name of a table does not end with ]"},
		"a broken drop-in": {files: map[string]string{standard: "version = 2\nimports=['/a']", "a": "x"}, want: map[string]string{"config": "/etc/containerd/config.toml", "version": "2", "imports": "/a"}, err: "/a: line 1: a key has no ="},
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
