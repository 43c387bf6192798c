// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: team}\ndata: {a: \"1\"}\n"

func TestParse(t *testing.T) {
	t.Parallel()
	list, err := objects.Parse(t.Context(), map[string]string{
		"1": configMap,
		"2": "apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n",
		"3": `{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"}}`,
		"4": "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: team}\ntype: Opaque\ndata: null\n",
		"5": "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x, creationTimestamp: null}\nspec: {up: yes, size: 1e3, count: 3, html: <a&b>}\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range list {
		got = append(got, o.Key+" "+o.String())
	}
	want := []string{
		`3 CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com"`, `2 Namespace "team"`,
		`1 ConfigMap "x" in namespace "team"`, `4 Secret "token" in namespace "team"`, `5 Widget.example.com "x"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const widget = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"creationTimestamp":null,"name":"x"},"spec":{"count":3,"html":"<a&b>","size":"1e3","up":true}}`
	if diff := cmp.Diff(widget, list[4].Text()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const head = "apiVersion: v1\nkind: ConfigMap\n"
	for name, tt := range map[string]struct{ manifest, want string }{
		"empty":                 {"", "line 1, column 1: the document is empty"},
		"no YAML":               {"a: [", "invalid YAML"},
		"a text":                {"hello", "want a mapping"},
		"two objects":           {configMap + "---\n" + configMap, "a second document begins here"},
		"no version":            {"kind: ConfigMap\nmetadata: {name: x}\n", "the object has no apiVersion"},
		"a version of no form":  {"apiVersion: a/b/c\nkind: ConfigMap\n", `line 1, column 13: apiVersion: "a/b/c" is not the version of an API`},
		"a version with a path": {"apiVersion: ../v1\nkind: ConfigMap\n", `".." may not be '..'`},
		"no kind":               {"apiVersion: v1\nmetadata: {name: x}\n", "the object has no kind"},
		"no name":               {head + "metadata: {namespace: team}\n", "the object has no metadata.name"},
		"no metadata":           {head, "the object has no metadata.name"},
		"metadata that is none": {head + "metadata: x\n", `line 3, column 11: metadata: got "x", want a mapping`},
		"a number for a name":   {head + "metadata: {name: 12}\n", "line 3, column 18: metadata.name: this must be a text that is not empty; if it is one, put it in quotes"},
		"an empty name":         {head + "metadata: {name: \"\"}\n", "this must be a text"},
		"a path for a name":     {head + "metadata: {name: ../../x}\n", `may not contain '/'`},
		"a path for namespace":  {head + "metadata: {name: x, namespace: ..}\n", "metadata.namespace: this may not be '..'"},
		"a generated name":      {head + "metadata: {name: x, generateName: x-}\n", "metadata.generateName: this is written by"},
		"a list":                {"apiVersion: v1\nkind: ConfigMapList\nitems: []\n", "a ConfigMapList holds several objects"},
		"a secret":              {"apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {password: aHVudGVyMg==}\n", "line 4, column 7: data: a Secret's data would be stored in plain text"},
		"a secret in clear":     {"apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {password: hunter2}\n", "a Secret's stringData would"},
		"of a cluster":          {head + "metadata: {name: x, uid: 123}\n", "metadata.uid: this is written by the API server or by eidos, not by manifests: remove it"},
		"a status":              {head + "metadata: {name: x}\nstatus: {}\n", "line 4, column 9: status: this is written"},
		"an owner":              {head + "metadata: {name: x, annotations: {manifests.dgxc.io/owner: me}}\n", "this is written by"},
		"a key twice":           {head + "metadata: {name: x}\ndata: {a: b, a: c}\n", `the key "a" is given twice`},
		"another shape":         {head + "metadata: {name: x, annotations: [y]}\n", "want a mapping"},
	} {
		_, err := objects.Parse(t.Context(), map[string]string{"m": tt.manifest})
		var failed *objects.Error
		if !errors.As(err, &failed) || failed.Key != "m" || failed.Reason != objects.Invalid {
			t.Errorf("%s: got %#v", name, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %q, want %q", name, err, tt.want)
		}
		for _, secret := range []string{"hunter2", "aHVudGVyMg=="} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows the secret: %v", name, err)
			}
		}
	}
}

func TestParseReportsAll(t *testing.T) {
	t.Parallel()
	list, err := objects.Parse(t.Context(), map[string]string{"a": configMap, "b": "kind: x", "c": configMap, "d": "{"})
	var keys []string
	for _, leaf := range joined.Errors(err) {
		var failed *objects.Error
		if errors.As(leaf, &failed) {
			keys = append(keys, failed.Key)
		}
	}
	if diff := cmp.Diff([]string{"b", "c", "d"}, keys); diff != "" || len(list) != 1 {
		t.Errorf("%d objects, errors (-want +got):\n%s", len(list), diff)
	}
	if !strings.Contains(err.Error(), `ConfigMap "x" in namespace "team" is the object of "a" too`) {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(configMap)
	f.Add(`{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "data": {"a": null}}`)
	f.Fuzz(func(t *testing.T, manifest string) {
		list, err := objects.Parse(t.Context(), map[string]string{"m": manifest})
		if (err == nil) != (len(list) == 1) {
			t.Fatalf("%d objects, %v", len(list), err)
		}
		for _, o := range list {
			again, err := objects.Parse(t.Context(), map[string]string{"m": o.Text()})
			if err != nil || again[0].Text() != o.Text() {
				t.Errorf("%s is not read again: %v", o.Text(), err)
			}
		}
	})
}

func TestNewReference(t *testing.T) {
	t.Parallel()
	ref, err := objects.NewReference("apps/v1", "Deployment", "team", "x")
	want := objects.Reference{ID: objects.ID{Group: "apps", Kind: "Deployment", Namespace: "team", Name: "x"}, Version: "v1"}
	if err != nil || ref != want {
		t.Errorf("got %v, %v", ref, err)
	}
	for _, parts := range [][4]string{{"", "Deployment", "", "x"}, {"a/b/c", "Deployment", "", "x"}, {"apps/v1", "Deployment", "..", "x"}, {"apps/v1", "Deployment", "", "x/../y"}, {"v1", "A%B", "", "x"}} {
		if ref, err := objects.NewReference(parts[0], parts[1], parts[2], parts[3]); err == nil {
			t.Errorf("%q: got %v", parts, ref)
		}
	}
}
