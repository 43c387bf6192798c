// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// chartRepository is a repository with releases of the chart gadgets.
type chartRepository struct {
	lock     sync.Mutex
	releases map[string][]byte
}

func newRepository(t *testing.T) (repository *chartRepository, address string) {
	t.Helper()
	repository = &chartRepository{releases: map[string][]byte{}}
	server := httptest.NewServer(repository)
	t.Cleanup(server.Close)
	return repository, server.URL
}

func (r *chartRepository) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if request.URL.Path != "/index.yaml" {
		_, _ = w.Write(r.releases[strings.TrimPrefix(request.URL.Path, "/")])
		return
	}
	_, _ = io.WriteString(w, "entries:\n  gadgets:\n")
	for version, archive := range r.releases {
		_, _ = fmt.Fprintf(w, "    - {version: %s, urls: [%[1]s], digest: %x}\n", version, sha256.Sum256(archive))
	}
}

// publish adds a release with one definition.
func (r *chartRepository) publish(t *testing.T, version, definition string) {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	packed := tar.NewWriter(zipped)
	err := packed.WriteHeader(&tar.Header{Name: "gadgets/crds/widgets.yaml", Mode: 0o644, Size: int64(len(definition)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = io.WriteString(packed, definition)
	}
	if err := errors.Join(err, packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.releases[version] = b.Bytes()
}

// Helm installs the definitions of a chart once; each apply upgrades them, and what
// the new definition knows can be applied at once.
func TestDefinitionsOfAChart(t *testing.T) {
	t.Parallel()
	s := newStage(t, "charts", server.Admin())
	definition := of("charts.example.com", definition)
	charts, address := newRepository(t)
	charts.publish(t, "1.0.0", definition)
	charts.publish(t, "1.1.0", strings.Replace(definition, "color: {type: string", "shape: {type: string}, color: {type: string", 1))
	charts.publish(t, "2.0.0", strings.ReplaceAll(definition, "name: v1\n", "name: v2\n"))
	chart := func(version string) string {
		return fmt.Sprintf("definitions = { repository = %q, chart = \"gadgets\", version = %q }", address, version)
	}
	// As Helm installs it, whose manager is its name.
	if err := s.kube.Create(t.Context(), s.object(definition), client.FieldOwner("helm")); err != nil {
		t.Fatal(err)
	}
	widget := of("charts.example.com", widget)
	s.set(chart("1.0.0"), map[string]string{"n": namespace, "w": widget})
	s.Apply(t)
	s.checkEmptyPlan()

	shaped := map[string]string{"n": namespace, "w": strings.Replace(widget, "size: 3", "size: 3, shape: round", 1)}
	s.set(chart("1.1.0"), shaped)
	checkSays(t, s.plan(), "Dry Run Failed", "field not declared in schema")
	s.Apply(t)
	s.checkEmptyPlan()
	if shape, _, _ := unstructured.NestedString(s.live(widget).Object, "spec", "shape"); shape != "round" {
		t.Errorf("the shape is %q", shape)
	}

	s.set(chart("1.0.0"), shaped)
	s.ApplyFails(t, "is that of gadgets 1.1.0, which is newer than 1.0.0")
	s.set(chart("2.0.0"), shaped)
	s.ApplyFails(t, "has no version v1, in which the cluster stores objects")
	s.set(chart("3.0.0"), shaped)
	s.ApplyFails(t, "Chart Not Read", `the repository has no version "3.0.0" of the chart`)

	// The same release with other content.
	charts.publish(t, "1.1.0", definition)
	s.set(chart("1.1.0")+"\n  force_conflicts = true", shaped)
	s.ApplyFails(t, "Chart Has Changed", "sha256:")
	s.set("", shaped)
	s.Apply(t)
	s.destroy()
	if s.live(definition) == nil {
		t.Error("the definition was deleted")
	}
}
