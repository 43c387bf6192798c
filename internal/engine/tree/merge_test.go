// SPDX-License-Identifier: Apache-2.0

package tree_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ base, over, want string }{
		"maps are deep":          {`{"a":{"b":1,"c":{"d":2}}}`, `{"a":{"c":{"e":3}}}`, `{"a":{"b":1,"c":{"d":2,"e":3}}}`},
		"lists are replaced":     {`{"a":[1,2,3]}`, `{"a":[4]}`, `{"a":[4]}`},
		"null is kept":           {`{"a":{"b":1},"c":2}`, `{"a":{"b":null},"c":null}`, `{"a":{"b":null},"c":null}`},
		"map replaces scalar":    {`{"a":1}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`},
		"scalar replaces map":    {`{"a":{"b":2}}`, `{"a":1}`, `{"a":1}`},
		"map replaces null":      {`{"a":null}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`},
		"empty map keeps base":   {`{"a":{"b":2}}`, `{"a":{}}`, `{"a":{"b":2}}`},
		"nothing over something": {`{"a":1}`, `{}`, `{"a":1}`},
		"something over nothing": {`{}`, `{"a":1}`, `{"a":1}`},
	}
	for name, tt := range tests {
		base, over := decode(t, tt.base), decode(t, tt.over)
		if diff := cmp.Diff(decode(t, tt.want), tree.Merge(base, over)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(decode(t, tt.base), base) + cmp.Diff(decode(t, tt.over), over); diff != "" {
			t.Errorf("%s: an input was changed:\n%s", name, diff)
		}
	}
}

func TestMergeSharesNothing(t *testing.T) {
	t.Parallel()
	base, over := decode(t, `{"a":{"b":[{"c":1}]},"x":[1]}`), decode(t, `{"d":{"e":[{"f":1}]}}`)
	merged := tree.Merge(base, over)
	merged["a"].(map[string]any)["b"].([]any)[0].(map[string]any)["c"] = "changed"
	merged["x"].([]any)[0] = "changed"
	merged["d"].(map[string]any)["e"].([]any)[0].(map[string]any)["f"] = "changed"
	want := decode(t, `{"a":{"b":[{"c":1}]},"x":[1],"d":{"e":[{"f":1}]}}`)
	if diff := cmp.Diff(want, tree.Merge(base, over)); diff != "" {
		t.Errorf("the inputs changed with the result (-want +got):\n%s", diff)
	}
}

func TestMergeNil(t *testing.T) {
	t.Parallel()
	if got := tree.Merge(nil, nil); got == nil || len(got) != 0 {
		t.Errorf("got %v, want an empty map", got)
	}
}

func TestCoalesce(t *testing.T) {
	t.Parallel()
	defaults, values := decode(t, `{"a":{"b":1,"c":2},"d":3}`), decode(t, `{"a":{"b":null,"e":null},"d":null,"f":{"g":null}}`)
	if diff := cmp.Diff(decode(t, `{"a":{"c":2,"e":null},"f":{"g":null}}`), tree.Coalesce(defaults, values)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(decode(t, `{"a":{"b":1,"c":2},"d":3}`), defaults); diff != "" {
		t.Errorf("the defaults were changed:\n%s", diff)
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ base, over, want string }{
		"maps are deep":       {`{"a":{"b":1,"c":{"d":2}}}`, `{"a":{"c":{"e":3}}}`, `{"a":{"b":1,"c":{"d":2,"e":3}}}`},
		"lists are replaced":  {`{"a":[1,2]}`, `{"a":[3]}`, `{"a":[3]}`},
		"null takes away":     {`{"a":{"b":1,"c":2}}`, `{"a":{"b":null}}`, `{"a":{"c":2}}`},
		"null adds nothing":   {`{"a":1}`, `{"b":null,"c":{"d":null}}`, `{"a":1,"c":{}}`},
		"null of a whole map": {`{"a":{"b":1}}`, `{"a":null}`, `{}`},
		"map replaces scalar": {`{"a":1}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`},
	} {
		base := decode(t, tt.base)
		patched := tree.Patch(base, decode(t, tt.over))
		if diff := cmp.Diff(decode(t, tt.want), patched); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(decode(t, tt.base), base); diff != "" {
			t.Errorf("%s: the base was changed:\n%s", name, diff)
		}
	}
}
