// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// The cluster that the guide is about: values that somebody gave to the chart of the
// GPU Operator, and a policy that is not what the bundle has.
const (
	valuesBefore = `{"driver":{"kernelModuleType":"open","version":"580.126.20"},"dcgmExporter":{"serviceMonitor":{"enabled":true}}}`
	policyBefore = `kubectl apply --filename - <<'END'
apiVersion: mellanox.com/v1alpha1
kind: NicClusterPolicy
metadata: {name: nic-cluster-policy}
spec:
  rdmaSharedDevicePlugin:
    image: k8s-rdma-shared-dev-plugin
    repository: nvcr.io/nvidia/mellanox
    version: network-operator-v26.1.2
    config: '{"configList": []}'
END
`
	helmBefore = `#!/bin/sh
case "$*" in
"list --all-namespaces") echo "gpu-operator gpu-operator 1 gpu-operator-v26.3.3" ;;
"get values gpu-operator --namespace gpu-operator --output json") echo '` + valuesBefore + `' ;;
*) echo "helm $*: not expected" >&2; exit 2 ;;
esac
`
)

// install installs a chart as helm install does: with the Helm library, and in a
// state that nobody keeps.
func install(t *testing.T, p *prompt, repository, release, namespace, version, values string) {
	t.Helper()
	w := terraform.NewWorkspace(t, plugins, fmt.Sprintf(`
provider "helm" {
  kubernetes = { config_path = "~/.kube/config" }
}
resource "helm_release" "this" {
  name             = %[1]q
  chart            = %[1]q
  namespace        = %[2]q
  create_namespace = true
  repository       = %[3]q
  version          = %[4]q
  values           = [%[5]q]
}
`, release, namespace, repository, version, values), "HOME="+p.home)
	w.Apply(t)
}

// TestAdoptGuide follows the guide to its end.
func TestAdoptGuide(t *testing.T) {
	t.Parallel()
	own, repository := apiserver.New(t), charts.Serve(t)
	c := fixture.NewClient(t, own.Admin())
	p := newPrompt(t, own.Admin())
	p.program(t, "helm", helmBefore)
	install(t, p, repository, "gpu-operator", "gpu-operator", "v26.3.3", valuesBefore)
	install(t, p, repository, "network-operator", "nvidia-network-operator", "26.1.2", "nfd: {enabled: false}")
	p.must(t, policyBefore)
	operate(t, c, networkPolicy(), gpuPolicy())
	before := identities(t, c)

	const page = guides + "adopt.md.tmpl"
	commands, shown := blocks(t, page, "sh"), blocks(t, page, "text")
	hcl, diff := blocks(t, page, "hcl"), blocks(t, page, "diff")
	p.must(t, commands[0])
	p.Write(t, "main.tf", hcl[0])
	p.useModule(t, repository)
	r := p.types(t, commands[1])
	for paragraph := range strings.SplitSeq(shown[0], "\n\n") {
		if r.Code == 0 || !r.Says(paragraph) {
			t.Fatalf("the plan does not say %q:\n%s", paragraph, r.Stderr)
		}
	}
	p.Write(t, "main.tf", strings.Replace(hcl[0], "  overrides = {", "  "+hcl[1]+"\n  overrides = {", 1))
	r = p.types(t, commands[2])
	if r.Code != 1 || !r.Says(shown[1]) || !strings.HasSuffix(r.Stdout, diff[0]) {
		t.Fatalf("the plan or the difference (exit code %d) is not that of the guide:\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	p.must(t, commands[3])
	checkSurvived(t, c, before)
	checkAdopted(t, p, hcl[0])
	p.must(t, commands[4])
	if r := p.must(t, "terraform state list\n"); strings.Contains(r.Stdout, "gpu_stack") {
		t.Errorf("Terraform still knows\n%s", r.Stdout)
	}
	checkSurvived(t, c, before)
}

// checkAdopted takes out what was needed once only, which changes nothing on the cluster.
func checkAdopted(t *testing.T, p *prompt, config string) {
	t.Helper()
	config, _, _ = strings.Cut(config, "import {")
	p.Write(t, "main.tf", config)
	if r := p.types(t, "terraform plan -detailed-exitcode -out clean.plan\n"); r.Code != 2 || !r.Says("0 to add, 5 to change, 0 to destroy") || strings.Contains(r.Stdout, "objects") {
		t.Errorf("the plan without imports and force_conflicts (exit code %d):\n%s%s", r.Code, r.Stdout, r.Stderr)
	}
	p.must(t, "terraform apply clean.plan\nterraform plan -detailed-exitcode\n")
}

// TestAdoptWithoutModule adopts what the guide about Helm installs.
func TestAdoptWithoutModule(t *testing.T) {
	t.Parallel()
	own, repository := apiserver.New(t), charts.Serve(t)
	c := fixture.NewClient(t, own.Admin())
	p := newPrompt(t, own.Admin())
	install(t, p, repository, "gpu-operator", "gpu-operator", "v26.7.0", "{}")
	install(t, p, repository, "aws-efa-k8s-device-plugin", "kube-system", "v0.5.30", "{}")
	before := identities(t, c)

	hcl := blocks(t, guides+"adopt.md.tmpl", "hcl")
	p.Write(t, "main.tf", "provider \"helm\" {\n  kubernetes = { config_path = \"~/.kube/config\" }\n}\n"+guide(t)+hcl[2])
	p.Write(t, "override.tf", fmt.Sprintf("resource \"eidos_bundle\" \"training\" {\n  registry = { chart_repositories = { \"*\" = %q } }\n}\n", repository))
	if r := p.must(t, "terraform plan -out adopt.plan\n"); !r.Says("2 to import, 1 to add, 2 to change, 0 to destroy") {
		t.Errorf("the plan:\n%s", r.Stdout)
	}
	p.must(t, "terraform apply adopt.plan\nterraform plan -detailed-exitcode\n")
	checkSurvived(t, c, before)
}

// identities are the UIDs of what a stack has on a cluster, by kind and name.
func identities(t *testing.T, c client.Client) map[string]string {
	t.Helper()
	uids := map[string]string{}
	for _, kind := range []schema.GroupVersionKind{
		{Version: "v1", Kind: "Namespace"},
		{Version: "v1", Kind: "ConfigMap"},
		{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"},
		{Group: "nvidia.com", Version: "v1", Kind: "ClusterPolicy"},
		{Group: "mellanox.com", Version: "v1alpha1", Kind: "NicClusterPolicy"},
	} {
		var list unstructured.UnstructuredList
		list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		if err := c.List(t.Context(), &list); client.IgnoreNotFound(err) != nil && !meta.IsNoMatchError(err) {
			t.Fatal(err)
		}
		for _, object := range list.Items {
			uids[kind.Kind+" "+object.GetNamespace()+"/"+object.GetName()] = string(object.GetUID())
		}
	}
	return uids
}

// checkSurvived: what was there before is the same, and not made anew.
func checkSurvived(t *testing.T, c client.Client, before map[string]string) {
	t.Helper()
	after := identities(t, c)
	for name := range after {
		if before[name] == "" {
			delete(after, name)
		}
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("what is to survive (-before +after):\n%s", diff)
	}
}
