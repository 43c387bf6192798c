// SPDX-License-Identifier: Apache-2.0

package discovery_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The names of releases, and of their namespaces.
const (
	operator  = "gpu-operator"
	discovery = "node-feature-discovery"
)

// helm does what Helm does to the objects of releases: an upgrade applies those that
// the chart has now and then deletes those that it had and no longer has, in the order
// of the chart; hooks of the kind post-delete run after an uninstall, and then alone.
type helm struct {
	cluster *cluster
	objects map[string][]*unstructured.Unstructured // by release
	dir     string                                  // of the command, and of what it prints
}

// The words of Helm's that the guide has, from files: hooks of a release, and the
// definitions of the chart that is to be installed.
const helmCommand = `#!/bin/sh
dir=$(dirname "$0")
case "$1 $2 $3" in
"get hooks gpu-operator") exec cat "$dir/gpu-operator.hooks" ;;
"show crds node-feature-discovery") exec cat "$dir/definitions.yaml" ;;
esac
echo "helm $*: not expected" >&2
exit 2
`

const pruneHook = "kind: Job\nmetadata: {name: prune, annotations: {helm.sh/hook: post-delete}}\n"

func newHelm(t *testing.T, c *cluster) *helm {
	t.Helper()
	h := &helm{cluster: c, objects: map[string][]*unstructured.Unstructured{}, dir: t.TempDir()}
	h.write("definitions.yaml", definitions(t, "new"))
	if err := os.WriteFile(filepath.Join(h.dir, "helm"), []byte(helmCommand), 0o700); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *helm) write(name string, content []byte) {
	if err := os.WriteFile(filepath.Join(h.dir, name), content, 0o600); err != nil {
		h.cluster.tb.Fatal(err)
	}
}

// upgrade makes a release what the manifests say; job says whether it has the hook.
func (h *helm) upgrade(release string, job bool, manifests ...[]byte) {
	t := h.cluster.tb
	t.Helper()
	wanted := map[string]bool{}
	var all []*unstructured.Unstructured
	for _, manifest := range manifests {
		all = append(all, decode(t, manifest)...)
	}
	for _, object := range all {
		wanted[nameOf(object)] = true
		object.SetAnnotations(map[string]string{"meta.helm.sh/release-name": release})
		applied := object.DeepCopy()
		if err := h.cluster.client.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(applied), client.FieldOwner("helm"), client.ForceOwnership); err != nil {
			t.Fatalf("applying %s: %v", nameOf(object), err)
		}
		h.cluster.settle()
	}
	for _, object := range h.objects[release] {
		if !wanted[nameOf(object)] {
			h.cluster.delete(object)
			h.cluster.settle()
		}
	}
	h.objects[release] = all
	hook := ""
	if job {
		hook = pruneHook
	}
	h.write(release+".hooks", []byte(hook))
}

// uninstall deletes a release and runs its hook.
func (h *helm) uninstall(release string) {
	hook, err := os.ReadFile(filepath.Join(h.dir, release+".hooks"))
	if err != nil {
		h.cluster.tb.Fatal(err)
	}
	h.upgrade(release, false)
	if len(hook) > 0 {
		h.cluster.prune()
	}
}

func nameOf(object client.Object) string {
	return fmt.Sprintf("%s %s/%s", object.GetObjectKind().GroupVersionKind().Kind, object.GetNamespace(), object.GetName())
}

// discoveryOf is Node Feature Discovery in a release, whose namespace has its name.
func discoveryOf(tb testing.TB, release, prefix string) []byte {
	tb.Helper()
	return []byte(strings.NewReplacer("PREFIX", prefix, "NAMESPACE", release, "RELEASE", release).Replace(string(testdata(tb, "discovery.yaml"))))
}

// definitions are those of an old or a new release.
func definitions(tb testing.TB, age string) []byte {
	tb.Helper()
	return bytes.ReplaceAll(testdata(tb, "definitions.yaml"), []byte("AGE"), []byte(age))
}

func testdata(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

func decode(tb testing.TB, manifest []byte) (objects []*unstructured.Unstructured) {
	tb.Helper()
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		object := &unstructured.Unstructured{}
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return objects
		case err != nil:
			tb.Fatal(err)
		}
		objects = append(objects, object)
	}
}
