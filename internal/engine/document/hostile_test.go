// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// TestHostile reads documents that cost far more than their bytes, were nothing to
// bound it: time in the square of the directives, memory in the product of keys.
func TestHostile(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	for name, tt := range map[string]struct{ text, want string }{ //nolint:paralleltest // as above
		"tags":              {strings.Repeat("%TAG ! x\n", 80_000) + "---\na: 1\n", "line 1, column 1: a line that begins with % is a directive"},
		"a tag in a text":   {"a: b\n%TAG ! x\n", "line 2, column 1: a line that begins with % is a directive"},
		"a version":         {"%YAML 1.1\n---\na: 1\n", ""},
		"a percent sign":    {"a: |\n %TAG\nb: '%d'\n", ""},
		"empty keys":        {"{" + strings.Repeat("?,", 1<<19) + "}", "the document may have 1048578 values and keys; the limit is 1000000"},
		"dashes in texts":   {"a: [" + strings.Repeat("b-c, ", 1000) + "]", ""},
		"a key over many":   {`{"` + strings.Repeat("k", 1<<19) + `": {` + many(40_000) + "}}", ""},
		"an error below it": {`{"` + strings.Repeat("k", 1<<19) + `": {"a": 1, "a": 2}}`, `"...]: the key "a" is given twice`},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			root, err := document.Parse([]byte(tt.text))
			if err == nil {
				_, err = root.Tree()
			}
			runtime.ReadMemStats(&after)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("got %.300v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %.300v, want %s in it", err, tt.want)
			}
			if allocated := (after.TotalAlloc - before.TotalAlloc) >> 20; allocated > 200 {
				t.Errorf("%d MiB were allocated for %d KiB", allocated, len(tt.text)>>10)
			}
		})
	}
}

// many returns members of an object.
func many(n int) string {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprintf(`"%d":%d`, i, i)
	}
	return strings.Join(members, ",")
}
