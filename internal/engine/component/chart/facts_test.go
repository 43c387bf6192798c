// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestReleases(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"gpu-operator":              {"v25.3.0", "v25.3.3", "v25.3.4", "v25.10.0", "v25.10.1", "v26.3.3", "v26.7.0"},
		"network-operator":          {"25.4.0", "25.7.0", "25.10.0", "26.1.2", "26.4.1", "26.7.0-rc.2"},
		"nvidia-dra-driver-gpu":     {"0.4.1", "25.8.0", "25.12.0"},
		"aws-efa-k8s-device-plugin": {"v0.5.3", "v0.5.14", "v0.5.30"},
		"cilium":                    {},
	}
	facts := embeddedFacts()
	for chart, versions := range want {
		if diff := cmp.Diff(versions, facts.Releases(chart)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", chart, diff)
		}
	}
}

func TestEveryReleaseLoads(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	for name := range facts.charts() {
		for _, version := range facts.Releases(name) {
			release, err := loadWhole(facts, name, version)
			if err != nil {
				t.Fatal(err)
			}
			if release.Version != version {
				t.Errorf("%s %s says that it is %s", name, version, release.Version)
			}
		}
	}
}

func TestAppVersion(t *testing.T) {
	t.Parallel()
	tests := map[[2]string]string{
		{"gpu-operator", "v26.7.0"}:              "v26.7.0",
		{"network-operator", "26.4.1"}:           "v26.4.1",
		{"nvidia-dra-driver-gpu", "25.12.0"}:     "25.12.0",
		{"aws-efa-k8s-device-plugin", "v0.5.14"}: "v0.5.8",
	}
	for release, want := range tests {
		if got := embeddedRelease(t, release[0], release[1]).AppVersion; got != want {
			t.Errorf("%s %s: got %s, want %s", release[0], release[1], got, want)
		}
	}
}

func TestReleaseIsFoundWithOrWithoutV(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	tests := map[string][2]string{
		"v26.7.0": {"gpu-operator", "v26.7.0"},
		"26.7.0":  {"gpu-operator", "v26.7.0"},
		"26.4.1":  {"network-operator", "26.4.1"},
		"v26.4.1": {"network-operator", "26.4.1"},
	}
	for asked, want := range tests {
		release, err := facts.Release(want[0], asked)
		if err != nil {
			t.Fatal(err)
		}
		if release.Version != want[1] {
			t.Errorf("%s %s: got version %s, want %s", want[0], asked, release.Version, want[1])
		}
	}
}

func TestUnknownRelease(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ chart, version, want string }{
		"version": {
			"network-operator", "24.1.0",
			`no facts about network-operator "24.1.0"; releases with facts: 25.4.0, 25.7.0, 25.10.0, 26.1.2, 26.4.1, 26.7.0-rc.2`,
		},
		"no version": {
			"network-operator", "",
			`no facts about network-operator ""; releases with facts: 25.4.0, 25.7.0, 25.10.0, 26.1.2, 26.4.1, 26.7.0-rc.2`,
		},
		"chart": {"cilium", "1.0.0", `no facts about a chart "cilium"`},
	}
	for name, tt := range tests {
		_, err := embeddedFacts().Release(tt.chart, tt.version)
		var unknown *UnknownReleaseError
		if !errors.As(err, &unknown) {
			t.Fatalf("%s: got %v, want an UnknownReleaseError", name, err)
		}
		if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReleaseIsParsedOnce(t *testing.T) {
	t.Parallel()
	facts := embeddedFacts()
	releases := make([]*Release, 8)
	var wait sync.WaitGroup
	for i := range releases {
		wait.Go(func() {
			release, err := facts.Release("gpu-operator", "v26.7.0")
			if err != nil {
				t.Error(err)
			}
			releases[i] = release
		})
	}
	wait.Wait()
	for _, release := range releases {
		if release != releases[0] {
			t.Fatal("two calls got two releases")
		}
	}
}

// loadWhole reads a data file to its last part.
func loadWhole(facts *Facts, chart, version string) (*Release, error) {
	release, err := facts.Release(chart, version)
	if err != nil {
		return nil, err
	}
	return release, release.Verify()
}

// minimal is a data file to break in tests.
const minimal = `{"chart":"c","version":"1.0.0","kubeVersion":">= 1.20.0","kubernetes":"1.29 - 1.30","values":{"a":["string","x"]}}`

func TestBrokenDataIsAnError(t *testing.T) {
	t.Parallel()
	policy := `"objects":{"ClusterPolicy":{"fields":{"spec":{"a":"string"}}}},"clusterPolicy":{"fields":["%s"]}`
	tests := map[string]struct{ old, with, want string }{
		"not an object":        {"{", "", "want an object"},
		"not JSON":             {`"x"]`, `"x"],`, "invalid character"},
		"unknown section":      {`"chart"`, `"charts"`, `unknown field "charts"`},
		"constraint":           {">= 1.20.0", "~1.20", `kubeVersion "~1.20"`},
		"constraint's version": {">= 1.20.0", ">= one", `kubernetes version "one"`},
		"range":                {"1.29 - 1.30", "1.29", `kubernetes range "1.29"`},
		"range's start":        {"1.29 - 1.30", "x - 1.30", `kubernetes range "x - 1.30": "x" is not a version`},
		"range's end":          {"1.29 - 1.30", "1.29 - x", `kubernetes range "1.29 - x": "x" is not a version`},
		"key type":             {`["string","x"]`, `"text"`, `key a: unknown type "text"`},
		"key flag":             {`["string","x"]`, `"string loose"`, `key a: unknown flag "loose"`},
		"key without type":     {`["string","x"]`, `""`, "key a: no type"},
		"key notation":         {`["string","x"]`, `7`, "key a: want"},
		"sub-chart":            {`"values"`, `"subcharts":{"s":{"b":"text"}},"values"`, "sub-chart s: key b"},
		"image":                {`"values"`, `"images":{"i":"registry:5000/image"},"values"`, "is not repository/image:version"},
		"field type":           {`"values"`, `"objects":{"K":{"fields":{"f":"text"}}},"values"`, `schema of K: field f: unknown type "text"`},
		"field notation":       {`"values"`, `"objects":{"K":{"fields":{"f":7}}},"values"`, "want a text, a list of one or an object"},
		"array notation":       {`"values"`, `"objects":{"K":{"fields":["string","string"]}},"values"`, "one element schema, got 2"},
		"field bounds":         {`"values"`, `"objects":{"K":{"fields":"integer 0..x"}},"values"`, `bounds "0..x"`},
		"field word":           {`"values"`, `"objects":{"K":{"fields":"integer some"}},"values"`, `unknown word "some"`},
		"field pattern":        {`"values"`, `"objects":{"K":{"fields":"string pattern ("}},"values"`, "missing closing )"},
		"policy alone":         {`"values"`, `"clusterPolicy":{"fields":[]},"values"`, "without the ClusterPolicy's schema"},
		"policy field":         {`"values"`, strings.Replace(policy, "%s", "a", 1) + `,"values"`, "want at least a path and an action"},
		"policy action":        {`"values"`, strings.Replace(policy, "%s", "a move", 1) + `,"values"`, `unknown action "move"`},
		"policy word":          {`"values"`, strings.Replace(policy, "%s", "a copy so b", 1) + `,"values"`, `unknown word "so"`},
		"policy end":           {`"values"`, strings.Replace(policy, "%s", "a copy from", 1) + `,"values"`, `nothing follows "from"`},
		"policy value":         {`"values"`, strings.Replace(policy, "%s", "a copy default {", 1) + `,"values"`, "value {"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(minimal, tt.old, tt.with, 1)
			facts := Open(fstest.MapFS{"c/1.0.0.json": {Data: []byte(text)}})
			_, err := loadWhole(facts, "c", "1.0.0")
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "c/1.0.0.json") {
				t.Errorf("got %v, want an error that names the file and says %q", err, tt.want)
			}
		})
	}
}

func TestBrokenHeadIsAnError(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                                    "want an object",
		"[]":                                  "want an object",
		`{"chart":7}`:                         "chart: want a text, got 7",
		`{"values":{},"chart":"c","version"`:  "version: want a text",
		`{"chart":"c","kubernetes":"1 to 2"}`: `kubernetes range "1 to 2"`,
	}
	for text, want := range tests {
		facts := Open(fstest.MapFS{"c/1.0.0.json": {Data: []byte(text)}})
		if _, err := facts.Release("c", "1.0.0"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "c/1.0.0.json") {
			t.Errorf("%s: got %v, want an error that names the file and says %q", text, err, want)
		}
	}
}

func TestMinimalDataLoads(t *testing.T) {
	t.Parallel()
	facts := Open(fstest.MapFS{"c/1.0.0.json": {Data: []byte(minimal)}})
	release, err := facts.Release("c", "1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := release.Default("a"); v != "x" || !ok {
		t.Errorf("got default %v, %t, want x", v, ok)
	}
}
