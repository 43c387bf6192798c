// SPDX-License-Identifier: Apache-2.0

package node

import (
	"runtime"
	"strings"
	"testing"
)

// TestHostileLogs reads logs that are as long as may be, and made to cost memory. It
// is alone, so that what others allocate does not count.
func TestHostileLogs(t *testing.T) { //nolint:paralleltest // it measures memory
	fill := func(s string) string { return strings.Repeat(s, maxOutput/len(s)) }
	for name, tt := range map[string]struct{ text, want string }{
		"GPUs":        {fill("<gpu/>") + "</nvidia_smi_log>", "it has more than 1024 GPUs"},
		"nested GPUs": {fill("<gpu>"), "unexpected EOF"},
		"processes":   {fill(`<gpu id="0"><processes></processes></gpu>`) + "</nvidia_smi_log>", "it has more than 1024 GPUs"},
		"nesting":     {fill("<a>"), "unexpected EOF"},
		"cut":         {"<gpu><product_name>" + fill("x"), "unexpected EOF"},
		"entities":    {"<driver_version>&a;</driver_version></nvidia_smi_log>", "invalid character entity &a;"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := parseSMILog([]byte("<nvidia_smi_log>" + tt.text))
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", name, err, tt.want)
		}
		if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; allocated > 1024 {
			t.Errorf("%s: %d MiB were allocated", name, allocated)
		}
	}
}
