// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// table says of each chart what its folder does not: for each, the file
// chart.TableName in its folder.
type table map[string]chartRow

type chartRow struct {
	Objects  []string              `json:"objects"`  // kinds of custom resources that bundles hold
	Releases map[string]releaseRow `json:"releases"` // by version as the chart writes it
}

type releaseRow struct {
	// Read is the day on which what follows was read, such as 2026-11-22.
	Read string `json:"read"`
	// Chart is the chart's name where the maker has renamed it, "" for that of the
	// folder.
	Chart string `json:"chart"`
	// Kubernetes is the range that the chart's maker supports, such as
	// "1.29 - 1.32" or ">= 1.32"; empty where none is published.
	Kubernetes *string `json:"kubernetes"`
	// Candidate says that the release is not published yet: what is known of it may
	// change.
	Candidate bool `json:"candidate"`
	// Systems are the versions of operating systems, by the name that recipes
	// give the system, that the release has driver containers for.
	Systems map[string][]string `json:"systems"`
	// Lacks are the chart's objects that this release does not define yet.
	Lacks []string `json:"lacks"`
	// Images are default images that the chart does not name, by component.
	Images map[string]string `json:"images"`
	// NotNull are the keys whose null makes Helm fail without the templates
	// showing it, by sub-chart; the chart's own stand under "".
	NotNull map[string][]string `json:"notNull"`
}

func readTable(dir string) (table, error) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*", chart.TableName)) // fails on a malformed pattern only
	t := table{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		var row chartRow
		if err := decoder.Decode(&row); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		t[filepath.Base(filepath.Dir(path))] = row
	}
	return t, nil
}

// folder returns the folder of the facts of a chart's release: the chart's name,
// unless the row of a release says that it has been renamed.
func (t table) folder(name, version string) string {
	for folder, row := range t {
		if row.Releases[version].Chart == name {
			return folder
		}
	}
	return name
}

// find returns the rows of a chart, by its folder, and of its release. The error for a
// missing row shows the row to write.
func (t table) find(name, version string) (chartRow, releaseRow, error) {
	file := name + "/" + chart.TableName
	row, ok := t[name]
	if !ok {
		return row, releaseRow{}, fmt.Errorf(missingChart, file, version)
	}
	release, ok := row.Releases[version]
	if !ok || release.Kubernetes == nil {
		return row, release, fmt.Errorf(missingRelease, file, version, version)
	}
	if _, err := time.Parse(time.DateOnly, release.Read); err != nil {
		return row, release, fmt.Errorf("%s: %q is not the day on which the facts about %s were read; write \"read\": \"2026-11-22\"", file, release.Read, version)
	}
	for _, kind := range release.Lacks {
		if !slices.Contains(row.Objects, kind) {
			return row, release, fmt.Errorf("%s: %s lacks %s, which is none of the chart's objects", file, version, kind)
		}
	}
	return row, release, nil
}

const missingChart = `there is no %s; write it, with what the chart's documentation says:

{
 "objects": [],
 "releases": {
  %q: {
   "read": "2026-11-22",
   "kubernetes": "1.33 - 1.36"
  }
 }
}`

const missingRelease = `%s says of %s no range of Kubernetes; add below "releases", with what its documentation says ("" where it says nothing):

  %q: {
   "read": "2026-11-22",
   "kubernetes": "1.33 - 1.36"
  }`
