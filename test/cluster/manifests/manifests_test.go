// SPDX-License-Identifier: Apache-2.0

package manifests_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

const (
	namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: NS, labels: {pod-security.kubernetes.io/enforce: privileged}}\n"
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: NS}\ndata: {mode: fast, size: \"3\"}\n"
	other     = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: NS}\ndata: {mode: slow}\n"
	quota     = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: pods, namespace: NS}\nspec: {hard: {pods: 2k, requests.cpu: 1000m}}\n"

	deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: NS}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0.0
          ports: [{containerPort: 80}]
          env: [{name: MODE, value: fast}, {name: EMPTY, value: ""}]
          resources: {requests: {cpu: 1000m, memory: 1024Mi}, limits: {cpu: 2.0}}
          securityContext: {}
      tolerations: [{key: nvidia.com/gpu, operator: Exists}]
      nodeSelector: null
`
	definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.GROUP}
spec:
  group: GROUP
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [size]
              properties: {size: {type: integer, minimum: 1}, color: {type: string, default: red}, tags: {type: array, items: {type: string}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`
	widget = "apiVersion: GROUP/v1\nkind: Widget\nmetadata: {name: first, namespace: NS}\nspec: {size: 3, tags: [a, b]}\n"
)

// of replaces the group of widgets, which each test has for itself.
func of(group, manifest string) string { return strings.ReplaceAll(manifest, "GROUP", group) }

func TestLifecycle(t *testing.T) {
	t.Parallel()
	s := newStage(t, "lifecycle", server.Admin())
	definition, widget := of("lifecycle.example.com", definition), of("lifecycle.example.com", widget)
	manifests := map[string]string{
		"a-widget.yaml": widget, "b.yaml": configMap, "c.yaml": other, "d.yaml": deployment, "e.yaml": quota, "y.yaml": namespace, "z.yaml": definition,
	}
	s.set("", manifests)
	plan := s.plan()
	checkSays(t, plan, "1 to add, 0 to change", "registry.example/web:1.0.0")
	if plan.Says("known after apply") {
		t.Errorf("something is unknown:\n%s", plan.Stdout)
	}
	if s.live(namespace) != nil {
		t.Error("the plan has made something")
	}
	s.Apply(t)
	s.checkEmptyPlan()
	uid := s.live(widget).GetUID()
	if s.live(widget) == nil || s.live(deployment) == nil {
		t.Fatal("something is missing")
	}

	// What somebody edits shows in the plan, and nothing else does.
	s.edit(configMap, func(object map[string]any) {
		_ = unstructured.SetNestedField(object, "edited", "data", "mode")
		_ = unstructured.SetNestedField(object, "theirs", "data", "more")
	})
	s.edit(deployment, func(object map[string]any) {
		_ = unstructured.SetNestedField(object, int64(5), "spec", "replicas")
		containers, _, _ := unstructured.NestedSlice(object, "spec", "template", "spec", "containers")
		containers[0].(map[string]any)["image"] = "registry.example/web:2.0.0"
		_ = unstructured.SetNestedSlice(object, containers, "spec", "template", "spec", "containers")
	})
	if err := s.kube.Delete(t.Context(), s.object(other)); err != nil {
		t.Fatal(err)
	}
	plan = s.plan()
	checkSays(t, plan, "0 to add, 1 to change, 0 to destroy", `mode = "edited" -> "fast"`, `replicas = 5 -> 2`, `"registry.example/web:2.0.0" -> "registry.example/web:1.0.0"`, `+ "c.yaml"`)
	if plan.Says("theirs") || plan.Says("1024Mi") || plan.Says(`~ "e.yaml"`) {
		t.Errorf("the plan shows more than what has drifted:\n%s", plan.Stdout)
	}
	s.Apply(t)
	s.checkEmptyPlan()
	data, _, _ := unstructured.NestedStringMap(s.live(configMap).Object, "data")
	if data["mode"] != "fast" || data["more"] != "theirs" || s.live(other) == nil {
		t.Errorf("after the repair the data is %v", data)
	}

	// Other keys and another form of the same objects delete nothing; what leaves is
	// deleted, and a namespace stays.
	s.set("", map[string]string{"renamed/w.yaml": widget, "b.yaml": configMap + "# a comment\n", "z.yaml": definition})
	plan = s.plan()
	checkSays(t, plan, "Objects Will Stay", `Namespace "lifecycle"`)
	s.Apply(t)
	s.checkEmptyPlan()
	if s.live(widget).GetUID() != uid || s.live(deployment) != nil || s.live(other) != nil || s.live(namespace) == nil {
		t.Error("something else than what left was deleted, or it was not")
	}

	r := s.destroy()
	checkSays(t, r, "Objects And What They Carry Will Be Deleted", `Widget.lifecycle.example.com "first"`, "Objects Will Stay", `"widgets.lifecycle.example.com"`)
	if s.live(configMap) != nil || s.live(namespace) == nil || s.live(definition) == nil {
		t.Error("destroying left or took something else")
	}
}

func TestDeletesDefinitionsWhenAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t, "asked", server.Admin())
	definition := of("asked.example.com", definition)
	s.set("delete_definitions = true", map[string]string{"d": definition})
	s.Apply(t)
	checkSays(t, s.destroy(), "Objects And What They Carry Will Be Deleted")
	if s.live(definition) != nil {
		t.Error("the definition is still there")
	}
}

func TestConflict(t *testing.T) {
	t.Parallel()
	s := newStage(t, "conflict", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("conflict"))
	s.create(strings.Replace(configMap, "fast", "theirs", 1))
	s.set("", map[string]string{"c": configMap})
	for _, command := range [][]string{{"plan", "-input=false"}, {"apply", "-input=false", "-auto-approve"}} {
		r := s.Run(t, command...)
		checkSays(t, r, "Fields Owned By Others", `.data.mode: conflict with "fixture"`, "force_conflicts = true")
		if r.Code == 0 {
			t.Errorf("%v succeeds", command)
		}
	}
	s.set("force_conflicts = true", map[string]string{"c": configMap})
	s.Apply(t)
	s.checkEmptyPlan()
}

// What others have made anew or taken over is not deleted.
func TestOthersStay(t *testing.T) {
	t.Parallel()
	s := newStage(t, "others", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("others"))
	s.set("", map[string]string{"a": configMap, "b": other})
	s.Apply(t)
	if err := s.kube.Delete(t.Context(), s.object(configMap)); err != nil {
		t.Fatal(err)
	}
	s.create(configMap)
	plan := s.plan()
	checkSays(t, plan, "Objects Are Somebody Else's", `ConfigMap "settings" in namespace "others"`, `+ "a"`)
	checkSays(t, s.destroy(), "Objects Left", `ConfigMap "settings" in namespace "others"`)
	if s.live(configMap) == nil || s.live(other) != nil {
		t.Error("destroying took what others made, or left what it had made")
	}

	// Two resources with one object in one configuration.
	s.Write(t, "main.tf", s.config+resource("one", "", s.inNamespace(map[string]string{"a": configMap}))+resource("two", "", s.inNamespace(map[string]string{"b": configMap})))
	r := s.Run(t, "plan", "-input=false")
	checkSays(t, r, "Object Applied Twice")
}

func TestManifestsAreChecked(t *testing.T) {
	t.Parallel()
	s := newStage(t, "checked", server.Admin())
	fixture.Create(t, server.Admin(), fixture.Namespace("checked"))
	for manifest, want := range map[string]string{
		strings.Replace(configMap, "\ndata", "\ndate", 1):                                                     "field not declared in schema",
		strings.Replace(deployment, "replicas: 2", "replicas: many", 1):                                       "Manifest Refused",
		strings.Replace(configMap, "settings", "No_Name", 1):                                                  "Manifest Refused",
		strings.Replace(configMap, ", namespace: NS", "", 1):                                                  "set metadata.namespace",
		"apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\nstringData: {password: hunter2}\n": "would be stored in plain text",
	} {
		s.set("", map[string]string{"m": manifest})
		r := s.Run(t, "plan", "-input=false")
		checkSays(t, r, want)
		if r.Code == 0 {
			t.Errorf("%s is planned", manifest)
		}
	}
	if _, err := os.Stat(s.Path("terraform.tfstate")); err == nil {
		t.Error("there is a state")
	}
}

func TestManyObjects(t *testing.T) {
	t.Parallel()
	s := newStage(t, "many", server.Admin())
	manifests := map[string]string{"namespace": namespace}
	for i := range 200 {
		manifests[fmt.Sprintf("%d.yaml", i)] = strings.Replace(configMap, "settings", fmt.Sprintf("settings-%d", i), 1)
	}
	s.set("", manifests)
	s.Apply(t)
	s.checkEmptyPlan()
	list := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMapList"}}
	if err := s.kube.List(t.Context(), list, client.InNamespace("many")); err != nil || len(list.Items) != 200 {
		t.Errorf("%d ConfigMaps, %v", len(list.Items), err)
	}
	s.destroy()
	if err := s.kube.List(t.Context(), list, client.InNamespace("many")); err != nil || len(list.Items) != 0 {
		t.Errorf("%d ConfigMaps are left, %v", len(list.Items), err)
	}
}
