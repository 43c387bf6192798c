// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// releaseFile is the form of a data file; data/README.md describes it.
type releaseFile struct {
	Chart         string                    `json:"chart"`
	Version       string                    `json:"version"`
	AppVersion    string                    `json:"appVersion"`
	Repository    string                    `json:"repository"`
	Namespace     string                    `json:"namespace"`
	KubeVersion   string                    `json:"kubeVersion"`
	Kubernetes    string                    `json:"kubernetes"`
	Values        map[string]any            `json:"values"`
	Subcharts     map[string]map[string]any `json:"subcharts"`
	Images        map[string]string         `json:"images"`
	ClusterPolicy *policyFile               `json:"clusterPolicy"`
	Objects       map[string]objectFile     `json:"objects"`
}

type policyFile struct {
	When   string   `json:"when"`
	Fields []string `json:"fields"`
}

type objectFile struct {
	APIVersion string `json:"apiVersion"`
	Namespaced bool   `json:"namespaced"`
	Fields     any    `json:"fields"`
}

func decodeRelease(text []byte) (*Release, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	var file releaseFile
	if err := decoder.Decode(&file); err != nil {
		return nil, err
	}
	r := &Release{
		Name: file.Chart, Version: file.Version, AppVersion: file.AppVersion,
		Repository: file.Repository, Namespace: file.Namespace,
	}
	for _, step := range []func(*releaseFile) error{r.readVersions, r.readKeys, r.readImages, r.readObjects, r.readPolicy, r.readPodFields} {
		if err := step(&file); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *Release) readVersions(file *releaseFile) (err error) {
	if r.KubeVersion, err = parseConstraint(file.KubeVersion); err != nil {
		return err
	}
	r.Kubernetes, err = parseRange(file.Kubernetes)
	return err
}

func (r *Release) readKeys(file *releaseFile) error {
	root, err := buildKeys("", plainKeys(file.Values))
	if err != nil {
		return fmt.Errorf("values: %w", err)
	}
	r.defaults = root.members()
	for name, facts := range file.Subcharts {
		below, err := buildKeys(name, plainKeys(facts))
		if err != nil {
			return fmt.Errorf("sub-chart %s: %w", name, err)
		}
		root.children[name] = below
		r.subcharts = append(r.subcharts, name)
	}
	root.children["global"] = globalKey(root, r.subcharts)
	r.values = root
	return nil
}

// globalKey collects what the sub-charts read below .Values.global, which Helm
// shares among a chart and its sub-charts.
func globalKey(root *key, subcharts []string) *key {
	global := newMapKey("global")
	for _, name := range subcharts {
		shared := root.children[name].children["global"]
		if shared == nil {
			continue
		}
		for child, k := range shared.children {
			atTop := *k
			atTop.path, atTop.hasValue = "global."+child, false // the default is the sub-chart's
			global.children[child] = &atTop
		}
	}
	return global
}

func (r *Release) readImages(file *releaseFile) error {
	r.images = make(map[string]Image, len(file.Images))
	for component, reference := range file.Images {
		slash, colon := strings.LastIndexByte(reference, '/'), strings.LastIndexByte(reference, ':')
		if slash < 0 || colon < slash {
			return fmt.Errorf("image of %s: %q is not repository/image:version", component, reference)
		}
		r.images[component] = Image{
			Repository: reference[:slash], Image: reference[slash+1 : colon], Version: reference[colon+1:],
		}
	}
	return nil
}

func (r *Release) readObjects(file *releaseFile) error {
	reader := &schemaReader{patterns: map[string]*regexp.Regexp{}}
	r.objects = make(map[string]object, len(file.Objects))
	for kind, facts := range file.Objects {
		fields, err := reader.read(facts.Fields)
		if err != nil {
			return fmt.Errorf("schema of %s: %w", kind, err)
		}
		r.objects[kind] = object{apiVersion: facts.APIVersion, namespaced: facts.Namespaced, schema: fields}
	}
	return nil
}

func plainKeys(facts map[string]any) map[string]any {
	for path, fact := range facts {
		facts[path] = plainNumbers(fact)
	}
	return facts
}

// plainNumbers turns decoded numbers into int64 or float64, in place.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, _ := v.Float64() // a number that JSON accepted; out of range it is infinite
		return f
	case []any:
		for i, element := range v {
			v[i] = plainNumbers(element)
		}
	case map[string]any:
		for k, below := range v {
			v[k] = plainNumbers(below)
		}
	}
	return v
}
