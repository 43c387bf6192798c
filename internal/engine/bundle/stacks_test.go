// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// stack is what a user states to get a recipe of the embedded catalog.
type stack struct {
	query   document.Query
	overlay string // "" for none
	options map[string]string
}

// stacks are the recipes in testdata/recipes, whose bundles are in
// testdata/golden.
func stacks() map[string]stack {
	return map[string]stack{
		"eks-h100-training": {
			query: document.Query{Service: "eks", GPU: "h100", OS: "ubuntu", OSVersion: "22.04", Intent: "training", K8s: "v1.34.2-eks-b3126f4"},
		},
		"eks-gb200-training": {
			query: document.Query{Service: "eks", GPU: "gb200", OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1028-aws", Intent: "training", K8s: "v1.33.5-eks-3025e55"},
		},
		"eks-h200-amazonlinux-inference": {
			query: document.Query{Service: "eks", GPU: "h200", OS: "amazonlinux", OSVersion: "2023", Intent: "inference", K8s: "v1.32.9-eks-113cf36"},
		},
		"eks-h200-leader-worker-set": {
			query:   document.Query{Service: "eks", GPU: "h200", OS: "ubuntu", OSVersion: "24.04", Intent: "inference", K8s: "v1.34.2-eks-3a10415"},
			overlay: leaderWorkerSetOverlay,
		},
		"eks-h100-kai": {
			query:   document.Query{Service: "eks", GPU: "h100", OS: "ubuntu", OSVersion: "24.04", Intent: "training", K8s: "v1.35.0-eks-3a10415"},
			overlay: kaiOverlay,
		},
		"eks-b200-dranet": {
			query:   document.Query{Service: "eks", GPU: "b200", OS: "ubuntu", OSVersion: "24.04", Intent: "training", K8s: "v1.35.0-eks-3a10415"},
			overlay: dranetOverlay,
		},
		"gke-h100-inference": {
			query: document.Query{Service: "gke", GPU: "h100", OS: "cos", Intent: "inference", K8s: "v1.34.1-gke.3720000"},
		},
		"gke-l4-nim": {
			query:   document.Query{Service: "gke", GPU: "l4", OS: "cos", Intent: "inference", K8s: "v1.34.1-gke.3720000"},
			options: map[string]string{"platform": "nim", "cert_manager": "true"},
		},
		"gke-h100-tcpxo": {
			query:   document.Query{Service: "gke", GPU: "h100", OS: "cos", Intent: "training", K8s: "v1.34.1-gke.3720000"},
			options: map[string]string{"nccl_plugin": "tcpxo"},
		},
		"gke-gb200-gib": {
			query:   document.Query{Service: "gke", GPU: "gb200", OS: "cos", Intent: "training", K8s: "v1.34.1-gke.3720000"},
			options: map[string]string{"nccl_plugin": "gib"},
		},
		"kind-l4": {
			query: document.Query{Service: "kind", GPU: "l4", OS: "ubuntu", Intent: "inference", K8s: "v1.34.0"},
		},
		"aks-h100-training": {
			query: document.Query{Service: "aks", GPU: "h100", OS: "ubuntu", OSVersion: "22.04", Intent: "training", K8s: "1.33.5"},
		},
		"oke-h100-training": {
			query:   document.Query{Service: "oke", GPU: "h100", OS: "ubuntu", OSVersion: "22.04", Intent: "training", K8s: "v1.31.10"},
			overlay: okeOverlay,
		},
		"self-managed-h100-rdma": {
			query:   document.Query{Service: "self-managed", GPU: "h100", OS: "ubuntu", OSVersion: "24.04", Intent: "training", K8s: "1.34.2"},
			overlay: rdmaOverlay,
		},
		"self-managed-a100-mig-inference": {
			query:   document.Query{Service: "self-managed", GPU: "a100", OS: "rhel", OSVersion: "9.6", Intent: "inference", K8s: "1.30.14"},
			overlay: migOverlay,
		},
		"self-managed-h200-kubeflow": {
			query:   document.Query{Service: "self-managed", GPU: "h200", OS: "ubuntu", OSVersion: "24.04", Intent: "training", K8s: "1.34.2"},
			overlay: kubeflowOverlay,
		},
		"self-managed-b200-kueue": {
			query:   document.Query{Service: "self-managed", GPU: "b200", OS: "ubuntu", OSVersion: "24.04", Intent: "training", K8s: "v1.35.1+rke2r1"},
			overlay: kueueOverlay,
			options: map[string]string{"distribution": "rke2"},
		},
	}
}

const kaiOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {scheduler: kai}
        context: {scheduler: Pods of a job start all at once}
`

const dranetOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: network-config
        data: {efa: dra}
        context: {efa: Jobs claim interfaces next to the GPUs that they get}
`

const kueueOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {scheduler: kueue}
        context: {scheduler: Several teams share the GPUs}
      - subtype: network-config
        data: {fabric: none}
        context: {fabric: Jobs fit on a node}
`

const leaderWorkerSetOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {leader_worker_set: true, cert_manager: true}
        context: {leader_worker_set: Models are larger than a node, cert_manager: Webhooks get certificates that are renewed}
`

const kubeflowOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {platform: kubeflow, scheduler: kueue}
        context: {platform: People describe their training as TrainJobs, scheduler: Several teams share the GPUs}
      - subtype: network-config
        data: {fabric: none}
        context: {fabric: Jobs fit on a node}
`

const okeOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: network-config
        data: {ip_range: 10.224.0.0/12}
        context: {ip_range: Addresses of the cluster network}
`

const rdmaOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {gds: true, rdma: true}
        context:
          gds: Asked for by the team that runs the storage
          rdma: Nodes are wired with ConnectX-7
      - subtype: network-config
        data: {deploy_ofed: true, fabric: roce, ip_range: 192.168.128.0/18, master_interface: ens2f0}
        context:
          deploy_ofed: The nodes have no network driver of their own
          ip_range: Addresses of the storage and training network
`

const migOverlay = `
types:
  - type: K8s
    subtypes:
      - subtype: config
        data: {mig: true, mig_strategy: mixed, mig_profile: all-balanced}
        context: {mig_strategy: Models of several sizes share a node}
`

// build returns the recipe as a document, with its reasons.
func (s stack) build(t *testing.T, catalog *recipe.Catalog) []byte {
	t.Helper()
	request := recipe.Request{Query: s.query, Options: s.options}
	request.Query.Context = true
	request.IgnoreFindings = []string{"network-driver-replaces"} // as is meant
	if s.overlay != "" {
		request.Overlays = []string{s.overlay}
	}
	result, err := catalog.Build(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range result.Findings {
		t.Errorf("unexpected warning: %v", w)
	}
	text, err := result.Recipe.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestStacks pins the recipes that the embedded catalog makes, so that a change
// of the catalog shows in the bundles too. It is not parallel: with -update it
// writes what the other tests read.
func TestStacks(t *testing.T) { //nolint:paralleltest // see above
	catalog := embeddedCatalog(t)
	for name, s := range stacks() {
		got := s.build(t, catalog)
		file := filepath.Join("testdata", "recipes", name+".yaml")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got); run with -update and review:\n%s", file, diff)
		}
	}
}
