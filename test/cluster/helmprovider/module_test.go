// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// stack calls the module for machines of one's own with a network that needs the
// Network Operator's driver, for which the GPU Operator's waits.
const stack = `
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
    helm  = { source = "hashicorp/helm" }
  }
}
provider "helm" {
  kubernetes = { config_path = %[1]q }
}
provider "eidos" {
  kubernetes = { config_path = %[1]q }
}
variable "service" {
  type    = string
  default = "self-managed"
}
variable "os" {
  type    = string
  default = "ubuntu"
}
variable "gpu" {
  type    = string
  default = "h100"
}
variable "options" {
  type    = map(string)
  default = { rdma = true, deploy_ofed = true, peer_memory = true, fabric = "infiniband", scheduler = "kai" }
}
variable "releases" {
  type    = map(string)
  default = {}
}
variable "existing" {
  type    = set(string)
  default = null
}
variable "ignored" {
  type    = set(string)
  default = []
}
variable "apply_definitions" {
  type    = bool
  default = true
}
module "gpu_stack" {
  source = %[2]q

  service            = var.service
  os                 = var.os
  os_version         = var.os == "ubuntu" ? "24.04" : null
  gpu                = var.gpu
  intent             = "training"
  kubernetes_version = "1.34"
  options            = var.options
  releases           = var.releases
  existing           = var.existing
  ignore_findings    = var.ignored
  apply_definitions  = var.apply_definitions
  registry           = { chart_repositories = { "*" = %[3]q } }
  timeout            = 120
}
output "components" { value = keys(module.gpu_stack.components) }
`

// looking has the module look at the cluster itself, too.
const looking = `module "gpu_stack" { status = true }`

// asked looks at the stack as the module's README says.
const asked = `
data "eidos_status" "gpu_stack" {
  components = module.gpu_stack.bundle
  recipe     = module.gpu_stack.recipe
  depends_on = [module.gpu_stack]
}
output "status" { value = data.eidos_status.gpu_stack }
output "ready" { value = module.gpu_stack.ready }
`

// moduleWorkspace calls the module against a server of its own.
func moduleWorkspace(t *testing.T) (*terraform.Workspace, *apiserver.Server) {
	t.Helper()
	own := apiserver.New(t)
	module, err := filepath.Abs("../../../modules/gpu-stack")
	if err != nil {
		t.Fatal(err)
	}
	w := terraform.NewWorkspace(t, plugins, fmt.Sprintf(stack, apiserver.Kubeconfig(t, own.Admin()), module, charts.Serve(t)))
	if r := w.Run(t, "get"); r.Code != 0 {
		t.Fatalf("getting the module:\n%s", r.Stderr)
	}
	return w, own
}

// TestModule installs a stack, sees that nothing is left to do, repairs what somebody
// has edited, and takes it away again but for namespaces and definitions.
func TestModule(t *testing.T) {
	t.Parallel()
	w, own := moduleWorkspace(t)
	c := fixture.NewClient(t, own.Admin())
	order := operate(t, c, networkPolicy(), gpuPolicy())
	w.Write(t, "status.tf", asked)
	w.Write(t, "status_override.tf", looking)
	w.Apply(t)
	if got := order(); !slices.Equal(got, []string{"NicClusterPolicy", "ClusterPolicy"}) {
		t.Errorf("the operators saw %v", got)
	}
	plan(t, w, false)
	for release, namespace := range map[string]string{"gpu-operator": "gpu-operator", "network-operator": "nvidia-network-operator", "kai-scheduler": "kai-scheduler"} {
		charts.Values(t, own.Admin(), namespace, release)
	}

	policy := networkPolicy()
	if err := c.Patch(t.Context(), policy, client.RawPatch("application/merge-patch+json", []byte(`{"spec":{"ofedDriver":{"version":"edited"}}}`))); err != nil {
		t.Fatal(err)
	}
	if r := plan(t, w, true); !r.Says("0 to add, 1 to change, 0 to destroy") || !r.Says(`"edited" ->`) {
		t.Errorf("the plan after an edit:\n%s", r.Stdout)
	}
	w.Apply(t)
	plan(t, w, false)
	checkAsked(t, w)
	var ready bool
	if w.Output(t, "ready", &ready); !ready {
		t.Error("the module says that the stack is not ready")
	}

	destroy(t, w)
	if err := c.Get(t.Context(), client.ObjectKey{Name: "gpu-operator"}, &corev1.Namespace{}); err != nil {
		t.Errorf("the namespace is gone: %v", err)
	}
	if err := c.Get(t.Context(), client.ObjectKeyFromObject(policy), policy); !apierrors.IsNotFound(err) {
		t.Errorf("the policy after destroy: %v", err)
	}
}

// checkAsked fails unless the stack is ready, as the bundle says, and Helm's. The
// ClusterPolicy of the chart that stands in is empty, so that all of it has drifted.
func checkAsked(t *testing.T, w *terraform.Workspace) {
	t.Helper()
	var status struct {
		Ready    bool
		Drift    []struct{ Object, Path string }
		Problems []struct{ Message string }
		Releases []struct{ Name, Status, Difference string }
	}
	w.Output(t, "status", &status)
	if !status.Ready || len(status.Problems) > 0 || len(status.Releases) == 0 {
		t.Errorf("ready is %v, %d releases, problems %v", status.Ready, len(status.Releases), status.Problems)
	}
	policies := 0
	for _, d := range status.Drift {
		if !strings.HasPrefix(d.Object, "ClusterPolicy.") {
			t.Errorf("%s of %s has drifted", d.Path, d.Object)
		} else if d.Path == "spec.driver.version" {
			policies++
		}
	}
	if policies != 1 {
		t.Errorf("the driver of %d policies has drifted", policies)
	}
	for _, r := range status.Releases {
		if r.Status != "deployed" || r.Difference != "" {
			t.Errorf("release %+v", r)
		}
	}
}

func object(group, version, kind, name string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{}
	o.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: version, Kind: kind})
	o.SetName(name)
	return o
}

func networkPolicy() *unstructured.Unstructured {
	return object("mellanox.com", "v1alpha1", "NicClusterPolicy", "nic-cluster-policy")
}

func gpuPolicy() *unstructured.Unstructured {
	return object("nvidia.com", "v1", "ClusterPolicy", "cluster-policy")
}

// operate does what the operators do: a driver is up as soon as its policy is there
// and the one before is up. It returns the order in which they came up.
func operate(t *testing.T, c client.Client, policies ...*unstructured.Unstructured) (order func() []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var came []string
	done := make(chan error, 1)
	go func() {
		for _, policy := range policies {
			err := wait.PollUntilContextCancel(ctx, 100*time.Millisecond, true, func(ctx context.Context) (bool, error) {
				return c.Get(ctx, client.ObjectKeyFromObject(policy), policy) == nil, nil
			})
			if err == nil {
				came = append(came, policy.GetKind())
				err = c.Status().Patch(ctx, policy, client.RawPatch("application/merge-patch+json", []byte(`{"status":{"state":"ready"}}`)))
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	t.Cleanup(cancel)
	return func() []string {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the operators: %v", err)
		}
		return came
	}
}
