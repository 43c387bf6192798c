// SPDX-License-Identifier: Apache-2.0

package agent_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/agent"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot/node"
)

// The agent knows what every collector of the command needs. It names them
// itself, so that a provider does not carry what runs on nodes.
func TestEveryCollectorIsKnown(t *testing.T) {
	t.Parallel()
	want := node.Names()
	for _, c := range snapshot.Kubernetes(nil, snapshot.KubernetesOptions{}) {
		want = append(want, c.Name)
	}
	got := agent.CollectorNames()
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("collectors (-command +agent):\n%s", diff)
	}
}
