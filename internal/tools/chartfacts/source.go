// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// chartRow is a chart in releases.json, written by hand.
type chartRow struct {
	Repository string                `json:"repository"`
	Namespace  string                `json:"namespace"`
	Releases   map[string]releaseRow `json:"releases"` // by version as the chart writes it
}

type releaseRow struct {
	AppVersion string `json:"appVersion"`
	Kubernetes string `json:"kubernetes"` // supported minor versions, e.g. "1.29 - 1.32"
	// Images are the default images that the chart does not name, by component.
	Images map[string]string `json:"images"`
	// NotNull adds map keys whose null makes Helm fail, by sub-chart; the
	// chart's own stand under "".
	NotNull map[string][]string `json:"notNull"`
}

// keysFile is the form of chart-keys and subchart-keys.
type keysFile struct {
	Chart          string               `json:"chart"`
	Version        string               `json:"version"`
	KubeVersion    string               `json:"kubeVersion"`
	Keys           map[string]sourceKey `json:"keys"`
	Subcharts      []string             `json:"subcharts"`
	ParentDefaults map[string]any       `json:"parentDefaults"`
}

type sourceKey struct {
	Type            string    `json:"type"`
	Default         *anyValue `json:"default"`
	Free            bool      `json:"free"`
	Dead            bool      `json:"dead"`
	OnlyInTemplates bool      `json:"onlyInTemplates"`
}

// anyValue tells an absent default from a null one.
type anyValue struct{ value any }

func (v *anyValue) UnmarshalJSON(text []byte) error {
	return decode(bytes.NewReader(text), &v.value)
}

// imagesFile is the form of nicclusterpolicy-images.json, by release.
type imagesFile map[string]struct {
	NicClusterPolicy map[string]sourceImage `json:"nicClusterPolicy"`
	Chart            map[string]sourceImage `json:"chart"`
}

type sourceImage struct {
	Repository string `json:"repository"`
	Image      string `json:"image"`
	Version    string `json:"version"`
	Note       string `json:"note"` // for readers, not carried over
}

func readJSON(path string, into any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // opened for reading
	if err := decode(file, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// decode is strict: an unknown member is a shape that is not known.
func decode(from io.Reader, into any) error {
	decoder := json.NewDecoder(from)
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
