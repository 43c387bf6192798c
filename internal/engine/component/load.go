// SPDX-License-Identifier: Apache-2.0

package component

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

const (
	sourceName = "component.yaml"
	commonName = "common/component.yaml"
)

// Load reads components from the YAML files of a tree with the form of data:
// a folder for each component, and the folder common. An error names file
// and line. It takes some milliseconds.
func Load(data fs.FS) (*Set, error) {
	common, err := readSource(data, commonName)
	if err != nil {
		return nil, err
	}
	s := &Set{Facts: chart.Open(data), terms: common.Terms, load: map[string]func() (*Description, error){
		"": func() (*Description, error) { return common, nil },
	}}
	names, err := fs.Glob(data, "*/"+sourceName)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == commonName {
			continue
		}
		d, err := readSource(data, name)
		if err != nil {
			return nil, err
		}
		if err := s.add(path.Dir(name), d, common); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return s, nil
}

func (s *Set) add(folder string, d, common *Description) error {
	if d.Name != folder {
		return fmt.Errorf("the name is %q, but the folder is %q", d.Name, folder)
	}
	d.site()
	if err := d.resolve(common); err != nil {
		return err
	}
	for _, release := range s.Facts.Releases(d.Name) {
		facts, err := s.Facts.Release(d.Name, release)
		if err != nil {
			return err
		}
		d.Releases = append(d.Releases, d.release(facts))
	}
	d.sortReleases()
	if len(d.Sources) == 0 {
		return errors.New("no sources: give the addresses of what the facts were read in")
	}
	if d.Newest("") == nil {
		return errors.New("no release but a candidate has facts")
	}
	for _, k := range d.Keys {
		d.KeyNames = append(d.KeyNames, k.Key)
	}
	s.entries = append(s.entries, d.Entry)
	s.load[d.Name] = func() (*Description, error) { return d, nil }
	return nil
}

func (d *Description) release(facts *chart.Release) Release {
	r := Release{Version: facts.Version, Candidate: facts.Candidate, Kubernetes: facts.Kubernetes.Range.String(), Tags: map[string]string{}}
	for _, image := range d.Images {
		if found, ok := facts.Image(image.Image); ok {
			r.Tags[image.Key] = found.Version
		}
	}
	return r
}

// site turns placement and registry into values, and into the key that the taints of
// GPU nodes come from.
func (d *Description) site() {
	extend := func(places []Setting, from Operand) {
		for _, s := range places {
			s.Extend = from
			d.Values = append(d.Values, s)
		}
	}
	extend(d.Placement.System.NodeSelector, "placement system.node_selector")
	extend(d.Placement.System.Tolerations, "placement system.tolerations")
	extend(d.Placement.GPU.NodeSelector, "placement gpu.node_selector")
	extend(d.Placement.GPU.Tolerations, GPUTolerations)
	extend(d.Registry.SecretNames, "registry pull_secrets")
	extend(d.Registry.SecretReferences, "registry pull_secret_references")
	if len(d.Placement.GPU.Tolerations) > 0 {
		d.Keys = append(d.Keys, Key{Key: NodeTaints})
	}
}

// resolve puts common definitions where the component names them.
func (d *Description) resolve(common *Description) error {
	for i, k := range d.Keys {
		if k.About != "" {
			continue
		}
		at := slices.IndexFunc(common.Keys, func(shared Key) bool { return shared.Key == k.Key })
		if at < 0 {
			return fmt.Errorf("common has no key %q, and the key has no about", k.Key)
		}
		d.Keys[i] = common.Keys[at]
	}
	var manifests []Manifest
	for _, m := range d.Manifests {
		if m.Object != nil || m.Hook != "" {
			manifests = append(manifests, m)
			continue
		}
		shared := slices.DeleteFunc(slices.Clone(common.Manifests), func(shared Manifest) bool { return shared.Name != m.Name })
		if len(shared) == 0 {
			return fmt.Errorf("common has no manifest %q, and the manifest has no object", m.Name)
		}
		manifests = append(manifests, shared...)
	}
	d.Manifests = manifests
	return nil
}

func readSource(data fs.FS, name string) (*Description, error) {
	text, err := fs.ReadFile(data, name)
	if err != nil {
		return nil, err
	}
	d := &Description{}
	if err := decodeSource(text, d); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

func decodeSource(text []byte, d *Description) error {
	var root yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&root); err != nil {
		return err
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return errors.New("the file has more than one document")
	}
	return Decode(root.Content[0], d)
}

// Decode reads what data says into a type of this package, or a list of them. A
// field that the type does not have is an error.
func Decode[T any](n *yaml.Node, into *T) error {
	if err := checkFields(n, reflect.TypeFor[T]()); err != nil {
		return err
	}
	return n.Decode(into)
}

// checkFields looks for fields that a type does not have. The decoder's own
// check ends where a type reads a node itself.
func checkFields(n *yaml.Node, t reflect.Type) error {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case slices.Contains([]reflect.Type{reflect.TypeFor[Condition](), reflect.TypeFor[yaml.Node]()}, t):
		return nil
	case t.Kind() == reflect.Slice && n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			if err := checkFields(item, t.Elem()); err != nil {
				return err
			}
		}
	case t.Kind() == reflect.Struct && n.Kind == yaml.MappingNode:
		fields := fieldsOf(t)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Value == "<<" {
				continue // its fields are checked where they stand
			}
			field, ok := fields[key.Value]
			if !ok {
				return fmt.Errorf("line %d: unknown field %q", key.Line, key.Value)
			}
			if err := checkFields(n.Content[i+1], field); err != nil {
				return err
			}
		}
	}
	return nil
}

// fieldsOf returns the types of a struct's fields by their names in YAML.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for f := range t.Fields() {
		switch tag := f.Tag.Get("yaml"); tag {
		case "-":
		case ",inline":
			for name, inner := range fieldsOf(f.Type) {
				fields[name] = inner
			}
		case "":
			fields[strings.ToLower(f.Name)] = f.Type
		default:
			fields[tag] = f.Type
		}
	}
	return fields
}

// Compile returns the JSON files, by name, that Embedded reads.
func (s *Set) Compile() (map[string][]byte, error) {
	descriptions, err := s.Descriptions()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	if files[indexName], err = compiled(index{s.terms, s.entries}); err != nil {
		return nil, err
	}
	for _, d := range descriptions {
		if files[cmp.Or(d.Name, commonFolder)+"/"+compiledName], err = compiled(d); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func compiled(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return out.Bytes(), err
}
