// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// TestNodeOf finds a machine on the last page of the nodes, in both encodings.
func TestNodeOf(t *testing.T) {
	t.Parallel()
	var nodes []corev1.Node
	for i := range 5 {
		nodes = append(nodes, corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("gpu-%d", i)},
			Status: corev1.NodeStatus{
				Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalDNS, Address: fmt.Sprintf("ip-%d.internal", i)}, {Type: corev1.NodeInternalIP, Address: "10.0.0.1"}},
				NodeInfo:  corev1.NodeSystemInfo{MachineID: fmt.Sprintf("m%d", i), BootID: fmt.Sprintf("b%d", i), SystemUUID: fmt.Sprintf("s%d", i)},
			},
		})
	}
	for _, protobuf := range []bool{false, true} {
		server := &apiServer{nodes: nodes, protobuf: protobuf, maxPage: 2}
		for want, machines := range map[string][]snapshot.Machine{
			"gpu-4": {{MachineID: "M4", BootID: "b4"}, {BootID: "b4", SystemUUID: "another form"}, {MachineID: "m4"}, {SystemUUID: "S4"}, {Name: "gpu-4"}, {Name: "ip-4.internal"}},
			"":      {{}, {Name: "10.0.0.1"}, {MachineID: "m1", BootID: "b2"}, {MachineID: "m1", BootID: "b9"}, {Name: "gpu-1", SystemUUID: "s9"}, {Name: "gpu-1", MachineID: "m9"}},
		} {
			for _, machine := range machines {
				got, err := snapshot.NodeOf(t.Context(), server.connect(t), machine)
				if err != nil || got != want {
					t.Errorf("%+v, protobuf %v: got %q and the error %v, want %q", machine, protobuf, got, err, want)
				}
			}
		}
	}
}

func TestNodeOfThatMayNotList(t *testing.T) {
	t.Parallel()
	server := &apiServer{intercept: func(_ int, w http.ResponseWriter, _ *http.Request) bool {
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, `User "ci" cannot do that`)
		return true
	}}
	if _, err := snapshot.NodeOf(t.Context(), server.connect(t), snapshot.Machine{BootID: "b"}); err == nil || !strings.Contains(err.Error(), "cannot list nodes: forbidden") {
		t.Errorf("got %v", err)
	}
}
