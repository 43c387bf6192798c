// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

func TestParseShare(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"1": true, "5": true, "1%": true, "90%": true, "100%": true,
		"": false, "0": false, "-1": false, "0%": false, "101%": false, "%": false, "90 %": false, "1.5": false, "4294967297": false, "all": false,
	} {
		share, err := objects.ParseShare(text)
		switch {
		case good && (err != nil || share.String() != text):
			t.Errorf("%q: %s, %v", text, share, err)
		case !good && (err == nil || !strings.Contains(err.Error(), "is not a number of nodes")):
			t.Errorf("%q: %v", text, err)
		}
	}
	if text := (objects.Share{}).String(); text != "100%" {
		t.Error(text)
	}
}

// TestAwaitNodes: what is not up on every node is waited for until it is up on enough
// of those on which it can be.
func TestAwaitNodes(t *testing.T) {
	t.Parallel()
	const (
		pods      = `{state: notReady, conditions: [{type: Error, status: "True", reason: OperandNotReady, message: "states not ready: [state-driver]"}]}`
		unready   = "  conditions: [{type: Ready, status: \"False\", reason: KubeletNotReady, message: no network}]\n"
		cordoned  = "spec: {unschedulable: true}\n"
		gpu       = `{nvidia.com/gpu.present: "true"}`
		nic       = `{nvidia.com/gpu.present: "true", feature.node.kubernetes.io/pci-15b3.present: "true", network.nvidia.com/operator.mofed.wait: "false"}`
		nicWaits  = `{nvidia.com/gpu.present: "true", feature.node.kubernetes.io/pci-15b3.present: "true", network.nvidia.com/operator.mofed.wait: "true"}`
		unmanaged = `{nvidia.com/gpu.present: "true", nvidia.com/gpu.deploy.operands: "false"}`
	)
	type node struct{ labels, more string }
	for name, tt := range map[string]struct {
		kind, status, share string
		nodes               []node
		warning             string // of a wait that ends well
		says                []string
		never               string
		short               bool // of nodes
	}{
		"one is down": {
			status: pods, nodes: []node{{gpu, eightGPUs}, {gpu, noGPUs + unready}},
			warning: `ClusterPolicy.nvidia.com "x" is not ready, but enough nodes are (100%): status.state is "notReady", not "ready"` +
				"\nIt is up on 1 of 1 GPU nodes that are ready and schedulable; others:\n" + `  node "node-1": it is not ready: Ready=False (KubeletNotReady): no network`,
		},
		"one is cordoned": {
			status: pods, nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, warning: `node "node-1": it is cordoned`,
		},
		"one has no GPUs yet": {
			status: pods, nodes: []node{{gpu, eightGPUs}, {gpu, noGPUs}},
			says: []string{`status.state is "notReady", not "ready"`, "condition Error=True (OperandNotReady)", "It is up on 1 of 2 GPU nodes", `node "node-1": its GPUs are not allocatable`}, short: true,
		},
		"half will do": {
			status: pods, share: "50%", nodes: []node{{gpu, eightGPUs}, {gpu, noGPUs}}, warning: "enough nodes are (50%)",
		},
		"a share is rounded up": {
			status: pods, share: "50%", nodes: []node{{gpu, eightGPUs}, {gpu, noGPUs}, {gpu, noGPUs}}, says: []string{"It is up on 1 of 3 GPU nodes"}, short: true,
		},
		"a number that there is not": {
			status: pods, share: "2", nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, says: []string{"It is up on 1 of 1 GPU nodes"},
		},
		"a number": {
			status: pods, share: "1", nodes: []node{{gpu, eightGPUs}, {gpu, noGPUs}, {gpu, noGPUs}}, warning: "enough nodes are (1)",
		},
		"all nodes are fine":           {status: pods, nodes: []node{{gpu, eightGPUs}}, says: []string{"It is up on 1 of 1 GPU nodes that are ready and schedulable"}, never: "others"},
		"no node is ready":             {status: pods, nodes: []node{{gpu, noGPUs + unready}}, says: []string{"It is up on 0 of 0 GPU nodes", `node "node-0": it is not ready`}},
		"no nodes":                     {status: pods, nodes: []node{{"{}", noGPUs}}, says: []string{"condition Error=True (OperandNotReady)"}, never: "GPU nodes"},
		"one that it leaves alone":     {status: pods, nodes: []node{{gpu, eightGPUs}, {unmanaged, noGPUs}}, says: []string{"It is up on 1 of 1 GPU nodes"}, never: "node-1"},
		"another reason":               {status: strings.Replace(pods, "OperandNotReady", "ReconcileFailed", 1), nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, says: []string{"ReconcileFailed"}, never: "GPU nodes"},
		"a reason of the past":         {status: strings.Replace(pods, `"True"`, `"False"`, 1), nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, says: []string{"OperandNotReady"}, never: "GPU nodes"},
		"of another time":              {status: strings.Replace(pods, "message:", "observedGeneration: 1, message:", 1), nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, says: []string{"of generation 1"}, never: "GPU nodes"},
		"another state":                {status: strings.Replace(pods, "notReady", "ignored", 1), nodes: []node{{gpu, eightGPUs}, {gpu, cordoned + eightGPUs}}, says: []string{`status.state is "ignored"`}, never: "GPU nodes"},
		"a network driver":             {kind: "NicClusterPolicy", status: "{state: notReady}", nodes: []node{{nic, noGPUs}, {nic, noGPUs + unready}}, warning: "It is up on 1 of 1 GPU nodes"},
		"a network driver that is not": {kind: "NicClusterPolicy", status: "{state: notReady}", nodes: []node{{nic, noGPUs}, {nicWaits, noGPUs}, {gpu, noGPUs}}, says: []string{"It is up on 1 of 2 GPU nodes", `node "node-1": its network driver does not run yet`}, never: "node-2", short: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, connection := newServer(t)
			ref := s.policy(t, tt.kind, tt.status)
			for i, n := range tt.nodes {
				s.putNode(t, "node-"+string(rune('0'+i)), n.labels, n.more)
			}
			c := newClient(t, connection, "")
			c.States = embeddedStates(t)
			if tt.share != "" {
				var err error
				if c.MinReadyNodes, err = objects.ParseShare(tt.share); err != nil {
					t.Fatal(err)
				}
			}
			ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the timeout is short"))
			defer cancel()
			warnings, err := c.Await(ctx, []objects.Reference{ref})
			if tt.warning != "" {
				if text := strings.Join(warnings, ""); err != nil || !strings.Contains(text, tt.warning) {
					t.Errorf("got %q, %v; want %q", text, err, tt.warning)
				}
				return
			}
			reason := objects.NotReady
			if tt.short {
				reason = objects.NodesNotReady
			}
			checkError(t, err, reason, tt.says...)
			if tt.never != "" && strings.Contains(err.Error(), tt.never) {
				t.Errorf("the error says %q: %v", tt.never, err)
			}
		})
	}
}

// policy stores a policy of the data with a status.
func (s *fakeServer) policy(t *testing.T, kind, status string) objects.Reference {
	t.Helper()
	s.kinds["/apis/nvidia.com/v1"] = []metav1.APIResource{{Name: "clusterpolicies", Kind: "ClusterPolicy"}}
	s.kinds["/apis/mellanox.com/v1"] = []metav1.APIResource{{Name: "nicclusterpolicies", Kind: "NicClusterPolicy"}}
	ref, path := objects.Reference{ID: objects.ID{Group: "nvidia.com", Kind: "ClusterPolicy", Name: "x"}, Version: "v1"}, "/apis/nvidia.com/v1/clusterpolicies/x"
	if kind != "" {
		ref.Group, ref.Kind, path = "mellanox.com", kind, "/apis/mellanox.com/v1/nicclusterpolicies/x"
	}
	s.putStatus(t, path, ref, status)
	return ref
}

// TestAwaitNodesWithoutTheRight: the wait goes by the object alone, and its message
// says what is missing.
func TestAwaitNodesWithoutTheRight(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	ref := s.policy(t, "NicClusterPolicy", "{state: notReady}")
	s.before = func(r *http.Request) *apierrors.StatusError {
		if r.URL.Path == nodesPath {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "nodes"}, "", nil)
		}
		return nil
	}
	c := newClient(t, connection, "")
	c.States = embeddedStates(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := c.Await(ctx, []objects.Reference{ref})
	checkError(t, err, objects.NotReady, "Which nodes hold it is not known", "list", "nodes")
}

// TestAwaitManyNodes: a message names some of them, and a list is not read at each look.
func TestAwaitManyNodes(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	ref := s.policy(t, "NicClusterPolicy", "{state: notReady}")
	for i := range 30 {
		s.putNode(t, "n"+string(rune('a'+i/10))+string(rune('0'+i%10)), `{nvidia.com/gpu.present: "true", feature.node.kubernetes.io/pci-15b3.present: "true"}`, eightGPUs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	looks, lists := 0, 0
	s.before = func(r *http.Request) *apierrors.StatusError {
		switch {
		case r.URL.Path == nodesPath && !r.URL.Query().Has("continue"):
			lists++
		case strings.HasSuffix(r.URL.Path, "policies/x"):
			if looks++; looks == 12 {
				cancel()
			}
		}
		return nil
	}
	c := newClient(t, connection, "")
	c.States = embeddedStates(t)
	_, err := c.Await(ctx, []objects.Reference{ref})
	checkError(t, err, objects.NodesNotReady, "It is up on 0 of 30 GPU nodes", `node "na9"`, "and 20 more")
	if s.lock.Lock(); lists != 2 || strings.Contains(err.Error(), `node "nb0"`) {
		t.Errorf("%d lists in %d looks: %v", lists, looks, err)
	}
	s.lock.Unlock()
}
