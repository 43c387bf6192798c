// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// bundleBody is a bundle for a program that shows it or installs it by itself.
type bundleBody struct {
	SHA256       string            `json:"sha256"`
	Order        []string          `json:"order"` // of installation
	Components   []componentBody   `json:"components"`
	Images       []string          `json:"images"`
	Findings     []findingBody     `json:"findings"`
	NodeSettings map[string]string `json:"nodeSettings"`
	Files        []fileBody        `json:"files"`
}

type componentBody struct {
	Name        string          `json:"name"`
	Version     string          `json:"version"`
	Namespace   string          `json:"namespace"`
	Chart       string          `json:"chart,omitempty"`
	Repository  string          `json:"repository,omitempty"`
	ReleaseName string          `json:"releaseName,omitempty"`
	Values      json.RawMessage `json:"values,omitempty"`
	Requires    []string        `json:"requires"`
	Wave        int             `json:"wave"`
	// Manifests are objects to apply next to the chart, ChartManifests those that the
	// chart itself creates, by their paths.
	Manifests      map[string]manifestBody    `json:"manifests"`
	ChartManifests map[string]json.RawMessage `json:"chartManifests"`
	Prerequisites  []prerequisiteBody         `json:"prerequisites"`
}

type manifestBody struct {
	Order  string          `json:"order"`
	Object json.RawMessage `json:"object"`
}

type prerequisiteBody struct {
	Title   string `json:"title"`
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

type findingBody struct {
	Rule      string `json:"rule"`
	Component string `json:"component,omitempty"`
	Path      string `json:"path"`
	Message   string `json:"message"`
}

type fileBody struct {
	Path       string `json:"path"`
	SHA256     string `json:"sha256"`
	Executable bool   `json:"executable"`
	Content    string `json:"content"`
}

// describeBundle answers with a bundle as JSON.
func describeBundle(rendered *bundle.Bundle) (answer, error) {
	body := bundleBody{
		SHA256: rendered.SHA256, NodeSettings: rendered.NodeSettings,
		Order: []string{}, Components: []componentBody{}, Images: rendered.Images(), Findings: []findingBody{}, Files: []fileBody{},
	}
	if body.NodeSettings == nil {
		body.NodeSettings = map[string]string{}
	}
	for _, c := range rendered.Components {
		component, err := describeComponent(c)
		if err != nil {
			return answer{}, err
		}
		body.Components = append(body.Components, component)
	}
	for _, c := range rendered.InOrder() {
		body.Order = append(body.Order, c.Name)
	}
	for _, f := range rendered.Findings {
		body.Findings = append(body.Findings, findingBody{f.Rule, f.Component, f.Path, f.Message})
	}
	for _, f := range rendered.Files {
		body.Files = append(body.Files, fileBody{f.Path, fmt.Sprintf("%x", sha256.Sum256(f.Content)), f.Executable, string(f.Content)})
	}
	encoded, err := encodeJSON(body, cacheNever)
	if err != nil {
		return answer{}, err
	}
	encoded.header.Set(bundleSumHeader, rendered.SHA256)
	return answer{encoded, findings(rendered.Findings), bundleFindings}, nil
}

func describeComponent(c bundle.Component) (componentBody, error) {
	body := componentBody{
		Name: c.Name, Version: c.Version, Namespace: c.Namespace, Chart: c.Chart, Repository: c.Repository, ReleaseName: c.ReleaseName, Wave: c.Wave,
		Values: json.RawMessage(c.Values), Requires: append([]string{}, c.Requires...),
		Manifests: map[string]manifestBody{}, ChartManifests: map[string]json.RawMessage{}, Prerequisites: []prerequisiteBody{},
	}
	for path, text := range c.Manifests {
		object, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			return body, fmt.Errorf("%s/%s: %w", c.Name, path, err)
		}
		body.Manifests[path] = manifestBody{c.ApplyOrder[path], object}
	}
	for path, text := range c.ChartManifests {
		body.ChartManifests[path] = json.RawMessage(text)
	}
	for _, p := range c.Prerequisites {
		body.Prerequisites = append(body.Prerequisites, prerequisiteBody(p))
	}
	return body, nil
}
