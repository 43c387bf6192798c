// SPDX-License-Identifier: Apache-2.0

// Package chart holds what is known about each supported release of the Helm
// charts: their values keys, images, supported Kubernetes versions, and the
// schemas of their custom resources. It checks values and objects against
// these facts and renders the ClusterPolicy that a chart would create.
//
// A values tree or an object is a map[string]any that holds only string,
// bool, int64, float64, nil, []any and map[string]any.
//
// The facts stand in <chart>/<version>.json, one file a release, written by
// internal/tools/chartfacts; ../data/README.md describes their notation.
package chart

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Facts finds the facts of a chart release. A release is parsed once, when it
// is first asked for. Facts is safe for concurrent use.
type Facts struct {
	charts func() map[string][]entry // by folder, the releases by their numbers
}

type entry struct {
	version string
	release func() (*Release, error)
}

// TableName is the file of a chart's folder that is written by hand, with what
// its releases' folders do not say.
const TableName = "releases.json"

// Open returns the facts in fsys, which holds <chart>/<version>.json files. It
// reads nothing.
func Open(fsys fs.FS) *Facts {
	return &Facts{sync.OnceValue(func() map[string][]entry { return list(fsys) })}
}

func list(fsys fs.FS) map[string][]entry {
	charts := map[string][]entry{}
	names, _ := fs.Glob(fsys, "*/*.json") // fails on a malformed pattern only
	for _, name := range names {
		chart := path.Dir(name)
		if first := strings.TrimPrefix(path.Base(name), "v")[0]; first < '0' || first > '9' {
			continue // not named for a version
		}
		charts[chart] = append(charts[chart], entry{
			version: strings.TrimSuffix(path.Base(name), ".json"),
			release: sync.OnceValues(func() (*Release, error) { return readRelease(fsys, name) }),
		})
	}
	for _, entries := range charts {
		slices.SortFunc(entries, func(a, b entry) int { return compareReleases(a.version, b.version) })
	}
	return charts
}

func readRelease(fsys fs.FS, name string) (*Release, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading chart facts: %w", err)
	}
	release, err := decodeRelease(text)
	if err != nil {
		return nil, fmt.Errorf("reading chart facts %s: %w", name, err)
	}
	return release, nil
}

// Releases lists the versions of a chart that have facts by their numbers, as the
// chart writes them. It is empty for an unknown chart.
func (f *Facts) Releases(chart string) []string {
	versions := make([]string, 0, len(f.charts()[chart]))
	for _, e := range f.charts()[chart] {
		versions = append(versions, e.version)
	}
	return versions
}

// Release returns the facts of one chart release. The version is found with or
// without its leading v. A release without facts is an *UnknownReleaseError.
func (f *Facts) Release(chart, asked string) (*Release, error) {
	for _, e := range f.charts()[chart] {
		if version.SameRelease(e.version, asked) {
			return e.release()
		}
	}
	return nil, &UnknownReleaseError{Chart: chart, Version: asked, Known: f.Releases(chart)}
}

// UnknownReleaseError says that a chart release has no facts.
type UnknownReleaseError struct {
	Chart   string
	Version string
	Known   []string // releases of the chart with facts, by their numbers
}

func (e *UnknownReleaseError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("no facts about a chart %q", e.Chart)
	}
	return fmt.Sprintf("no facts about %s %q; releases with facts: %s", e.Chart, e.Version, strings.Join(e.Known, ", "))
}

// compareReleases orders chart versions by their numbers.
func compareReleases(a, b string) int { return cmp.Or(version.Compare(a, b), cmp.Compare(a, b)) }
