// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// tableName is the file beside the data that is written by hand.
const tableName = "releases.json"

// table says of each chart what its folder does not.
type table map[string]chartRow

type chartRow struct {
	Repository string                `json:"repository"`
	Namespace  string                `json:"namespace"`
	Objects    []string              `json:"objects"`  // kinds of custom resources that bundles hold
	Releases   map[string]releaseRow `json:"releases"` // by version as the chart writes it
}

type releaseRow struct {
	// Kubernetes is the range that the chart's maker supports, such as
	// "1.29 - 1.32" or ">= 1.32"; empty where none is published.
	Kubernetes *string `json:"kubernetes"`
	// Lacks are the chart's objects that this release does not define yet.
	Lacks []string `json:"lacks"`
	// Images are default images that the chart does not name, by component.
	Images map[string]string `json:"images"`
	// NotNull are the keys whose null makes Helm fail, by sub-chart; the chart's
	// own stand under "".
	NotNull map[string][]string `json:"notNull"`
}

func readTable(dir string) (table, error) {
	path := filepath.Join(dir, tableName)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var t table
	if err := decoder.Decode(&t); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// find returns the rows of a chart and its release. The error for a missing
// row shows the row to write.
func (t table) find(name, version string) (chartRow, releaseRow, error) {
	chart, ok := t[name]
	if !ok {
		return chart, releaseRow{}, fmt.Errorf(missingChart, tableName, name, name, version)
	}
	release, ok := chart.Releases[version]
	if !ok || release.Kubernetes == nil {
		return chart, release, fmt.Errorf(missingRelease, tableName, name, version, name, version)
	}
	for _, kind := range release.Lacks {
		if !slices.Contains(chart.Objects, kind) {
			return chart, release, fmt.Errorf("%s: %s %s lacks %s, which is none of the chart's objects", tableName, name, version, kind)
		}
	}
	return chart, release, nil
}

const missingChart = `%s has no chart %s; add, with what its documentation says:

 %q: {
  "repository": "https://...",
  "namespace": "...",
  "objects": [],
  "releases": {
   %q: {
    "kubernetes": "1.33 - 1.36"
   }
  }
 }`

const missingRelease = `%s says of %s %s no range of Kubernetes; add below the "releases" of %q, with what its documentation says ("" where it says nothing):

   %q: {
    "kubernetes": "1.33 - 1.36",
    "notNull": {"": []}
   }`
