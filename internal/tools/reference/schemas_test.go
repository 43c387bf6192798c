// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

const (
	repository = "../../.."
	schemasDir = repository + "/schemas"
)

// compiled returns the schemas by the names of their files, without .json.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	texts, err := testEngine(t).schemas()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*jsonschema.Schema{}
	for file, text := range texts {
		if written, err := os.ReadFile(filepath.Join(schemasDir, file)); err != nil || string(written) != text {
			t.Errorf("schemas/%s is not what the data makes: run make generate (%v)", file, err)
		}
		parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if err := c.AddResource(schemaAddress+file, parsed); err != nil {
			t.Fatal(err)
		}
		if all[strings.TrimSuffix(file, ".json")], err = c.Compile(schemaAddress + file); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return all
}

// readers read a document as the product does.
func readers(t *testing.T) map[string]func([]byte) error {
	t.Helper()
	e := testEngine(t)
	return map[string]func([]byte) error{
		"snapshot": func(data []byte) error { _, err := document.DecodeSnapshot(t.Context(), data); return err },
		"recipe":   func(data []byte) error { _, err := document.DecodeRecipe(t.Context(), data); return err },
		"catalog":  func(data []byte) error { _, err := recipe.Load(t.Context(), data); return err },
		"overlay":  func(data []byte) error { return e.withOverlay(t.Context(), string(data)) },
	}
}

// withOverlay makes a bundle, as the names of options are a bundle's.
func (e engine) withOverlay(ctx context.Context, text string) error {
	made, err := e.catalog.Build(ctx, recipe.Request{Query: document.Query{Service: "eks", GPU: "h100", OS: "ubuntu", K8s: "1.34"}, Overlays: []string{text}})
	if err != nil {
		return err
	}
	_, err = e.renderer.Render(ctx, bundle.Request{Recipe: made.Recipe})
	return err
}

// instance returns a document as schemas see it.
func instance(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(plain(value))
	if err != nil {
		t.Fatal(err)
	}
	value, err = jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// plain is what JSON can hold: to editors a time is a text, and a key too.
func plain(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, item := range value {
			value[key] = plain(item)
		}
	case map[any]any:
		texts := map[string]any{}
		for key, item := range value {
			texts[fmt.Sprint(key)] = plain(item)
		}
		return texts
	case []any:
		for i, item := range value {
			value[i] = plain(item)
		}
	case time.Time:
		return value.Format(time.RFC3339)
	}
	return value
}

// TestSchemasTakeEveryDocument holds the schemas against every snapshot and recipe
// of the repository, and against the data of the catalog.
func TestSchemasTakeEveryDocument(t *testing.T) {
	t.Parallel()
	all := compiled(t)
	read := readers(t)
	found := map[string]int{}
	kind := regexp.MustCompile(`(?m)^ *"?kind"?: "?(Snapshot|Recipe)\b`)
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, filepath.Clean(repository)+string(filepath.Separator)))
		switch {
		case entry.IsDir() && (name == ".cache" || name == ".git"):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".yaml", ".json"}, filepath.Ext(path)):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		of := ""
		if stated := kind.FindSubmatch(text); stated != nil {
			of = strings.ToLower(string(stated[1]))
		}
		if strings.HasPrefix(name, "internal/engine/recipe/data/") || strings.HasPrefix(name, "internal/engine/recipe/testdata/added/") || name == "internal/engine/recipe/testdata/catalog.yaml" {
			of = "catalog"
		}
		partial := of != "" && of != "catalog" && read[of](text) != nil // a fixture with more in it
		if of == "" || partial {
			return nil
		}
		found[of]++
		if err := all[of].Validate(instance(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"snapshot", "recipe", "catalog"} {
		if found[of] == 0 {
			t.Errorf("no %s was found", of)
		}
	}
}

// TestSchemasAreTheReaders changes each value of a document in many ways. A schema
// must take what the reader takes, and refuse what it refuses unless no schema can
// know: that names differ, and that a context has its value.
func TestSchemasAreTheReaders(t *testing.T) {
	t.Parallel()
	all, read := compiled(t), readers(t)
	beyond := regexp.MustCompile(`a context explains a value|is given twice|neither a base nor overlays|is not a version|no version satisfies|does not hold|demands (driver|k8s)|every part of a range|want a name`)
	for of, text := range map[string]string{
		"snapshot": `{kind: Snapshot, apiVersion: v1, metadata: {created: "2026-01-02T18:02:49Z", hostname: node-1, version: "1"},
			measurements: [{type: OS, subtypes: [{subtype: release, data: {ID: ubuntu, COUNT: 3}, context: {ID: why}}]}]}`,
		"recipe": `{kind: Recipe, apiVersion: recipe.dgxc.io/v1, metadata: {recipe-version: "1", recipe-timestamp: "2026-01-02T18:02:49Z"},
			request: {os: ubuntu, osv: "24.04", kernel: {major: 6, minor: "8", precision: 2, extras: -aws}, gpu: h100, context: true}, matchedRules: [gpu=h100],
			constraints: [{field: k8s, range: ">= 1.32", layer: gpu=h100}],
			measurements: {K8s/image/driver: "580.1", OS/kmod/nvidia: true}, contexts: {K8s/image/driver: why}, provenance: {OS/kmod/nvidia: {layer: base}}, findings: [{rule: a}]}`,
		"catalog": `{version: "1", components: [gpu-operator],
			base: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}, context: {nvidia: why}}]}],
			overlays: [{name: one, key: {gpu: h100, k8s: "1.33"}, when: {"K8s/config/rdma": true}, constraints: {driver: ">= 580"}, types: [{type: K8s, subtypes: [{subtype: server, data: {x: null}}]}]}],
			platforms: [{service: eks, os: [ubuntu], prefix: ml., gpus: [{gpu: h100, fabric: efa, instanceTypes: {p5: 8}, types: [{type: OS, subtypes: [{subtype: kmod, data: {efa: true}}]}]}]}],
			products: {"2330": H100}, gpus: [{gpu: h100, siblings: {h20: why}}],
			services: [{service: sky, default: false, also: [air], kubelet: sky, tags: [x], without: why}],
			systems: [{os: flat, ids: [flat], yearMonth: true, images: [{prefix: Flat, id: flat, numbers: 2}]}]}`,
		"overlay": `{name: one, key: {gpu: h100, k8s: "1.34"}, constraints: {k8s: ">= 1.30"},
			types: [{type: K8s, subtypes: [{subtype: config, data: {gdrcopy: true, mig_strategy: mixed}, context: {gdrcopy: why}}]}, {type: OS, subtypes: [{subtype: kmod, data: {nvidia: null}}]}]}`,
	} {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			original := instance(t, []byte(text))
			for where, changed := range mutations(original) {
				encoded, err := json.Marshal(changed)
				if err != nil {
					t.Fatal(err)
				}
				refused, invalid := read[of](encoded), all[of].Validate(instance(t, encoded))
				switch {
				case refused == nil && invalid != nil:
					t.Errorf("%s: the reader takes %s, the schema says %v", where, encoded, invalid)
				case refused != nil && invalid == nil && !beyond.MatchString(refused.Error()):
					t.Errorf("%s: the schema takes %s, the reader says %v", where, encoded, refused)
				}
			}
		})
	}
}

// mutations returns the document and changed ones, by what is changed.
func mutations(original any) map[string]any {
	all := map[string]any{"nothing": original}
	change(original, "", func(where string, changed any) { all[where] = changed })
	return all
}

func change(value any, at string, yield func(string, any)) {
	for i, other := range []any{[]any{}, map[string]any{}, nil, json.Number("7"), true, "strange", ""} {
		yield(fmt.Sprintf("%s is other value %d", at, i), other)
	}
	switch value := value.(type) {
	case map[string]any:
		with := func(key string, item any) map[string]any {
			changed := maps.Clone(value)
			changed[key] = item
			return changed
		}
		yield(at+" has a strange field", with("strange", "x"))
		for key, item := range value {
			less := maps.Clone(value)
			delete(less, key)
			yield(at+" lacks "+key, less)
			change(item, at+"."+key, func(where string, changed any) { yield(where, with(key, changed)) })
		}
	case []any:
		for i, item := range value {
			change(item, fmt.Sprintf("%s[%d]", at, i), func(where string, changed any) {
				list := slices.Clone(value)
				list[i] = changed
				yield(where, list)
			})
		}
	}
}

// TestSchemasOfDocumentedFiles reads the examples of documents in the pages, each of
// which names its schema.
func TestSchemasOfDocumentedFiles(t *testing.T) {
	t.Parallel()
	all, read := compiled(t), readers(t)
	fence := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	names := regexp.MustCompile(`(?m)^# yaml-language-server: \$schema=` + regexp.QuoteMeta(schemaAddress) + `(\w+)\.json$`)
	found := map[string]bool{}
	for _, page := range []string{"documents", "recipes-and-overlays"} {
		content, err := os.ReadFile(filepath.Join(repository, "templates", "guides", page+".md.tmpl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range fence.FindAllSubmatch(content, -1) {
			of := names.FindSubmatch(block[1])
			if of == nil {
				continue
			}
			name := string(of[1])
			found[name] = true
			if err := read[name](block[1]); err != nil {
				t.Errorf("%s: %v in:\n%s", page, err, block[1])
			}
			if err := all[name].Validate(instance(t, block[1])); err != nil {
				t.Errorf("%s: %v in:\n%s", page, err, block[1])
			}
		}
	}
	for name := range all {
		if !found[name] {
			t.Errorf("no page has an example with the schema of %s", name)
		}
	}
}

// TestSchemasOfConditions: what an overlay may ask, and what it may not.
func TestSchemasOfConditions(t *testing.T) {
	t.Parallel()
	all, read := compiled(t), readers(t)
	for when, valid := range map[string]bool{
		"{K8s/config/rdma: true}":                               true,
		"[{snapshot OS/kmod/nouveau: null}, {gpu: [h100]}]":     true,
		`{k8s: {in: ">= 1.30, < 1.33"}}`:                        true,
		`{k8s: {not: {below: "1.30"}}}`:                         true,
		`{K8s/node/distribution: {empty: true}}`:                true,
		`{"snapshot K8s/node/os-image": {contains: Fedora}}`:    true,
		`{K8s/node/distribution: {same: K8s/node/os-image}}`:    true,
		"{driver: {below: 580}}":                                false,
		".driver":                                               false,
		`{k8s: {older: "1.30"}}`:                                false,
		`{k8s: {below: []}}`:                                    false,
		`{k8s: {below: null}}`:                                  false,
		`{k8s: {below: "1.30", atLeast: "1.20"}}`:               false,
		`{K8s/node/distribution: {empty: false}}`:               false,
		`{"snapshot K8s/node/os-image": {contains: ""}}`:        false,
		`{with gpu-operator: true}`:                             false,
		`{K8s/node/distribution: {not: {sort: of}}}`:            false,
		`{K8s/node/distribution: [{empty: true}, {is: empty}]}`: false,
	} {
		text := []byte("when: " + when + "\ntypes: [{type: OS, subtypes: [{subtype: kmod, data: {a: 1}}]}]")
		if err := read["overlay"](text); (err == nil) != valid {
			t.Errorf("the reader says of %s: %v", when, err)
		}
		if err := all["overlay"].Validate(instance(t, text)); (err == nil) != valid {
			t.Errorf("the schema says of %s: %v", when, err)
		}
	}
}
