// SPDX-License-Identifier: Apache-2.0

// Package admission gives every manifest that a bundle can hold to a real
// kube-apiserver, which knows the custom resources of the chart's release.
package admission

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// facts are those of a chart release, as far as they are about custom resources.
type facts struct {
	Objects map[string]object `json:"objects"` // by kind
}

type object struct {
	APIVersion string `json:"apiVersion"`
	Namespaced bool   `json:"namespaced"`
	Fields     any    `json:"fields"`
}

// Definitions returns the custom resource definitions that a release of a chart
// brings, sorted by kind, as a stream of YAML documents; nothing for a chart
// without any. They are written from the chart's facts in data, which keep
// fields, types, enums, patterns, bounds and what is required, but neither
// defaults nor how lists are merged.
func Definitions(data fs.FS, chart, version string) ([]byte, error) {
	name := chart + "/" + version + ".json"
	text, err := fs.ReadFile(data, name)
	if err != nil {
		return nil, fmt.Errorf("reading chart facts: %w", err)
	}
	var release facts
	if err := json.Unmarshal(text, &release); err != nil {
		return nil, fmt.Errorf("reading chart facts %s: %w", name, err)
	}
	var stream bytes.Buffer
	for _, kind := range slices.Sorted(maps.Keys(release.Objects)) {
		definition, err := release.Objects[kind].define(kind)
		if err != nil {
			return nil, fmt.Errorf("%s: schema of %s: %w", name, kind, err)
		}
		text, err := json.Marshal(definition)
		if err != nil {
			return nil, fmt.Errorf("%s: definition of %s: %w", name, kind, err)
		}
		fmt.Fprintf(&stream, "---\n%s\n", text)
	}
	return stream.Bytes(), nil
}

// define writes the definition of a kind.
func (o object) define(kind string) (map[string]any, error) {
	group, version, ok := strings.Cut(o.APIVersion, "/")
	if !ok {
		return nil, fmt.Errorf("apiVersion %q has no group", o.APIVersion)
	}
	root, err := schema(o.Fields)
	if err != nil {
		return nil, err
	}
	if properties, ok := root["properties"].(map[string]any); ok {
		properties["metadata"] = map[string]any{"type": "object"} // the server has a schema of its own
	}
	scope := "Cluster"
	if o.Namespaced {
		scope = "Namespaced"
	}
	singular := strings.ToLower(kind)
	plural := plural(singular)
	return map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": plural + "." + group},
		"spec": map[string]any{
			"group": group, "scope": scope,
			"names": map[string]any{"kind": kind, "singular": singular, "plural": plural, "listKind": kind + "List"},
			"versions": []any{map[string]any{
				"name": version, "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": root},
			}},
		},
	}, nil
}

func plural(word string) string {
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return stem + "ies"
	}
	return word + "s"
}
