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

// Switches is the values keys that switch the sub-chart; of several, the first that
// has a value decides.
func (d Dependency) Switches() []string {
	return strings.FieldsFunc(d.Condition, func(r rune) bool { return r == ',' || r == ' ' })
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
// such as v1.0.0-devel, v0.0.0 and main-latest, which say nothing: then both are the
// release itself. So is a version that is none of these where the app version alone
// is that of the release. A real version has to be that of the release, with or
// without a leading v.
func (m Metadata) Released(release string) (chartVersion, appVersion string, err error) {
	if !isRelease(release) {
		return "", "", fmt.Errorf("%q is not a release; give a version such as v26.7.0", release)
	}
	if !isRelease(m.Version) {
		return release, release, nil
	}
	if !version.SameRelease(m.Version, release) && version.SameRelease(m.AppVersion, release) {
		return release, m.AppVersion, nil
	}
	if !version.SameRelease(m.Version, release) {
		return "", "", fmt.Errorf("the folder holds %s %s, not %s; unpack that release, or name this one", m.Name, m.Version, release)
	}
	if !isRelease(m.AppVersion) {
		return m.Version, m.Version, nil
	}
	return m.Version, m.AppVersion, nil
}

// isRelease tells 25.8.0 and v0.5.3-eksbuild.1 from v1.0.0-devel, v0.0.0 and
// main-latest.
func isRelease(text string) bool {
	numbers, suffix, _ := strings.Cut(text, "-")
	return regexp.MustCompile(`^v?\d+\.\d+\.\d+$`).MatchString(numbers) && strings.TrimPrefix(numbers, "v") != "0.0.0" && !strings.Contains(suffix, "devel") && !strings.Contains(suffix, "latest")
}

// ValuesSchema is the part of a values.schema.json that says what Helm refuses.
type ValuesSchema struct {
	Type       OneOrMore               `json:"type"`
	Ref        string                  `json:"$ref"`
	Properties map[string]ValuesSchema `json:"properties"`
	Items      *ValuesSchema           `json:"items"`
	Enum       []any                   `json:"enum"`
	Minimum    *int64                  `json:"minimum"`
	Maximum    *int64                  `json:"maximum"`
}

// At is the schema of a member, or one that allows everything.
func (s ValuesSchema) At(name string) ValuesSchema { return s.Properties[name] }

// OneOrMore is a type, or a list of possible types, null aside.
type OneOrMore []string

// UnmarshalJSON reads a text or a list.
func (t *OneOrMore) UnmarshalJSON(text []byte) error {
	var list []string
	if !strings.HasPrefix(string(text), "[") {
		list = make([]string, 1)
		if err := json.Unmarshal(text, &list[0]); err != nil {
			return err
		}
	} else if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	*t = slices.DeleteFunc(list, func(name string) bool { return name == "null" })
	return nil
}

// Single is the type, "" where there are several or none.
func (t OneOrMore) Single() string {
	if len(t) != 1 {
		return ""
	}
	return t[0]
}

// parseSchema reads a values.schema.json. A chart without one has a schema that
// allows everything.
func parseSchema(text string) (s ValuesSchema, err error) {
	if text != "" {
		err = json.Unmarshal([]byte(text), &s)
	}
	return s, err
}
