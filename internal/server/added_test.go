// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/added"
)

// TestFilesAdd serves a component, a GPU and a service that are files: they are
// listed, asked for and bundled as others are.
func TestFilesAdd(t *testing.T) {
	t.Parallel()
	catalog, set := added.Load(t)
	s := newServer(t, unlimited)
	s.renderer = bundle.NewRendererOf(set)
	s.catalogs.embedded = func() (*recipe.Catalog, error) { return catalog, nil }
	if err := s.loadCatalog(t.Context()); err != nil {
		t.Fatal(err)
	}
	const query = "/v1/recipe?service=skyport&os=ubuntu&gpu=x900&intent=training&k8s=1.34"
	_, made := get(t, s, query, "Accept", typeYAML)
	_, listing := get(t, s, "/v1/catalog")
	for _, word := range []string{"skyport-gate", "Skyport Gate", "v1.1.0-keeper", "sky.x900", "gpu=x900", "service=skyport"} {
		if !strings.Contains(string(listing), word) {
			t.Errorf("the catalog lacks %s", word)
		}
	}
	_, archive := post(t, s, "/v1/bundle", string(made), "Accept", typeZip)
	files := unzip(t, archive)
	if readme := files["skyport-gate/README.md"].content; !strings.Contains(readme, "Passing costs a coin") {
		t.Errorf("the bundle has %d files, and this README:\n%s", len(files), readme)
	}
	r := request(http.MethodPost, "/v1/bundle?bundlers=skyport-gat", string(made), "Content-Type", typeYAML)
	if _, body := send(t, s, r); !strings.Contains(string(body), "skyport-gate") {
		t.Errorf("got %s, want the name that was meant", body)
	}
}
