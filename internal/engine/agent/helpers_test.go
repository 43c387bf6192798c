// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// manifest is the objects as YAML documents, as kubectl would take them.
func manifest(t *testing.T, objects ...runtime.Object) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	for _, object := range objects {
		if err := encoder.Encode(stated(t, object)); err != nil {
			t.Fatal(err)
		}
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// stated are the fields of an object that say something.
func stated(t *testing.T, object runtime.Object) map[string]any {
	t.Helper()
	kinds, _, err := scheme.Scheme.ObjectKinds(object)
	if err != nil {
		t.Fatal(err)
	}
	object.GetObjectKind().SetGroupVersionKind(kinds[0])
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	delete(all, "status")
	prune(all)
	return all
}

// prune removes what Go's types show though it is not set.
func prune(all map[string]any) {
	for key, value := range all {
		switch v := value.(type) {
		case nil:
			delete(all, key)
		case map[string]any:
			if prune(v); len(v) == 0 && slices.Contains([]string{"resources", "metadata", "strategy", "spec"}, key) {
				delete(all, key)
			}
		case []any:
			for _, element := range v {
				if nested, ok := element.(map[string]any); ok {
					prune(nested)
				}
			}
		}
	}
}

// golden compares with a file, or writes it.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is out of date (-file +now); run the test with -update:\n%s", path, diff)
	}
}
