// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// FuzzTrees checks that no tree makes a check or the ClusterPolicy panic, that
// none is changed by them, and that the problems come in one order.
func FuzzTrees(f *testing.F) {
	seeds := []any{
		fortyValues(),
		map[string]any{},
		map[string]any{"driver": nil, "daemonsets": []any{}, "global": map[string]any{"x": nil}},
		map[string]any{"kind": "ClusterPolicy", "spec": map[string]any{"driver": []any{nil}}, "metadata": "x"},
		map[string]any{"kind": "IPPool", "spec": map[string]any{"exclusions": []any{1.5, map[string]any{}}}},
		map[string]any{"operator": map[string]any{"labels": "x", "cleanupCRD": 1}, "nameOverride": true},
		map[string]any{"driver": map[string]any{"upgradePolicy": true, "env": map[string]any{"": nil}}},
	}
	for _, seed := range seeds {
		text, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("null"))
	gpu, network := embeddedRelease(f, "gpu-operator", "v26.7.0"), embeddedRelease(f, "network-operator", "26.4.1")
	f.Fuzz(func(t *testing.T, text []byte) {
		values, err := decodeTree(text)
		if err != nil {
			return // no tree
		}
		before := tree.Clone(values)
		for _, release := range []*Release{gpu, network} {
			sameTwice(t, func() []Problem { return release.CheckValues(values) })
			sameTwice(t, func() []Problem { return release.CheckObject(values) })
		}
		if policy, err := gpu.ClusterPolicy(values); err == nil {
			gpu.CheckObject(policy)
		}
		if diff := cmp.Diff(before, any(values), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the tree was changed:\n%s", diff)
		}
	})
}

func sameTwice(t *testing.T, check func() []Problem) {
	t.Helper()
	if diff := cmp.Diff(check(), check()); diff != "" {
		t.Errorf("two runs differ:\n%s", diff)
	}
}

// FuzzReader checks that no text makes the reader panic or hang, and that it
// reads what is JSON as encoding/json does.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		`{"a":["b\\"",1,-2.5,1e400,true,null,{}],"":[[]]}`, ` "\u00e4" `, "", "{", "[}]", `{"a"]`, `"`, `"\`, "[1:2]", "7", "]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := raw(text).reader()
		got := r.value()
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var want any
		if !json.Valid(text) || !utf8.Valid(text) || decoder.Decode(&want) != nil {
			return
		}
		if diff := cmp.Diff(plainNumbers(want), got); diff != "" || r.err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", text, r.err, diff)
		}
	})
}

// plainNumbers turns the numbers that encoding/json decoded into those of a
// values tree, in place.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = plainNumbers(v[name])
		}
	}
	return v
}

func FuzzKubernetesVersion(f *testing.F) {
	for _, seed := range []string{"v1.33.5-eks-3025e55", "1.33", "", "1..2", "v1.30.0+k3s1", "1.99999999999999999999"} {
		f.Add(seed)
	}
	release := embeddedRelease(f, "gpu-operator", "v26.7.0")
	f.Fuzz(func(t *testing.T, version string) {
		_, errRange := release.Kubernetes.Contains(version)
		_, errConstraint := release.KubeVersion.Allows(version)
		if (errRange == nil) != (errConstraint == nil) {
			t.Errorf("%q: %v, but %v", version, errRange, errConstraint)
		}
	})
}
