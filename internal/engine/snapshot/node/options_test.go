// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

func TestCheckHostRoot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o644))
	must(t, os.Symlink(dir, filepath.Join(dir, "link")))
	for name, want := range map[string]string{
		"":                         "",
		dir:                        "",
		filepath.Join(dir, "link"): "",
		file:                       file + ": it is not a directory",
		filepath.Join(dir, "none"): filepath.Join(dir, "none") + ": ",
	} {
		err := node.CheckHostRoot(name)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "where the root of the host is mounted")):
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}

func TestCheckUnit(t *testing.T) {
	t.Parallel()
	for name, valid := range map[string]bool{
		"kubelet":                     true,
		"nvidia-fabricmanager":        true,
		"containerd.service":          true,
		"getty@tty1.service":          true,
		"-.mount":                     true,
		`dev-disk-by\\x2duuid.device`: true,
		"kubepods-burstable.slice":    true,
		"../x":                        false,
		"a.service --foo":             false,
		"a.service,b.service":         false,
		"a/b.service":                 false,
		"@x.service":                  false,
		".service":                    false,
		"containerd.servce":           false,
		"a.service\n":                 false,
		"":                            false,
		strings.Repeat("x", 247):      true,
		strings.Repeat("x", 248):      false,
	} {
		if err := node.CheckUnit(name); (err == nil) != valid {
			t.Errorf("%.40q: got %v", name, err)
		}
	}
}
