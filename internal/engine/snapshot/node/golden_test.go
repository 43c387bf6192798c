// SPDX-License-Identifier: Apache-2.0

package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// TestHosts takes two snapshots of each host: they are equal, are as the golden
// file says, and read back.
func TestHosts(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/hosts/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("found %d archives, error %v", len(archives), err)
	}
	for _, archive := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(archive), ".txtar"), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(archive)
			must(t, err)
			root := hostOf(t, string(content))
			got := collect(t, node.Options{HostRoot: root})
			again := collect(t, node.Options{HostRoot: root})
			if diff := cmp.Diff(got.text(t, root), again.text(t, root)); diff != "" {
				t.Errorf("two snapshots of an unchanged host differ:\n%s", diff)
			}
			golden := strings.TrimSuffix(archive, ".txtar") + ".yaml"
			if *update {
				must(t, os.WriteFile(golden, []byte(got.text(t, root)), 0o644))
			}
			want, err := os.ReadFile(golden)
			must(t, err)
			if diff := cmp.Diff(string(want), got.text(t, root)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
			yaml, err := got.snapshot.YAML()
			must(t, err)
			if _, err := document.DecodeSnapshot(t.Context(), yaml); err != nil {
				t.Errorf("the snapshot does not read back: %v", err)
			}
		})
	}
}
