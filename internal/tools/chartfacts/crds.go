// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template/parse"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// crd is the part of a CustomResourceDefinition that counts.
type crd struct {
	Kind string `json:"kind"`
	Spec struct {
		Group string `json:"group"`
		Scope string `json:"scope"`
		Names struct {
			Kind string `json:"kind"`
		} `json:"names"`
		Versions []crdVersion `json:"versions"`
	} `json:"spec"`
}

type crdVersion struct {
	Name    string `json:"name"`
	Served  bool   `json:"served"`
	Storage bool   `json:"storage"`
	Schema  struct {
		OpenAPIV3Schema json.RawMessage `json:"openAPIV3Schema"`
	} `json:"schema"`
}

// crds is the definitions that a chart includes, by kind.
type crds map[string]crd

// readCRDs gathers the definitions of a chart: those in crds, those among the
// templates, its sub-charts' too, and those in another directory, if there is
// one. The latter are for what an operator's image installs, not its chart.
func readCRDs(parent *folder.Chart, beside string) (crds, error) {
	found := crds{}
	charts := map[string]*folder.Chart{"": parent}
	for name, sub := range parent.Subcharts {
		charts["charts/"+name+"/"] = sub
	}
	for _, prefix := range sortedKeys(charts) {
		for _, path := range sortedKeys(charts[prefix].CRDs) {
			if err := found.add(prefix+"crds/"+path, charts[prefix].CRDs[path]); err != nil {
				return nil, err
			}
		}
		for _, path := range sortedKeys(charts[prefix].Templates) {
			if err := found.addTemplate(prefix+"templates/"+path, charts[prefix].Templates[path]); err != nil {
				return nil, err
			}
		}
	}
	return found, found.addDir(beside)
}

func (c crds) addDir(dir string) error {
	if dir == "" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("%s holds no .yaml file of a CustomResourceDefinition", dir)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := c.add(path, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// addTemplate reads what a template says whatever the values are.
func (c crds) addTemplate(path, text string) error {
	if !strings.Contains(text, "kind: CustomResourceDefinition") {
		return nil
	}
	trees, err := usage.Parse(path, text)
	if err != nil {
		return err
	}
	var static strings.Builder
	writeText(&static, trees[path].Root)
	return c.add(path, static.String())
}

// writeText writes the text of a template, first branches taken, without values.
func writeText(to *strings.Builder, list *parse.ListNode) {
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			to.Write(n.Text)
		case *parse.IfNode:
			writeText(to, n.List)
		case *parse.WithNode:
			writeText(to, n.List)
		}
	}
}

// add reads the definitions in a file of YAML documents.
func (c crds) add(path, text string) error {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var document any
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		asJSON, err := json.Marshal(document)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		var definition crd
		if err := json.Unmarshal(asJSON, &definition); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if definition.Kind == "CustomResourceDefinition" {
			c[definition.Spec.Names.Kind] = definition
		}
	}
}

// objectLines describes the schemas of the kinds that bundles hold.
func (c crds) objectLines(kinds, lacks []string) ([]member, error) {
	out := []member{}
	for _, kind := range slices.Sorted(slices.Values(kinds)) {
		definition, ok := c[kind]
		if slices.Contains(lacks, kind) {
			if ok {
				return nil, fmt.Errorf("%s: the release is said to lack %s, but defines it; strike it from lacks", chart.TableName, kind)
			}
			continue
		}
		if !ok {
			return nil, fmt.Errorf("no CustomResourceDefinition of %s: name the folder that has it (CRDS=dir), or add it to lacks in %s", kind, chart.TableName)
		}
		object, err := definition.line()
		if err != nil {
			return nil, fmt.Errorf("the CustomResourceDefinition of %s: %w", kind, err)
		}
		out = append(out, object)
	}
	return out, nil
}

func (d crd) line() (member, error) {
	stored := slices.IndexFunc(d.Spec.Versions, func(v crdVersion) bool { return v.Storage && v.Served })
	if stored < 0 {
		return member{}, errors.New("no version is both stored and served")
	}
	if d.Spec.Scope != "Cluster" && d.Spec.Scope != "Namespaced" {
		return member{}, fmt.Errorf("unknown scope %q", d.Spec.Scope)
	}
	version := d.Spec.Versions[stored]
	decoder := json.NewDecoder(bytes.NewReader(version.Schema.OpenAPIV3Schema))
	decoder.DisallowUnknownFields()
	var s schema
	if err := decoder.Decode(&s); err != nil {
		return member{}, fmt.Errorf("schema: %w", err)
	}
	delete(s.Properties, "status") // the operator's own
	fields, err := s.notation()
	if err != nil {
		return member{}, err
	}
	return member{d.Spec.Names.Kind, []member{
		{"apiVersion", d.Spec.Group + "/" + version.Name},
		{"namespaced", d.Spec.Scope == "Namespaced"},
		{"fields", fields},
	}}, nil
}
