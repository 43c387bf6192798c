// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestBundleAsJSON: the same files as in an archive, with values and objects for a
// program to read.
func TestBundleAsJSON(t *testing.T) {
	t.Parallel()
	document := aksRecipe(t)
	want, rendered := wantFiles(t, bundle.Request{Recipe: document})
	resp, text := post(t, newServer(t), "/v1/bundle", text(t, document.YAML), "Accept", typeJSON)
	var got bundleBody
	if err := json.Unmarshal(text, &got); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", resp.Status, err)
	}
	files := map[string]entry{}
	for _, f := range got.Files {
		mode := "-rw-r--r--"
		if f.Executable {
			mode = "-rwxr-xr-x"
		}
		files[f.Path] = entry{mode, f.Content}
	}
	if diff := cmp.Diff(want, files, cmp.AllowUnexported(entry{})); diff != "" {
		t.Errorf("files (-engine +server):\n%s", diff)
	}
	if got.SHA256 != rendered.SHA256 || resp.Header.Get(bundleSumHeader) != rendered.SHA256 || len(got.Findings) != len(rendered.Findings) {
		t.Errorf("got the sum %s and %d findings, want %s and %d", got.SHA256, len(got.Findings), rendered.SHA256, len(rendered.Findings))
	}
	if diff := cmp.Diff([]string{"gpu-operator", "network-operator"}, got.Order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	for i, c := range got.Components {
		of := rendered.Components[i]
		var values, wantValues, policy map[string]any
		for text, into := range map[string]*map[string]any{string(c.Values): &values, of.Values: &wantValues} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(wantValues, values); diff != "" {
			t.Errorf("values of %s (-engine +server):\n%s", c.Name, diff)
		}
		if len(c.Manifests) != len(of.Manifests) || len(c.ChartManifests) != len(of.ChartManifests) {
			t.Errorf("%s has %d and %d manifests, want %d and %d", c.Name, len(c.Manifests), len(c.ChartManifests), len(of.Manifests), len(of.ChartManifests))
		}
		if err := json.Unmarshal(c.Manifests["manifests/namespace.yaml"].Object, &policy); err != nil || policy["kind"] != "Namespace" {
			t.Errorf("%s has the Namespace %v, %v", c.Name, policy, err)
		}
		for _, image := range of.Images {
			if !slices.Contains(got.Images, image) {
				t.Errorf("the images lack %s", image)
			}
		}
	}
}
