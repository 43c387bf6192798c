// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	r := renderer()
	want := []bundle.KeyInfo{
		{Subtype: "image", Name: "aws-efa-k8s-device-plugin", Path: "K8s/image/aws-efa-k8s-device-plugin", About: "The release of the chart."},
		{
			Subtype: "network-config", Name: "efa", Path: "K8s/network-config/efa",
			About:  "How pods ask for EFA interfaces on EKS: by the resource of the device plugin, as without this option, or by a ResourceClaim, which Kubernetes 1.35 and later give to the DRA driver aws-dranet.",
			Values: []string{"device-plugin", "dra"},
		},
		{
			Subtype: "network-config", Name: "fabric", Path: "K8s/network-config/fabric", About: "What joins the GPUs of different nodes.",
			Values: []string{"efa", "infiniband", "roce", "gpudirect", "none"},
		},
		{Subtype: "node", Name: "instance-type", Path: "K8s/node/instance-type", About: "The instance type of the nodes, which the chart must list."},
		{Subtype: "node", Name: "instance-types", Path: "K8s/node/instance-types", About: "The instance types that the service offers with the GPU, of which the chart must list one where the nodes' own is not known."},
		{Subtype: "node", Name: "taints", Path: "K8s/node/taints", About: "Taints that all GPU nodes of a pool have, and that pods on them tolerate."},
		{Subtype: "server", Name: "version", Path: "K8s/server/version", About: "The cluster's Kubernetes version, which the release must support."},
	}
	if diff := cmp.Diff(want, r.Keys("aws-efa-k8s-device-plugin")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := r.Keys("gpu-operater"); got != nil {
		t.Errorf("an unknown bundler reads %v", got)
	}
}

// TestKeysAreExplained: each key means something, and the same to all bundlers.
func TestKeysAreExplained(t *testing.T) {
	t.Parallel()
	r := renderer()
	seen := map[string]bundle.KeyInfo{}
	for _, name := range r.Bundlers() {
		keys := r.Keys(name)
		if !slices.IsSortedFunc(keys, func(a, b bundle.KeyInfo) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("the keys of %s are not sorted", name)
		}
		for _, key := range keys {
			if !strings.HasSuffix(key.About, ".") || key.Path != "K8s/"+key.Subtype+"/"+key.Name {
				t.Errorf("%s: %+v: want a sentence and a path", name, key)
			}
			if other, ok := seen[key.Path]; ok {
				if diff := cmp.Diff(other, key); diff != "" {
					t.Errorf("%s means something else to %s:\n%s", key.Path, name, diff)
				}
			}
			seen[key.Path] = key
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d keys", len(seen))
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"gpu-operator": "NVIDIA GPU Operator", "network-operator": "NVIDIA Network Operator",
		"nvidia-dra-driver-gpu": "NVIDIA DRA Driver for GPUs", "aws-efa-k8s-device-plugin": "AWS EFA Kubernetes Device Plugin", "other": "",
	} {
		if got := renderer().Title(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
