// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ours, live string
		want       []string
	}{
		"equal":              {`{"a":{"b":[1,{"c":2}]}}`, `{"a":{"b":[1,{"c":2}]}}`, nil},
		"a value":            {`{"a":{"b":1,"c":2}}`, `{"a":{"b":3,"c":2}}`, []string{"a.b: 1 -> 3"}},
		"a name with a dot":  {`{"a":{"b.c/d":"x"}}`, `{"a":{"b.c/d":"y"}}`, []string{`a."b.c/d": x -> y`}},
		"a text and number":  {`{"a":"1"}`, `{"a":1}`, []string{`a: "1" -> 1`}},
		"missing":            {`{"a":{"b":1,"c":{"d":null}}}`, `{"a":{}}`, []string{"a.b: 1 -> -", "a.c.d: null -> -"}},
		"another type":       {`{"a":{"b":1}}`, `{"a":"<x>"}`, []string{"a.b: 1 -> -"}},
		"an element":         {`{"a":[1,2]}`, `{"a":[1]}`, []string{"a[1]: 2 -> -"}},
		"a named element":    {`{"a":[{"name":"m","x":1},{"name":"n"}]}`, `{"a":[{"name":"n"},{"name":"m","x":2}]}`, []string{`a[name="m"].x: 1 -> 2`}},
		"an empty map":       {`{"a":{},"b":1}`, `{"b":1}`, []string{"a: {} -> -"}},
		"two secrets":        {`{"password":"one-of-them"}`, `{"password":"two-of-them"}`, []string{"password: (redacted) -> (redacted)"}},
		"a secret by itself": {`{"env":[{"name":"TOKEN","value":"abc"}]}`, `{"env":[{"name":"TOKEN","value":"xyz"}]}`, []string{`env[name="TOKEN"].value: (redacted) -> (redacted)`}},
	} {
		var got []string
		for _, c := range objects.Changes(decode(t, tt.ours), decode(t, tt.live)) {
			got = append(got, c.Path+": "+orDash(c.Want)+" -> "+orDash(c.Have))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func orDash(text *string) string {
	if text == nil {
		return "-"
	}
	return *text
}

// Without a dry run, what the API server writes in another form has not drifted.
func TestLaid(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ ours, live, want string }{
		"equal":             {`{"a":1}`, `{"a":1,"b":2}`, `{"a":1,"b":2}`},
		"another value":     {`{"a":{"b":1}}`, `{"a":{"b":2,"c":3}}`, `{"a":{"b":1,"c":3}}`},
		"quantities":        {`{"a":"1000m","b":2.0,"c":"1Gi"}`, `{"a":"1","b":"2","c":"1024Mi"}`, `{"a":"1","b":"2","c":"1024Mi"}`},
		"another quantity":  {`{"a":"1000m"}`, `{"a":"2"}`, `{"a":"1000m"}`},
		"nothing for empty": {`{"a":{},"b":[],"c":null}`, `{}`, `{}`},
		"empty within":      {`{"a":[{"name":"m","b":null}]}`, `{"a":[{"name":"m","c":1}]}`, `{"a":[{"name":"m","c":1}]}`},
		"others' elements":  {`{"a":[{"name":"m","x":1}]}`, `{"a":[{"name":"o"},{"name":"m","x":2,"y":0}]}`, `{"a":[{"name":"o"},{"name":"m","x":1,"y":0}]}`},
		"a missing element": {`{"a":[{"name":"m"}]}`, `{"a":[{"name":"o"}]}`, `{"a":[{"name":"o"},{"name":"m"}]}`},
		"a list":            {`{"a":[{"x":1},{"x":2}]}`, `{"a":[{"x":1,"y":0},{"x":3}]}`, `{"a":[{"x":1,"y":0},{"x":2}]}`},
		"another size":      {`{"a":[1,2]}`, `{"a":[1]}`, `{"a":[1,2]}`},
		"another type":      {`{"a":{"b":1},"c":[1]}`, `{"a":"x","c":{}}`, `{"a":{"b":1},"c":[1]}`},
	} {
		live := decode(t, tt.live)
		if diff := cmp.Diff(decode(t, tt.want), objects.Laid(decode(t, tt.ours), live)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(decode(t, tt.live), live); diff != "" {
			t.Errorf("%s: the live object was changed (-want +got):\n%s", name, diff)
		}
	}
}
