// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

const policyKey, policyPath = "network-operator/nicclusterpolicy", "manifests/nicclusterpolicy.yaml"

func changedObjects(t *testing.T, texts map[string]string) bundle.Request {
	t.Helper()
	return bundle.Request{Recipe: fixture(t, "aks-h100-training"), ObjectOverrides: texts}
}

func objectOf(t *testing.T, b *bundle.Bundle, component, path string) map[string]any {
	t.Helper()
	root, err := document.Parse(t.Context(), []byte(componentOf(t, b, component).Manifests[path]))
	if err != nil {
		t.Fatal(err)
	}
	object, err := root.Tree()
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// TestObjectOverride: fields are laid over an object, in the attribute and in the
// file, and nothing else changes.
func TestObjectOverride(t *testing.T) {
	t.Parallel()
	plain := render(t, changedObjects(t, nil))
	was := objectOf(t, plain, "network-operator", policyPath)
	const text = `
metadata: {name: nic-cluster-policy, labels: {team: net}}
spec:
  ofedDriver: {imagePullSecrets: [pull], env: [{name: RESTORE_DRIVER_ON_POD_TERMINATION, value: "true"}], upgradePolicy: {autoUpgrade: true}}
  tolerations: [{operator: Exists}]
  nodeAffinity: null
  nvIpam: null
`
	b := render(t, changedObjects(t, map[string]string{policyKey: text}))
	is := objectOf(t, b, "network-operator", policyPath)
	for path, want := range map[string]any{
		"spec.ofedDriver.imagePullSecrets":          []any{"pull"},
		"spec.ofedDriver.upgradePolicy.autoUpgrade": true,
		"spec.tolerations":                          []any{map[string]any{"operator": "Exists"}},
		"metadata.labels.team":                      "net",
	} {
		if got, _ := tree.Lookup(is, path); cmp.Diff(want, got) != "" {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if _, had := tree.Lookup(was, "spec.nodeAffinity"); !had {
		t.Error("the plain policy has no nodeAffinity to take away")
	}
	if _, has := tree.Lookup(is, "spec.nodeAffinity"); has {
		t.Error("a null has not taken nodeAffinity away")
	}
	image, _ := tree.Lookup(was, "spec.ofedDriver.version")
	if got, _ := tree.Lookup(is, "spec.ofedDriver.version"); got == nil || got != image {
		t.Errorf("the version of the driver is %v, want %v", got, image)
	}
	if file := contents(b)["network-operator/"+policyPath]; !strings.HasSuffix(file, componentOf(t, b, "network-operator").Manifests[policyPath]) {
		t.Errorf("the file is another one:\n%s", file)
	}
	for path, content := range contents(plain) {
		if path != "network-operator/"+policyPath && path != "network-operator/checksums.txt" && path != "checksums.txt" && contents(b)[path] != content {
			t.Errorf("%s has changed", path)
		}
	}
}

// TestObjectOverrideMistakes: each names the element.
func TestObjectOverrideMistakes(t *testing.T) {
	t.Parallel()
	const namespace = "gpu-operator/namespace"
	for name, tt := range map[string]struct{ key, text, want string }{
		"no manifest named":      {"network-operator", "{}", "want COMPONENT/MANIFEST"},
		"unknown component":      {"network-operater/nicclusterpolicy", "{}", `unknown component "network-operater"`},
		"unknown manifest":       {"network-operator/nicclusterpolcy", "{}", `did you mean "nicclusterpolicy"?`},
		"the path of the file":   {"network-operator/" + policyPath, "{}", `unknown manifest "manifests/nicclusterpolicy.yaml"; those of network-operator are ippool`},
		"what the chart creates": {"gpu-operator/clusterpolicy", "{}", "the chart itself creates clusterpolicy from its values; change those with overrides"},
		"no YAML":                {policyKey, "a: [", "invalid YAML"},
		"a list":                 {policyKey, "- a", "got a list, want a mapping"},
		"no text":                {policyKey, " ", "the text is empty; leave the key out"},
		"another name":           {policyKey, "metadata: {name: mine}", "metadata.name: an override cannot change which object it is"},
		"no name":                {policyKey, "metadata: {name: null}", "metadata.name: an override cannot change"},
		"a namespace":            {policyKey, "metadata: {namespace: mine}", "metadata.namespace: an override cannot change"},
		"another kind":           {policyKey, "kind: NicNodePolicy", "kind: an override cannot change"},
		"another version":        {policyKey, "apiVersion: v1", "apiVersion: an override cannot change"},
		"unknown field":          {policyKey, "spec: {ofedDriverr: {}}", "spec.ofedDriver"},
		"wrong type":             {policyKey, "spec: {tolerations: {}}", "spec.tolerations"},
		"a field is missing":     {policyKey, "spec: {ofedDriver: {startupProbe: {}}}", "spec.ofedDriver.startupProbe.initialDelaySeconds"},
		"a label":                {policyKey, "metadata: {labels: {a: 1}}", "metadata.labels"},
		"metadata":               {policyKey, "metadata: {label: {a: b}}", "metadata.label"},
		"core, unknown field":    {namespace, "metadata: {Labels: {a: b}}", "metadata.Labels"},
		"core, wrong type":       {namespace, "metadata: {labels: {a: true}}", "metadata.labels"},
		"core, elements":         {namespace, "spec: {finalizers: [1]}", "spec.finalizers"},
		"a secret":               {policyKey, "spec: {ofedDriver: {env: [{name: A, value: ghp_abcdefghijklmnopqrstuvwxyz0123456789}]}}", "(rule secret-in-values)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := renderer().Render(t.Context(), changedObjects(t, map[string]string{tt.key: tt.text}))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), `object_overrides["`+tt.key+`"]`) {
				t.Errorf("got %v, want %s at %s", err, tt.want, tt.key)
			}
		})
	}
}

// TestObjectOverrideWithoutObject: an override of what this bundle does not have is
// said to have no effect.
func TestObjectOverrideWithoutObject(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"network-operator/ippool":         "object-not-rendered",
		"nvidia-dra-driver-gpu/namespace": "component-not-rendered",
	} {
		if diff := cmp.Diff([]string{want}, brokenRules(t, changedObjects(t, map[string]string{key: "{}"}))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
}

// TestObjectOverrideOfCoreKinds: objects of Kubernetes itself are checked, and
// changed, as custom resources are.
func TestObjectOverrideOfCoreKinds(t *testing.T) {
	t.Parallel()
	req := bundle.Request{Recipe: fixture(t, "gke-h100-inference"), ObjectOverrides: map[string]string{
		"gpu-operator/namespace":     "metadata: {labels: {team: gpus}, annotations: {}}",
		"gpu-operator/resourcequota": "spec: {hard: {pods: 500}}",
	}}
	b := render(t, req)
	if got, _ := tree.Lookup(objectOf(t, b, "gpu-operator", "manifests/namespace.yaml"), "metadata.labels.team"); got != "gpus" {
		t.Errorf("the label is %v", got)
	}
	if got, _ := tree.Lookup(objectOf(t, b, "gpu-operator", "manifests/resourcequota.yaml"), "spec.hard.pods"); got != int64(500) {
		t.Errorf("the quota is %v", got)
	}
}
