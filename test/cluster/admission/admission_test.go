// SPDX-License-Identifier: Apache-2.0

package admission_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/admission"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// chartFacts is where the engine keeps the facts about charts.
const chartFacts = "../../../internal/engine/component/data"

// namespaces are those of the charts, where the manifests' objects live.
func namespaces() []string {
	return []string{"gpu-operator", "nvidia-network-operator", "nvidia-dra-driver-gpu"}
}

// serve starts a server that knows the custom resources of some releases.
func serve(t *testing.T, releases []release) client.Client {
	t.Helper()
	config := apiserver.New(t).Admin()
	for _, name := range namespaces() {
		fixture.Create(t, config, fixture.Namespace(name))
	}
	for _, r := range releases {
		definitions, err := admission.Definitions(os.DirFS(chartFacts), r.component, r.version)
		if err != nil {
			t.Fatal(err)
		}
		fixture.CreateManifest(t, config, definitions)
	}
	return fixture.NewClient(t, config)
}

// TestEveryManifestIsAccepted applies each distinct manifest of all combinations,
// also those that the charts themselves create, to a server with the custom
// resources of their release.
func TestEveryManifestIsAccepted(t *testing.T) {
	t.Parallel()
	all := collect(t)
	t.Logf("%d bundles of %d releases", all.points, len(all.of))
	kinds := all.kinds(t)
	for kind, count := range kinds {
		t.Logf("%4d distinct %s", count, kind)
	}
	for _, kind := range bundledKinds() {
		if kinds[kind] == 0 {
			t.Errorf("no combination has a %s", kind)
		}
	}
	for _, round := range all.rounds() {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			c := serve(t, round)
			for _, r := range round {
				applyAll(t, c, all.of[r])
				t.Logf("%4d distinct manifests of %s %s", len(all.of[r]), r.component, r.version)
			}
		})
	}
}

// bundledKinds are those that the bundlers write for one combination or another.
func bundledKinds() []string {
	return []string{
		"ClusterPolicy", "ConfigMap", "IPPool", "IPoIBNetwork", "MacvlanNetwork", "Namespace", "NicClusterPolicy", "ResourceQuota",
		"SriovNetwork", "SriovNetworkNodePolicy",
	}
}

// applyAll applies each manifest and fails with all that are refused.
func applyAll(t *testing.T, c client.Client, of manifests) {
	t.Helper()
	const parallel = 8
	group, ctx := errgroup.WithContext(context.WithoutCancel(t.Context()))
	group.SetLimit(parallel)
	for text, where := range of {
		group.Go(func() error {
			if err := fixture.DryRun(ctx, c, []byte(text)); err != nil {
				t.Errorf("%s: %v", where, err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// TestWrongManifestsAreRefused proves that the way above refuses what the charts'
// releases do not take.
func TestWrongManifestsAreRefused(t *testing.T) {
	t.Parallel()
	c := serve(t, []release{{"gpu-operator", "v26.7.0"}, {"network-operator", "26.4.1"}})
	const (
		network   = "apiVersion: mellanox.com/v1alpha1\nkind: MacvlanNetwork\nmetadata: {name: a}\n"
		nic       = "apiVersion: mellanox.com/v1alpha1\nkind: NicClusterPolicy\nmetadata: {name: nic-cluster-policy}\n"
		pool      = "apiVersion: nv-ipam.nvidia.com/v1alpha1\nkind: IPPool\nmetadata: {name: a, namespace: gpu-operator}\n"
		namespace = "apiVersion: v1\nkind: Namespace\n"
	)
	for name, tt := range map[string]struct{ text, want string }{
		"unknown field":           {nic + "spec: {secondaryNetwork: {ipamPlugin: {}}}", "ipamPlugin"},
		"missing field":           {pool + "spec: {subnet: 10.0.0.0/24}", "spec.perNodeBlockSize: Required value"},
		"value out of a list":     {network + "spec: {mode: bridged}", `spec.mode: Unsupported value: "bridged"`},
		"type":                    {network + "spec: {mtu: '9000'}", "spec.mtu"},
		"bounds":                  {network + "spec: {mtu: -1}", "spec.mtu"},
		"pattern":                 {nic + "spec: {nvIpam: {image: '!', repository: a, version: b}}", "spec.nvIpam.image"},
		"null":                    {nic + "spec: {nvIpam: null}", "spec.nvIpam"},
		"small policy":            {"apiVersion: nvidia.com/v1\nkind: ClusterPolicy\nmetadata: {name: cluster-policy}\nspec: {driver: {}}", "spec.toolkit: Required value"},
		"unknown kind":            {"apiVersion: mellanox.com/v1alpha1\nkind: Macvlan\nmetadata: {name: a}", `no matches for kind "Macvlan"`},
		"field of a built-in one": {namespace + "metadata: {name: a, label: {}}", "label"},
		"unknown namespace":       {strings.ReplaceAll(pool, "gpu-operator", "nowhere") + "spec: {subnet: 10.0.0.0/24, perNodeBlockSize: 1}", `namespaces "nowhere" not found`},
		"name":                    {namespace + "metadata: {name: a_b}", "metadata.name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := fixture.DryRun(t.Context(), c, []byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want a refusal with %q", err, tt.want)
			}
		})
	}
}
