// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
		base, over := tree(t, tt.base), tree(t, tt.over)
		if diff := cmp.Diff(tree(t, tt.want), Merge(base, over)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(tree(t, tt.base), base) + cmp.Diff(tree(t, tt.over), over); diff != "" {
			t.Errorf("%s: an input was changed:\n%s", name, diff)
		}
	}
}

func TestMergeSharesNothing(t *testing.T) {
	t.Parallel()
	base, over := tree(t, `{"a":{"b":[{"c":1}]},"x":[1]}`), tree(t, `{"d":{"e":[{"f":1}]}}`)
	merged := Merge(base, over)
	merged["a"].(map[string]any)["b"].([]any)[0].(map[string]any)["c"] = "changed"
	merged["x"].([]any)[0] = "changed"
	merged["d"].(map[string]any)["e"].([]any)[0].(map[string]any)["f"] = "changed"
	want := tree(t, `{"a":{"b":[{"c":1}]},"x":[1],"d":{"e":[{"f":1}]}}`)
	if diff := cmp.Diff(want, Merge(base, over)); diff != "" {
		t.Errorf("the inputs changed with the result (-want +got):\n%s", diff)
	}
}

func TestMergeNil(t *testing.T) {
	t.Parallel()
	if got := Merge(nil, nil); got == nil || len(got) != 0 {
		t.Errorf("got %v, want an empty map", got)
	}
}

func TestTruthyIsThatOfTemplates(t *testing.T) {
	t.Parallel()
	values := tree(t, `{"yes":[true,"x",1,-0.5,[0],{"a":null}],"no":[null,false,"",0,0.0,[],{}]}`)
	for answer, want := range map[string]bool{"yes": true, "no": false} {
		for _, v := range values[answer].([]any) {
			if truthy(v) != want {
				t.Errorf("%#v: got %t", v, !want)
			}
		}
	}
}
