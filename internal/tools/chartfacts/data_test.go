// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

const embedded = "../../engine/component/data"

// The table and the data files say the same: whoever changes the table
// generates the release again.
func TestDataFollowsTheTable(t *testing.T) {
	t.Parallel()
	rows, err := readTable(embedded)
	if err != nil {
		t.Fatal(err)
	}
	facts := component.Facts()
	for name, row := range rows {
		versions := slices.Sorted(maps.Keys(row.Releases))
		if diff := cmp.Diff(versions, slices.Sorted(slices.Values(facts.Releases(name)))); diff != "" {
			t.Errorf("%s: releases (-table +data):\n%s", name, diff)
		}
		for _, version := range versions {
			checkRelease(t, facts, rows, name, version)
		}
	}
	folders, err := filepath.Glob(filepath.Join(embedded, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range folders {
		folder := filepath.Base(filepath.Dir(path))
		if _, ok := rows[folder]; !ok && folder != "common" { // of no chart
			t.Errorf("%s: its folder has no %s", path, chart.TableName)
		}
	}
}

func checkRelease(t *testing.T, facts *chart.Facts, rows table, name, version string) {
	t.Helper()
	row, release, err := rows.find(name, version)
	if err != nil {
		t.Error(err)
		return
	}
	data, err := facts.Release(name, version)
	if err != nil {
		t.Error(err)
		return
	}
	if err := data.Verify(); err != nil {
		t.Error(err)
	}
	want := []string{*release.Kubernetes}
	if diff := cmp.Diff(want, []string{data.Kubernetes.Range.String()}); diff != "" {
		t.Errorf("%s %s (-table +data):\n%s", name, version, diff)
	}
	systems := map[string][]string{}
	for os := range release.Systems {
		systems[os] = data.Systems(os)
	}
	if diff := cmp.Diff(release.Systems, systems, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s %s: systems (-table +data):\n%s", name, version, diff)
	}
	for component, reference := range release.Images {
		image, _ := data.Image(component)
		if got := image.Repository + "/" + image.Image + ":" + image.Version; got != reference {
			t.Errorf("%s %s: image of %s is %s, the table says %s", name, version, component, got, reference)
		}
	}
	for _, kind := range row.Objects {
		problems := data.CheckObject(map[string]any{"kind": kind})
		unknown := slices.ContainsFunc(problems, func(p chart.Problem) bool { return p.Path == "kind" })
		if lacks := slices.Contains(release.Lacks, kind); lacks != unknown {
			t.Errorf("%s %s: the table says that it lacks %s: %t, the data %t", name, version, kind, lacks, unknown)
		}
	}
}
