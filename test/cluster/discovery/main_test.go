// SPDX-License-Identifier: Apache-2.0

// Package discovery_test follows the guide on moving Node Feature Discovery on a real
// kube-apiserver. Its kubectl is real, and so is the watch that proves that no GPU node
// is without its label at any moment.
//
// The server has no controllers, no kubelet and no Helm, so the tests play them: what
// Helm does to the objects of a release and when it runs the job that takes labels
// away (helm_test.go), and what workers and masters of Node Feature Discovery and the
// garbage collector of Kubernetes do (cluster_test.go). They act after every single
// object that changes, those that take something away first: the order that is worst
// for the labels. What is played is what the sources of Helm and of Node Feature
// Discovery say; that pods do it is not shown here.
package discovery_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

// stage is a cluster on which the GPU Operator's release brings Node Feature
// Discovery, with the job that its chart has by default.
type stage struct {
	*helm
	config *rest.Config
}

func newStage(t *testing.T) *stage {
	t.Helper()
	config := apiserver.New(t).Admin()
	fixture.Create(t, config, fixture.Namespace(operator), fixture.Namespace(discovery))
	fixture.Create(t, config, node("gpu-1", "nvidia.com/gpu.present"), node("gpu-2", "nvidia.com/gpu.present"), node("cpu-1"))
	fixture.CreateManifest(t, config, definitions(t, "old"))
	fixture.CreateManifest(t, config, testdata(t, "others.yaml"))
	c, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{newHelm(t, &cluster{tb: t, client: c, silent: map[string]bool{}}), config}
	s.upgrade(operator, true, testdata(t, "operator.yaml"), discoveryOf(t, operator, operator+"-"+discovery))
	if gaps := s.cluster.unlabeled(); len(gaps) > 0 {
		t.Fatalf("the nodes %v have no label to begin with", gaps)
	}
	return s
}

// node is a node with labels that Node Feature Discovery leaves alone.
func node(name string, labels ...string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	for _, label := range labels {
		metav1.SetMetaDataLabel(&n.ObjectMeta, label, "true")
	}
	return n
}
