// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

const widgets = `# comment
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com, creationTimestamp: null}
spec: {versions: [{name: v1, schema: {maximum: 9223372036854775807}}]}
status: {acceptedNames: {}}
`

func definitionsOf(t *testing.T, chart, version string, files ...archive.File) *objects.Definitions {
	t.Helper()
	d, err := newDefinitions(t, chart, version, nil, files...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newDefinitions(t *testing.T, chart, version string, names []string, files ...archive.File) (*objects.Definitions, error) {
	t.Helper()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return objects.NewDefinitions(archive.Source{Chart: chart, Version: version}, &archive.Archive{Definitions: files}, set, names)
}

// Of a known component it is those that are its own, wherever they lie; of another
// chart all of its own folder.
func TestNewDefinitions(t *testing.T) {
	t.Parallel()
	named := func(path, name string) archive.File {
		return archive.File{Path: path, Text: []byte(strings.ReplaceAll(widgets, "widgets.example.com", name))}
	}
	files := []archive.File{
		named("crds/a.yaml", "nicclusterpolicies.mellanox.com"), named("crds/b.yaml", "nodefeatures.nfd.k8s-sigs.io"),
		named("charts/sub/crds/c.yaml", "ippools.nv-ipam.nvidia.com"), named("charts/sub/crds/d.yaml", "nicnodepolicies.mellanox.com"),
	}
	if diff := cmp.Diff([]string{"nicclusterpolicies.mellanox.com", "nicnodepolicies.mellanox.com"}, without(definitionsOf(t, "network-operator", "26.4.1", files...).Names(), "ippools.nv-ipam.nvidia.com")); diff != "" {
		t.Errorf("of a known chart (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"nicclusterpolicies.mellanox.com", "nodefeatures.nfd.k8s-sigs.io"}, definitionsOf(t, "theirs", "1.0.0", files...).Names()); diff != "" {
		t.Errorf("of another chart (-want +got):\n%s", diff)
	}
	wanted := []string{"nodefeatures.nfd.k8s-sigs.io", "nicnodepolicies.mellanox.com", "queues.example.com"}
	for chart, missing := range map[string][]string{"network-operator": {"queues.example.com"}, "theirs": {"queues.example.com"}} {
		d, err := newDefinitions(t, chart, "26.4.1", wanted, files...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{wanted[:2], missing}, [][]string{d.Names(), d.Missing}); diff != "" {
			t.Errorf("by name, of %s (-want +got):\n%s", chart, diff)
		}
	}
	if _, err := newDefinitions(t, "network-operator", "26.4.1", wanted[2:], files...); err == nil || !strings.Contains(err.Error(), "has none of queues.example.com below crds/") {
		t.Errorf("none of the names: %v", err)
	}
	for text, want := range map[string]string{"": "has no definitions below crds/", "a: [": "crds/a.yaml", "kind: x": "crds/a.yaml", "- a": "crds/a.yaml"} {
		_, err := newDefinitions(t, "theirs", "1.0.0", nil, archive.File{Path: "crds/a.yaml", Text: []byte(text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func without(list []string, word string) []string {
	var rest []string
	for _, element := range list {
		if element != word {
			rest = append(rest, element)
		}
	}
	return rest
}

func TestApplyDefinitions(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.serveWidgets()
	c := newClient(t, connection, "me")
	file := archive.File{Path: "crds/a.yaml", Text: []byte(widgets)}
	for _, version := range []string{"1.2.0", "1.10.0", "1.10.0"} {
		if err := c.ApplyDefinitions(t.Context(), definitionsOf(t, "theirs", version, file)); err != nil {
			t.Fatal(err)
		}
	}
	got := s.objects[definitionPath]
	if release, _ := tree.Lookup(got, `metadata.annotations."manifests.dgxc.io/definitions"`); release != "theirs 1.10.0" {
		t.Errorf("the release is %v", release)
	}
	if _, owned := tree.Lookup(got, `metadata.annotations."`+objects.OwnerAnnotation+`"`); owned {
		t.Error("the definition has an owner")
	}
	err := c.ApplyDefinitions(t.Context(), definitionsOf(t, "theirs", "1.9.0", file))
	checkError(t, err, objects.Refused, `"widgets.example.com" is that of theirs 1.10.0, which is newer than 1.9.0`)

	s.change(definitionPath, func(object map[string]any) { tree.Set(object, "status.storedVersions", []any{"v1alpha1", "v1"}) })
	err = c.ApplyDefinitions(t.Context(), definitionsOf(t, "theirs", "2.0.0", file))
	checkError(t, err, objects.Refused, "has no version v1alpha1, in which the cluster stores objects")
	if release, _ := tree.Lookup(s.objects[definitionPath], `metadata.annotations."manifests.dgxc.io/definitions"`); release != "theirs 1.10.0" {
		t.Errorf("after the refusals the release is %v", release)
	}
}

// Releases that moved to another place begin anew with their numbers.
func TestApplyDefinitionsOfAMovedChart(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.serveWidgets()
	file := archive.File{Path: "crds/a.yaml", Text: []byte(strings.ReplaceAll(widgets, "widgets.example.com", "computedomains.resource.nvidia.com"))}
	c := newClient(t, connection, "me")
	for _, tt := range []struct {
		chart, version string
		fails          bool
	}{{"nvidia-dra-driver-gpu", "25.12.0", false}, {"dra-driver-nvidia-gpu", "0.4.1", false}, {"nvidia-dra-driver-gpu", "25.12.0", true}} {
		err := c.ApplyDefinitions(t.Context(), definitionsOf(t, tt.chart, tt.version, file))
		if (err != nil) != tt.fails {
			t.Errorf("%s %s: %v", tt.chart, tt.version, err)
		}
	}
}

// What another chart has brought, whose numbers say nothing, is taken over.
func TestApplyDefinitionsOfAnotherChart(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.serveWidgets()
	file := archive.File{Path: "charts/node-feature-discovery/crds/a.yaml", Text: []byte(strings.ReplaceAll(widgets, "widgets.example.com", "nodefeatures.nfd.k8s-sigs.io"))}
	c := newClient(t, connection, "me")
	for _, chart := range []archive.Source{{Chart: "gpu-operator", Version: "v26.7.0"}, {Chart: "node-feature-discovery", Version: "0.19.0"}} {
		d, err := newDefinitions(t, chart.Chart, chart.Version, []string{"nodefeatures.nfd.k8s-sigs.io"}, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.ApplyDefinitions(t.Context(), d); err != nil {
			t.Errorf("%s %s: %v", chart.Chart, chart.Version, err)
		}
	}
}

// What Helm and a chart's own job have written is taken over, what others have is not.
func TestApplyDefinitionsTakesOver(t *testing.T) {
	t.Parallel()
	file := archive.File{Path: "crds/a.yaml", Text: []byte(strings.ReplaceAll(widgets, "widgets.example.com", "clusterpolicies.nvidia.com"))}
	for manager, fails := range map[string]bool{
		"helm": false, "terraform-provider-helm_v3.1.2_x5": false, "kubectl-client-side-apply": false, "manage-crds": false, "argocd-controller": true,
	} {
		s, connection := newServer(t)
		s.serveWidgets()
		s.before = func(r *http.Request) *apierrors.StatusError {
			if r.Method != http.MethodPatch || r.URL.Query().Get("force") == "true" {
				return nil
			}
			conflict := apierrors.NewConflict(schema.GroupResource{}, "x", errors.New("conflict"))
			conflict.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeFieldManagerConflict, Field: ".spec.versions", Message: `conflict with "` + manager + `" using apiextensions.k8s.io/v1`}}
			return conflict
		}
		err := newClient(t, connection, "me").ApplyDefinitions(t.Context(), definitionsOf(t, "gpu-operator", "v26.7.0", file))
		if (err != nil) != fails || err != nil && !strings.Contains(err.Error(), manager) {
			t.Errorf("%s: %v", manager, err)
		}
	}
}
