// SPDX-License-Identifier: Apache-2.0

package folder

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Metadata is the part of Chart.yaml that counts.
type Metadata struct {
	Name         string       `yaml:"name"`
	Version      string       `yaml:"version"`
	AppVersion   string       `yaml:"appVersion"`
	KubeVersion  string       `yaml:"kubeVersion"`
	Dependencies []Dependency `yaml:"dependencies"`
}

// Dependency is how a chart uses a sub-chart.
type Dependency struct {
	Name      string   `yaml:"name"`
	Alias     string   `yaml:"alias"`
	Condition string   `yaml:"condition"` // values keys that switch it, with commas between
	Tags      []string `yaml:"tags"`      // keys below tags that switch it
}

func parseMetadata(text string) (Metadata, error) {
	var m Metadata
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		return m, err
	}
	if m.Name == "" {
		return m, errors.New("the chart has no name")
	}
	return m, nil
}

// Released returns the version of a published release and its app version, given
// the release that the folder is said to be. Charts in git carry placeholders
// such as v1.0.0-devel and main-latest, which say nothing: then both are the
// release itself. A real version has to be that of the release, with or without
// a leading v.
func (m Metadata) Released(release string) (chartVersion, appVersion string, err error) {
	if !isRelease(release) {
		return "", "", fmt.Errorf("%q is no release; give a version such as v26.7.0", release)
	}
	if !isRelease(m.Version) {
		return release, release, nil
	}
	if !version.SameRelease(m.Version, release) {
		return "", "", fmt.Errorf("the folder holds %s %s, not %s; unpack that release, or name this one", m.Name, m.Version, release)
	}
	if !isRelease(m.AppVersion) {
		return m.Version, m.Version, nil
	}
	return m.Version, m.AppVersion, nil
}

// isRelease tells 25.8.0 and v0.5.3-eksbuild.1 from v1.0.0-devel and main-latest.
func isRelease(text string) bool {
	numbers, suffix, _ := strings.Cut(text, "-")
	return regexp.MustCompile(`^v?\d+\.\d+\.\d+$`).MatchString(numbers) && !strings.Contains(suffix, "devel") && !strings.Contains(suffix, "latest")
}

// valuesSchema is the part of a values.schema.json that says types.
type valuesSchema struct {
	Type       oneOrMore               `json:"type"`
	Properties map[string]valuesSchema `json:"properties"`
}

// oneOrMore is a type, or a list of possible types.
type oneOrMore []string

func (t *oneOrMore) UnmarshalJSON(text []byte) error {
	if strings.HasPrefix(string(text), "[") {
		return json.Unmarshal(text, (*[]string)(t))
	}
	*t = make(oneOrMore, 1)
	return json.Unmarshal(text, &(*t)[0])
}

// parseTypes lists the keys that may have a single type, null aside. A chart
// without a schema has none.
func parseTypes(text string) (map[string]string, error) {
	types := map[string]string{}
	if text == "" {
		return types, nil
	}
	var root valuesSchema
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, err
	}
	root.collect("", types)
	return types, nil
}

func (s valuesSchema) collect(path string, types map[string]string) {
	known := slices.DeleteFunc(slices.Clone(s.Type), func(t string) bool { return t == "null" })
	if len(known) == 1 && path != "" {
		types[path] = known[0]
	}
	for name, below := range s.Properties {
		below.collect(strings.TrimPrefix(path+"."+name, "."), types)
	}
}
