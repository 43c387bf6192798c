// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// TestSourceIsTheChart: the data names the chart that the facts of each release are
// about, and lists releases in their order.
func TestSourceIsTheChart(t *testing.T) {
	t.Parallel()
	set := loadData(t)
	for _, e := range set.Entries() {
		for _, r := range e.Releases {
			facts, err := set.Facts.Release(e.Name, r.Version)
			if err != nil {
				t.Fatal(err)
			}
			if name, repository := e.Source(r.Version); name != facts.Name || (repository == "") != (facts.Name == "") {
				t.Errorf("%s %s: the data says %s of %q, the facts say %s", e.Name, r.Version, name, repository, facts.Name)
			}
		}
		if !slices.IsSortedFunc(e.Releases, func(a, b component.Release) int { return e.Chart.Compare(a.Version, b.Version) }) {
			t.Errorf("%s: releases are not in order: %v", e.Name, e.Releases)
		}
		if moved := e.Chart.Moved; moved != nil {
			if _, err := version.ParseRange(moved.Releases); err != nil || moved.Name == "" || moved.Repository == "" {
				t.Errorf("%s: the chart moved to %+v: %v", e.Name, moved, err)
			}
		}
	}
}

func moved() component.Entry {
	return component.Entry{Name: "widget", Chart: component.Chart{
		Repository: "https://charts.example.com",
		Moved:      &component.Moved{Releases: "< 20", Name: "gadget", Repository: "oci://registry.example.com/charts"},
	}}
}

func TestSource(t *testing.T) {
	t.Parallel()
	plain := component.Entry{Name: "widget", Chart: component.Chart{Name: "w", Repository: "https://charts.example.com"}}
	for _, tt := range []struct {
		entry   component.Entry
		release string
		want    []string
	}{
		{plain, "1.0.0", []string{"w", "--repo", "https://charts.example.com"}},
		{moved(), "25.12.0", []string{"widget", "--repo", "https://charts.example.com"}},
		{moved(), "v0.4.1", []string{"oci://registry.example.com/charts/gadget"}},
		{moved(), "", []string{"widget", "--repo", "https://charts.example.com"}},
		{moved(), "newest", []string{"widget", "--repo", "https://charts.example.com"}},
	} {
		if diff := cmp.Diff(tt.want, component.HelmSource(tt.entry.Source(tt.release))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.release, diff)
		}
	}
}

// TestCompare: where numbers began anew, lower ones are newer.
func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"25.12.0", "0.4.1", -1}, {"0.5.0", "25.12.0", 1}, {"0.4.1", "0.5.0", -1}, {"25.8.0", "25.12.0", -1}, {"v0.4.1", "0.4.1", 0},
	} {
		if got := moved().Chart.Compare(tt.a, tt.b); got != tt.want {
			t.Errorf("%s, %s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestBetweenNumbers: an upgrade over the change of numbers skips what lies between.
func TestBetweenNumbers(t *testing.T) {
	t.Parallel()
	d := component.Description{Entry: moved(), Upgrades: component.Upgrades{Line: 2}}
	for _, v := range []string{"25.8.0", "25.8.1", "25.12.0", "0.4.0", "0.4.1", "0.5.0"} {
		d.Releases = append(d.Releases, component.Release{Version: v})
	}
	for _, tt := range []struct {
		from, to string
		want     []string
	}{
		{"25.8.0", "0.5.0", []string{"25.12.0", "0.4.1"}},
		{"25.12.0", "0.4.1", nil},
		{"0.5.0", "25.8.0", nil},
	} {
		if diff := cmp.Diff(tt.want, d.Between(tt.from, tt.to)); diff != "" {
			t.Errorf("%s to %s (-want +got):\n%s", tt.from, tt.to, diff)
		}
	}
}
