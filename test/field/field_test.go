// SPDX-License-Identifier: Apache-2.0

// Package field holds clusters and nodes as people have them in the field, with the
// recipe and the values that are right for them: testdata, a file for each class.
package field

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// fieldCase is a cluster, what is asked for, and what is right.
type fieldCase struct {
	Version string // of the API server; "" for a case without a cluster
	Serves  string // versions of resource.k8s.io
	Nodes   []fieldNode
	Images  []string       // of the cluster's pods
	Policy  map[string]any // spec of the ClusterPolicy, nil for none
	// Readings are what agents on the nodes add to the snapshot.
	Readings map[string]any

	Request   map[string]string // by the names of documents
	Options   map[string]string
	Overlays  []string
	Overrides map[string]string

	Want want
}

// fieldNode is a number of like nodes.
type fieldNode struct {
	Count    int // 0 for 1
	Provider string
	Image    string
	Kernel   string
	Kubelet  string
	Runtime  string
	System   string // operating system of the node, "" for linux
	Arch     string
	GPUs     int
	Labels   map[string]string
	Taints   []corev1.Taint
}

type want struct {
	Query    map[string]string // fields of the request of the recipe
	Recipe   map[string]any    // readings of the recipe; null for none
	Findings []string          // rules of the recipe's findings, all of them
	Warnings []string          // rules of the bundle's
	Errors   []string          // texts in the errors of the recipe, or else of the bundle
	Values   map[string]map[string]any
	Without  []string // components that are not in the bundle
}

func TestField(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		for name, c := range readCases(t, file) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml")+"/"+name, func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	}
}

func readCases(t *testing.T, file string) map[string]*fieldCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	cases := map[string]*fieldCase{}
	if err := decoder.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

func (c *fieldCase) run(t *testing.T) {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	result, err := catalog.Build(t.Context(), c.request(t, catalog))
	if err != nil {
		c.Want.refused(t, err)
		return
	}
	c.Want.made(t, result)
	b, err := bundle.NewRenderer().Render(t.Context(), bundle.Request{Recipe: result.Recipe, Overrides: c.Overrides})
	if err != nil {
		c.Want.refused(t, err)
		return
	}
	if len(c.Want.Errors) > 0 {
		t.Errorf("it is not refused for %q", c.Want.Errors)
	}
	c.Want.rendered(t, b)
	if c.Version == "" {
		return
	}
	after, err := catalog.Build(t.Context(), c.installed(t, b).request(t, catalog))
	if err != nil {
		t.Fatalf("after the bundle is installed: %v", err)
	}
	if diff := cmp.Diff(encoded(t, result.Recipe), encoded(t, after.Recipe)); diff != "" {
		t.Errorf("the recipe after the bundle is installed is another one (-before +after):\n%s", diff)
	}
}

// installed is the cluster after a bundle is installed: with the policy that the
// chart of the GPU Operator creates, the images that run, the labels that the operator
// sets, and its driver on the nodes.
func (c *fieldCase) installed(t *testing.T, b *bundle.Bundle) *fieldCase {
	t.Helper()
	after := *c
	after.Images, after.Readings = slices.Clone(c.Images), maps.Clone(c.Readings)
	for _, component := range b.Components {
		after.Images = append(after.Images, "registry.example.com/"+component.Name+":"+component.Version)
		text, ok := component.ChartManifests["manifests/clusterpolicy.yaml"]
		if !ok {
			continue
		}
		var policy struct{ Spec map[string]any }
		if err := json.Unmarshal([]byte(text), &policy); err != nil {
			t.Fatal(err)
		}
		after.Policy = policy.Spec
		if enabled, _ := tree.Lookup(policy.Spec, "driver.enabled"); enabled == true {
			version, _ := tree.Lookup(policy.Spec, "driver.version")
			after.Images = append(after.Images, fmt.Sprintf("registry.example.com/driver:%s-ubuntu24.04", version))
			after.label("nvidia.com/gpu.deploy.driver", "true")
		}
	}
	after.label("nvidia.com/gpu.present", "true")
	return &after
}

// label labels the nodes that do not say otherwise.
func (c *fieldCase) label(name, value string) {
	c.Nodes = slices.Clone(c.Nodes)
	for i := range c.Nodes {
		labels := map[string]string{name: value}
		maps.Copy(labels, c.Nodes[i].Labels)
		c.Nodes[i].Labels = labels
	}
}

// request is the request of the case with the snapshot of its cluster.
func (c *fieldCase) request(t *testing.T, catalog *recipe.Catalog) recipe.Request {
	t.Helper()
	r := recipe.Request{Query: document.Query{Context: true}, Options: c.Options, Overlays: c.Overlays}
	for field, value := range c.Request {
		*r.Query.Field(field) = value
	}
	if c.Version != "" || c.Readings != nil {
		r.Snapshot = c.snapshot(t, catalog)
	}
	return r
}

func (c *fieldCase) snapshot(t *testing.T, catalog *recipe.Catalog) *document.Snapshot {
	t.Helper()
	s := &document.Snapshot{}
	if c.Version != "" {
		server := httptest.NewServer(c)
		defer server.Close()
		client := cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.URL, QPS: -1}, nil })
		collected, failed := snapshot.Collect(t.Context(), snapshot.Kubernetes(client, snapshot.KubernetesOptions{Catalog: catalog}), snapshot.Options{})
		if len(failed) > 0 {
			t.Fatal(failed)
		}
		s.Measurements = collected.Measurements
	}
	for path, value := range c.Readings {
		reading, err := measurement.FromAny(value)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		s.Measurements = s.Measurements.With(measurement.ParsePath(path), reading)
	}
	return s
}

// ServeHTTP answers as the API server of the cluster.
func (c *fieldCase) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.URL.Path {
	case "/version":
		answer = map[string]string{"gitVersion": c.Version}
	case "/api/v1/nodes":
		answer = corev1.NodeList{Items: c.nodes()}
	case "/api/v1/pods":
		answer = corev1.PodList{Items: c.pods()}
	case "/apis/resource.k8s.io":
		if c.Serves != "" {
			answer = map[string]any{"versions": []any{map[string]string{"version": c.Serves}}}
		}
	case "/apis/nvidia.com/v1/clusterpolicies":
		if c.Policy != nil {
			answer = map[string]any{"items": []any{map[string]any{"metadata": map[string]any{"name": "cluster-policy"}, "spec": c.Policy}}}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if answer == nil {
		w.WriteHeader(http.StatusNotFound)
		answer = metav1.Status{Status: metav1.StatusFailure, Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, bytes.NewReader(text)) // a client that has gone is its own loss
}

func (c *fieldCase) nodes() []corev1.Node {
	var nodes []corev1.Node
	for _, n := range c.Nodes {
		for range max(n.Count, 1) {
			nodes = append(nodes, n.node(strconv.Itoa(len(nodes))))
		}
	}
	return nodes
}

func (n fieldNode) node(name string) corev1.Node {
	node := corev1.Node{}
	node.Name, node.Labels = "node-"+name, n.Labels
	node.Spec = corev1.NodeSpec{ProviderID: n.Provider, Taints: n.Taints}
	node.Status.NodeInfo = corev1.NodeSystemInfo{
		OSImage: n.Image, KernelVersion: n.Kernel, KubeletVersion: n.Kubelet, ContainerRuntimeVersion: n.Runtime,
		OperatingSystem: or(n.System, "linux"), Architecture: or(n.Arch, "amd64"),
	}
	if n.GPUs > 0 {
		node.Status.Capacity = corev1.ResourceList{"nvidia.com/gpu": *resource.NewQuantity(int64(n.GPUs), resource.DecimalSI)}
	}
	return node
}

func or(text, standard string) string {
	if text == "" {
		return standard
	}
	return text
}

func (c *fieldCase) pods() []corev1.Pod {
	var pods []corev1.Pod
	for i, image := range c.Images {
		pod := corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Image: image}}}}
		pod.Name = fmt.Sprintf("pod-%d", i)
		pods = append(pods, pod)
	}
	return pods
}

func (w want) refused(t *testing.T, err error) {
	t.Helper()
	all := joined.Errors(err)
	if len(all) != len(w.Errors) {
		t.Fatalf("%d errors, want %d: %v", len(all), len(w.Errors), err)
	}
	for i, text := range w.Errors {
		if !strings.Contains(all[i].Error(), text) {
			t.Errorf("got %q, want %q in it", all[i], text)
		}
	}
}

func (w want) made(t *testing.T, result *recipe.Result) {
	t.Helper()
	for field, value := range w.Query {
		if got := *result.Recipe.Request.Field(field); got != value {
			t.Errorf("%s is %q, want %q", field, got, value)
		}
	}
	for path, value := range w.Recipe {
		p := measurement.ParsePath(path)
		var got any
		if reading := result.Recipe.Measurements.Get(p.Type, p.Subtype, p.Key); reading != nil {
			got = reading.Any()
		}
		if got != value {
			t.Errorf("%s is %v, want %v", path, got, value)
		}
	}
	rules := []string{}
	for _, f := range result.Findings {
		rules = append(rules, f.Rule)
	}
	sameRules(t, "findings of the recipe", w.Findings, rules)
}

func (w want) rendered(t *testing.T, b *bundle.Bundle) {
	t.Helper()
	rules := []string{}
	for _, f := range b.Findings {
		// Every bundle with the newest Network Operator that there are facts about says so.
		if f.Rule != "network-operator-deprecated-release" {
			rules = append(rules, f.Rule)
		}
	}
	sameRules(t, "findings of the bundle", w.Warnings, rules)
	values := map[string]map[string]any{}
	for _, c := range b.Components {
		root, err := document.Parse(t.Context(), []byte(c.Values))
		if err != nil {
			t.Fatal(err)
		}
		if values[c.Name], err = root.Tree(); err != nil {
			t.Fatal(err)
		}
	}
	for component, paths := range w.Values {
		for path, value := range paths {
			got, _ := tree.Lookup(values[component], path)
			if diff := cmp.Diff(plain(t, value), plain(t, got)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", component, path, diff)
			}
		}
	}
	for _, component := range w.Without {
		if values[component] != nil {
			t.Errorf("%s is in the bundle", component)
		}
	}
}

// plain is a value as JSON has it.
func plain(t *testing.T, value any) (out any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameRules(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = append([]string{}, want...), slices.Clone(got)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func encoded(t *testing.T, r document.Recipe) string {
	t.Helper()
	text, err := r.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
