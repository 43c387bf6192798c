// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// render makes the data file of one release.
func render(source, name, version string, row chartRow, release releaseRow) ([]byte, error) {
	// The sources name every release with a leading v.
	id := name + "-v" + strings.TrimPrefix(version, "v")
	var keys keysFile
	if err := readJSON(filepath.Join(source, "chart-keys", id+".json"), &keys); err != nil {
		return nil, err
	}
	notNull, err := readNotNull(source, id, release.NotNull)
	if err != nil {
		return nil, err
	}
	values, err := valueLines(keys, ownChart, notNull[""])
	if err != nil {
		return nil, err
	}
	subcharts, err := subchartLines(source, id, keys.Subcharts, notNull)
	if err != nil {
		return nil, err
	}
	sections := []member{
		{"chart", name},
		{"version", version},
		{"appVersion", release.AppVersion},
		{"repository", row.Repository},
		{"namespace", row.Namespace},
		{"kubeVersion", keys.KubeVersion},
		{"kubernetes", release.Kubernetes},
		{"values", values},
		{"subcharts", subcharts},
	}
	for _, read := range []func(string, string, string) (*member, error){images, clusterPolicy, objects} {
		section, err := read(source, name, id)
		if err != nil {
			return nil, err
		}
		if section != nil {
			sections = append(sections, *section)
		}
	}
	return encode(sections), nil
}

// readNotNull joins what null-breaks-helm.json says with the table.
func readNotNull(source, id string, table map[string][]string) (map[string][]string, error) {
	var known map[string][]string
	if err := readJSON(filepath.Join(source, "null-breaks-helm.json"), &known); err != nil {
		return nil, err
	}
	joined := map[string][]string{"": known[id]}
	for subchart, paths := range table {
		joined[subchart] = slices.Concat(joined[subchart], paths)
	}
	return joined, nil
}

func subchartLines(source, id string, names []string, notNull map[string][]string) ([]member, error) {
	for name := range notNull {
		if name != "" && !slices.Contains(names, name) {
			return nil, fmt.Errorf("releases.json: notNull names %q, which is no sub-chart", name)
		}
	}
	var out []member
	for _, name := range slices.Sorted(slices.Values(names)) {
		var keys keysFile
		if err := readJSON(filepath.Join(source, "subchart-keys", id+"--"+name+".json"), &keys); err != nil {
			return nil, err
		}
		lines, err := valueLines(keys, subchart, notNull[name])
		if err != nil {
			return nil, fmt.Errorf("sub-chart %s: %w", name, err)
		}
		out = append(out, member{name, lines})
	}
	return out, nil
}

func images(source, name, id string) (*member, error) {
	var file imagesFile
	path := filepath.Join(source, "nicclusterpolicy-images.json")
	if err := readJSON(path, &file); err != nil {
		return nil, err
	}
	release, ok := file[strings.TrimPrefix(id, name+"-v")]
	if !ok || name != "network-operator" {
		return nil, nil
	}
	var out []member
	for _, component := range sortedKeys(release.NicClusterPolicy) {
		image := release.NicClusterPolicy[component]
		if image.Repository == "" || image.Image == "" || image.Version == "" {
			return nil, fmt.Errorf("%s: image of %s is incomplete", path, component)
		}
		out = append(out, member{component, image.Repository + "/" + image.Image + ":" + image.Version})
	}
	return &member{"images", out}, nil
}

// objects gathers the release's crd-schemas.
func objects(source, _, id string) (*member, error) {
	paths, err := filepath.Glob(filepath.Join(source, "crd-schemas", "*-"+id+".json"))
	if err != nil {
		return nil, err
	}
	var out []member
	for _, path := range paths {
		object, err := objectFacts(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, object)
	}
	return &member{"objects", out}, nil
}

// clusterPolicy is nil for a chart without a clusterpolicy-map.
func clusterPolicy(source, _, id string) (*member, error) {
	var file policyFile
	err := readJSON(filepath.Join(source, "clusterpolicy-map", id+".json"), &file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	lines, when, err := policyLines(file.Fields)
	if err != nil {
		return nil, err
	}
	return &member{"clusterPolicy", []member{{"when", when}, {"fields", lines}}}, nil
}
