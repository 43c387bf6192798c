// SPDX-License-Identifier: Apache-2.0

package discovery_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	gpuLabel     = "feature.node.kubernetes.io/pci-10de.present"
	labelPrefix  = "feature.node.kubernetes.io/"
	nodeOf       = "nfd.node.kubernetes.io/node-name"      // of a NodeFeature
	labelsListed = "nfd.node.kubernetes.io/feature-labels" // of a node: what masters have set
)

// ofDiscovery selects what the charts of Node Feature Discovery run.
var ofDiscovery = client.MatchingLabels{"app.kubernetes.io/name": discovery}

// cluster plays what runs on a cluster.
type cluster struct {
	tb     testing.TB
	client client.WithWatch
	silent map[string]bool // namespaces whose workers run and have written nothing yet
}

// settle lets everything act until there is nothing left to do: what takes away first.
func (c *cluster) settle() {
	c.tb.Helper()
	for c.collect() || c.label() || c.work() {
	}
}

// collect is the garbage collector of Kubernetes: an object whose owners are all gone
// goes too. Workers' pods end with their DaemonSet.
func (c *cluster) collect() (changed bool) {
	c.tb.Helper()
	var owners appsv1.DaemonSetList
	c.list(&owners)
	for _, feature := range c.features() {
		owned := feature.GetOwnerReferences()
		alive := func(r metav1.OwnerReference) bool {
			return slices.ContainsFunc(owners.Items, func(d appsv1.DaemonSet) bool { return d.UID == r.UID })
		}
		if len(owned) > 0 && !slices.ContainsFunc(owned, alive) {
			c.delete(&feature)
			changed = true
		}
	}
	return changed
}

// work is the workers: each writes a NodeFeature for its node, which belongs to the
// DaemonSet, and asks for labels of the devices that it sees.
func (c *cluster) work() (changed bool) {
	c.tb.Helper()
	var sets appsv1.DaemonSetList
	c.list(&sets, ofDiscovery)
	for _, set := range sets.Items {
		nodes := c.nodes()
		all := int32(len(nodes))
		if set.Status.ObservedGeneration != set.Generation {
			set.Status = appsv1.DaemonSetStatus{ObservedGeneration: set.Generation, DesiredNumberScheduled: all, CurrentNumberScheduled: all, UpdatedNumberScheduled: all, NumberAvailable: all, NumberReady: all}
			c.must(c.client.Status().Update(c.tb.Context(), &set))
			changed = true
		}
		if c.silent[set.Namespace] {
			continue
		}
		for _, node := range nodes {
			changed = c.describe(node.Name, &set) || changed
		}
	}
	return changed
}

func (c *cluster) describe(node string, by *appsv1.DaemonSet) bool {
	if slices.ContainsFunc(c.features(), func(f unstructured.Unstructured) bool { return f.GetNamespace() == by.Namespace && f.GetName() == node }) {
		return false
	}
	labels := map[string]any{labelPrefix + "cpu-hardware_multithreading": "true"}
	if strings.HasPrefix(node, "gpu-") {
		labels[gpuLabel] = "true"
	}
	feature := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"labels": labels}}}
	feature.SetGroupVersionKind(featureKind("NodeFeature"))
	feature.SetNamespace(by.Namespace)
	feature.SetName(node)
	feature.SetLabels(map[string]string{nodeOf: node})
	feature.SetOwnerReferences([]metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "DaemonSet", Name: by.Name, UID: by.UID}})
	c.must(c.client.Create(c.tb.Context(), feature))
	return true
}

// label is the masters: a node gets the labels that its objects in all namespaces ask
// for, and loses those that masters have set and no object asks for anymore. All
// masters do the same, so one stands for several.
func (c *cluster) label() (changed bool) {
	c.tb.Helper()
	var deployments appsv1.DeploymentList
	c.list(&deployments, ofDiscovery)
	masters := 0
	for _, d := range deployments.Items {
		if d.Labels["role"] == "master" {
			masters++
		}
		if d.Status.ObservedGeneration != d.Generation {
			d.Status = appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: 1, UpdatedReplicas: 1, AvailableReplicas: 1, ReadyReplicas: 1}
			c.must(c.client.Status().Update(c.tb.Context(), &d))
			changed = true
		}
	}
	if masters == 0 {
		return changed
	}
	for _, node := range c.nodes() {
		changed = c.setLabels(&node, c.asked(node.Name)) || changed
	}
	return changed
}

// asked are the labels that objects of a node ask for.
func (c *cluster) asked(node string) map[string]string {
	asked := map[string]string{}
	for _, feature := range c.features() {
		if feature.GetLabels()[nodeOf] == node {
			labels, _, err := unstructured.NestedStringMap(feature.Object, "spec", "labels")
			c.must(err)
			maps.Copy(asked, labels)
		}
	}
	return asked
}

func (c *cluster) setLabels(node *corev1.Node, asked map[string]string) bool {
	before := node.DeepCopy()
	for name := range strings.SplitSeq(node.Annotations[labelsListed], ",") {
		delete(node.Labels, name)
	}
	for name, value := range asked {
		metav1.SetMetaDataLabel(&node.ObjectMeta, name, value)
	}
	metav1.SetMetaDataAnnotation(&node.ObjectMeta, labelsListed, strings.Join(slices.Sorted(maps.Keys(asked)), ","))
	if maps.Equal(before.Labels, node.Labels) && maps.Equal(before.Annotations, node.Annotations) {
		return false
	}
	c.must(c.client.Patch(c.tb.Context(), node, client.MergeFrom(before)))
	return true
}

// prune is the job of the chart: it takes the labels off all nodes.
func (c *cluster) prune() {
	c.tb.Helper()
	for _, node := range c.nodes() {
		c.setLabels(&node, nil)
	}
}

// unlabeled lists the GPU nodes without their label.
func (c *cluster) unlabeled() (names []string) {
	for _, node := range c.nodes() {
		if lacksLabel(&node) {
			names = append(names, node.Name)
		}
	}
	return names
}

func lacksLabel(node *corev1.Node) bool {
	return strings.HasPrefix(node.Name, "gpu-") && node.Labels[gpuLabel] != "true"
}

func (c *cluster) nodes() []corev1.Node {
	var nodes corev1.NodeList
	c.list(&nodes)
	return nodes.Items
}

func (c *cluster) features() []unstructured.Unstructured {
	var features unstructured.UnstructuredList
	features.SetGroupVersionKind(featureKind("NodeFeatureList"))
	c.list(&features)
	return features.Items
}

func featureKind(kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "nfd.k8s-sigs.io", Version: "v1alpha1", Kind: kind}
}

func (c *cluster) list(into client.ObjectList, options ...client.ListOption) {
	c.tb.Helper()
	c.must(c.client.List(c.tb.Context(), into, options...))
}

func (c *cluster) delete(object client.Object) {
	c.tb.Helper()
	c.must(c.client.Delete(c.tb.Context(), object, client.PropagationPolicy(metav1.DeletePropagationBackground)))
}

func (c *cluster) must(err error) {
	c.tb.Helper()
	if err != nil {
		c.tb.Fatal(err)
	}
}

// watch looks at every change of a node from now on. The function that it returns ends
// that and returns the changes that left a GPU node without its label.
func (c *cluster) watch() (end func() []string) {
	c.tb.Helper()
	var nodes corev1.NodeList
	c.list(&nodes)
	w, err := c.client.Watch(c.tb.Context(), &corev1.NodeList{}, &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: nodes.ResourceVersion}})
	c.must(err)
	const last = "example.com/last"
	found := make(chan []string, 1)
	go func() {
		gaps := []string{"the watch ended early"}
		for event := range w.ResultChan() {
			node, ok := event.Object.(*corev1.Node)
			if !ok {
				break
			}
			if lacksLabel(node) {
				gaps = append(gaps, node.Name+" at "+node.ResourceVersion)
			}
			if node.Annotations[last] != "" {
				gaps = gaps[1:]
				break
			}
		}
		found <- gaps
	}()
	return func() []string {
		defer w.Stop()
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "cpu-1"}}
		c.must(c.client.Patch(c.tb.Context(), node, client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"`+last+`":"yes"}}}`))))
		return <-found
	}
}
