// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		before := clone(values)
		for _, release := range []*Release{gpu, network} {
			sameTwice(t, func() []Problem { return release.CheckValues(values) })
			sameTwice(t, func() []Problem { return release.CheckObject(values) })
		}
		if policy, err := gpu.ClusterPolicy(values); err == nil {
			gpu.CheckObject(policy)
		}
		Merge(gpu.defaults, values)
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
