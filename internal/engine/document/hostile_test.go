// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
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
			root, err := document.Parse(t.Context(), []byte(tt.text))
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

func TestParsingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	for name, text := range map[string]string{"YAML": "a: 1", "JSON": `{"a": 1}`, "flow": "{a: 1}"} {
		if _, err := document.Parse(ctx, []byte(text)); err == nil || err.Error() != "enough" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestParsingReadsOn sees that a document is not read at once: else the end of a
// context would come too late.
func TestParsingReadsOn(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"YAML": "a: [" + many(40_000) + "]", "JSON": "{" + many(40_000) + "}"} {
		ctx := &countdown{Context: t.Context(), left: 3}
		if _, err := document.Parse(ctx, []byte(text)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// countdown is a context that ends after some looks at it.
type countdown struct {
	context.Context //nolint:containedctx // it is one
	left            int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestAliasesOfLongTextsAreRefused(t *testing.T) {
	t.Parallel()
	text := "a: &a " + strings.Repeat("x", 1000) + "\nb: [" + strings.Repeat("*a, ", 2000) + "]"
	_, err := document.Parse(t.Context(), []byte(text))
	wantError(t, err, "aliases expand to more than 100000 values or 1048576 bytes")
}

func TestNoAliases(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: &a [1, '*a']":          "",
		"a: &a 1\nb: {c: [*a]}":    "line 2, column 9: aliases are not supported here; write the value out",
		"a: &a 1\n? *a\n: 1\n":     "line 2, column 3: aliases",
		`{"a": "*b", "c": "&c d"}`: "",
	} {
		root, err := document.Parse(t.Context(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := root.NoAliases(); want != "" {
			wantError(t, err, want)
		} else if err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestManySubtypes reads maps of measurements that all have a subtype of their own.
func TestManySubtypes(t *testing.T) {
	t.Parallel()
	const count = 40_000
	var values, contexts []string
	for i := range count {
		values, contexts = append(values, fmt.Sprintf(`"K8s/s%d/x": %d`, i, i)), append(contexts, fmt.Sprintf(`"K8s/s%d/x": "why %d"`, i, i))
	}
	r, err := document.DecodeRecipe(t.Context(), fmt.Appendf(nil, `{"apiVersion": "recipe.dgxc.io/v1", "kind": "Recipe", "measurements": {%s}, "contexts": {%s}}`, strings.Join(values, ","), strings.Join(contexts, ",")))
	if err != nil {
		t.Fatal(err)
	}
	last := r.Measurements.Subtype(measurement.K8s, fmt.Sprintf("s%d", count-1))
	if len(r.Measurements) != 1 || last == nil || last.Data["x"].String() != "39999" || last.Context["x"] != "why 39999" {
		t.Errorf("got %d measurements and %v", len(r.Measurements), last)
	}
}

// TestMemory sees that a bound of memory is one.
func TestMemory(t *testing.T) { //nolint:paralleltest // it counts what is allocated
	for name, text := range map[string]string{
		"sets":     "{a: {" + strings.Repeat("a,", 20_000) + "}}",
		"list":     `{"a": [` + strings.Repeat("1,", 20_000) + "1]}",
		"comments": "a: [\n" + strings.Repeat("#\n1,\n", 10_000) + "]\n",
		"texts":    `{"a": "` + strings.Repeat(`x`, 1_000_000) + `"}`,
		"keys":     "{" + many(10_000) + "}",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		root, err := document.Parse(t.Context(), []byte(text))
		if err == nil {
			_, err = root.Tree()
		}
		runtime.ReadMemStats(&after)
		if got, bound := int64(after.TotalAlloc-before.TotalAlloc), document.Memory([]byte(text)); got > bound {
			t.Errorf("%s: %d bytes were allocated, the bound is %d (%v)", name, got, bound, err)
		}
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
