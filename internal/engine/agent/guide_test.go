// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"os"
	"strings"
	"testing"
)

// TestGuide compares the guide's table with what collectors really get.
func TestGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../../templates/guides/agent.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(guide)) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			rows[strings.Trim(cells[1], " `")] = cells
		}
	}
	for _, c := range collectors() {
		row := rows[c.name]
		if row == nil {
			t.Errorf("the table has no row for %s", c.name)
			continue
		}
		var paths []string
		for _, p := range c.paths {
			paths = append(paths, "`"+p.path+"`")
		}
		rights := "none"
		for _, rule := range c.rules {
			rights = "`list` `" + rule.Resources[0] + "`, cluster-wide"
		}
		mounts := strings.Join(paths, ", ")
		if mounts == "" {
			mounts = "none"
		}
		if got := strings.TrimSpace(row[2]); got != mounts {
			t.Errorf("%s: the table has the mounts %s, the pod %s", c.name, got, mounts)
		}
		if got := strings.TrimSpace(row[3]); got != rights {
			t.Errorf("%s: the table has the rights %s, the agent %s", c.name, got, rights)
		}
	}
	for _, limit := range []string{"limited to 256 MiB", "asks for 64 MiB", "user 65532"} {
		if !strings.Contains(string(guide), limit) {
			t.Errorf("the guide does not say %q", limit)
		}
	}
}
