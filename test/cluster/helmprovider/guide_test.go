// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// guide is the HCL of the guide as it is written: the bundle, and the releases in
// two waves.
func guide(t *testing.T) string {
	t.Helper()
	const page = guides + "helm.md.tmpl"
	return blocks(t, page, "terraform")[0] + blocks(t, page, "hcl")[0]
}

func TestGuide(t *testing.T) {
	t.Parallel()
	config := connected(t) + guide(t)
	w := newWorkspace(t, guide(t))
	w.Write(t, "override.tf", fmt.Sprintf("resource \"eidos_bundle\" \"training\" {\n  registry = { chart_repositories = { \"*\" = %q } }\n}\n", charts.Serve(t)))

	if r := plan(t, w, true); !r.Says("3 to add, 0 to change, 0 to destroy") {
		t.Errorf("the first plan:\n%s", r.Stdout)
	}
	w.Apply(t)
	plan(t, w, false)
	if level := logLevel(t); level != "debug" {
		t.Errorf("the chart's log level is %q", level)
	}
	checkReady(t, true)

	w.Write(t, "main.tf", strings.Replace(config, `level = "debug"`, `level = "info"`, 1))
	if r := plan(t, w, true); !r.Says("0 to add, 2 to change, 0 to destroy") {
		t.Errorf("the plan of an update:\n%s", r.Stdout)
	}
	w.Apply(t)
	plan(t, w, false)
	if level := logLevel(t); level != "info" {
		t.Errorf("the chart's log level after the update is %q", level)
	}
	if got := records(t, "gpu-operator", "gpu-operator"); got != "1 superseded, 2 deployed" {
		t.Errorf("Helm's records: %s", got)
	}

	destroy(t, w)
	if got := records(t, "gpu-operator", "gpu-operator"); got != "" {
		t.Errorf("Helm's records after destroy: %s", got)
	}
	checkReady(t, false)
}

// logLevel is what the chart of the GPU Operator got.
func logLevel(t *testing.T) string {
	t.Helper()
	operator, _ := charts.Values(t, server.Admin(), "gpu-operator", "gpu-operator")["operator"].(map[string]any)
	logging, _ := operator["logging"].(map[string]any)
	level, _ := logging["level"].(string)
	return level
}

// checkReady checks the object that the chart creates; its definition, of crds/,
// stays whatever becomes of the release.
func checkReady(t *testing.T, want bool) {
	t.Helper()
	policies := &metav1.PartialObjectMetadataList{}
	policies.SetGroupVersionKind(schema.GroupVersionKind{Group: "nvidia.com", Version: "v1", Kind: "ClusterPolicyList"})
	if err := fixture.NewClient(t, server.Admin()).List(t.Context(), policies); err != nil {
		t.Fatal(err)
	}
	if got := len(policies.Items) == 1 && policies.Items[0].Name == "cluster-policy"; got != want {
		t.Errorf("the ClusterPolicy is there: %t, want %t: %v", got, want, policies.Items)
	}
}
