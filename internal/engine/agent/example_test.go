// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

const (
	exampleFile = "../../../examples/agent/agent.yaml"
	exampleHead = `# Takes a snapshot of one GPU node without Terraform: the same objects that
# eidos_agent creates, in a namespace of their own. Set the image to the release that
# you use; the archive of a release has it, by its digest.
#
#   kubectl apply -k .
#   kubectl -n eidos-agent wait --for=jsonpath='{.status.conditions[0].type}' --timeout=11m job/eidos-snapshot-manual
#   kubectl -n eidos-agent get configmap eidos-snapshot -o jsonpath='{.data.snapshot\.yaml}'
#
# The wait ends when the Job has succeeded or failed. If the last command prints
# nothing, these say why: the log has what the collectors said, and the events say
# that there is no pod, as where the namespace does not allow what it mounts.
#
#   kubectl -n eidos-agent logs job/eidos-snapshot-manual
#   kubectl -n eidos-agent describe job eidos-snapshot-manual
#
# Some collectors may fail without the Job: their lines are in the log. A Job runs once:
# delete it before you apply it again. "kubectl delete -k ." removes everything.
#
`
)

// exampleNotes are comments, by the line that they stand above.
func exampleNotes() map[string]string {
	return map[string]string{
		"      restartPolicy: Never\n": "      # With the GPU Operator, for what nvidia-smi says:\n      # runtimeClassName: nvidia\n",
		"      affinity:\n": "      # Nodes with GPUs: known by discovery, by the service, or before either by their\n" +
			"      # instance type. For a node that none of these shows, put this in its place:\n" +
			"      # nodeSelector: {kubernetes.io/hostname: NODE}\n",
	}
}

// TestExample keeps the manifests for people without Terraform up to date. They
// differ in whose they are: no run of a resource may take them for its own. And
// their pod also asks the API server, which Terraform does itself otherwise.
func TestExample(t *testing.T) {
	t.Parallel()
	spec := baseSpec()
	spec.Namespace, spec.Image = "eidos-agent", imageRepository+":0.1.0"
	d := deploymentOf(t, spec, "manual", "")
	chosen, err := spec.chosen()
	if err != nil {
		t.Fatal(err)
	}
	all := append([]runtime.Object{exampleNamespace(d)}, d.objects(false)...)
	all = slices.Insert(all, len(all)-1, clusterObjects(d, chosen)...)
	for _, object := range all {
		accessor, err := meta.Accessor(object)
		if err != nil {
			t.Fatal(err)
		}
		accessor.SetAnnotations(nil)
		mine(accessor.GetLabels())
		if job, ok := object.(*batchv1.Job); ok {
			mine(job.Spec.Template.Labels)
			c := &job.Spec.Template.Spec.Containers[0]
			c.Args[slices.Index(c.Args, "--collectors")+1] = strings.Join(namesOf(chosen), ",")
			c.Args = append(c.Args, "--allow-partial")
			job.Spec.Template.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: gpuNodes(t)}}
		}
	}
	text := manifest(t, all...)
	for line, note := range exampleNotes() {
		if bytes.Count(text, []byte(line)) != 1 {
			t.Fatalf("%q is not there once", line)
		}
		text = bytes.Replace(text, []byte(line), []byte(note+line), 1)
	}
	golden(t, exampleFile, bytes.Join([][]byte{[]byte(exampleHead), text}, nil))
}

// exampleNamespace allows what the pod mounts, and nobody warns of it.
func exampleNamespace(d *deployment) *corev1.Namespace {
	labels := d.spec.labelsWith(nil)
	for _, mode := range []string{"enforce", "warn", "audit"} {
		labels["pod-security.kubernetes.io/"+mode] = "privileged"
	}
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: d.spec.Namespace, Labels: labels}}
}

// gpuNodes selects what IsGPUNode knows by labels: those of feature discovery, of
// services, and before either instance types.
func gpuNodes(t *testing.T) *corev1.NodeSelector {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, platform := range catalog.Platforms() {
		for _, gpu := range platform.GPUs {
			for _, name := range gpu.InstanceTypes {
				types = append(types, name)
				if gpu.Prefix != "" {
					types = append(types, gpu.Prefix+name)
				}
			}
		}
	}
	slices.Sort(types)
	labels := []corev1.NodeSelectorRequirement{
		{Key: "nvidia.com/gpu.present", Operator: corev1.NodeSelectorOpIn, Values: []string{"true"}},
		{Key: "feature.node.kubernetes.io/pci-10de.present", Operator: corev1.NodeSelectorOpIn, Values: []string{"true"}},
		{Key: "cloud.google.com/gke-accelerator", Operator: corev1.NodeSelectorOpExists},
		{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: slices.Compact(types)},
	}
	selector := &corev1.NodeSelector{}
	for _, label := range labels {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{label.Key: append(label.Values, "any")[0]}}}
		if !snapshot.IsGPUNode(node, catalog.GPUInstanceType) {
			t.Errorf("the agent does not know a node by %s", label.Key)
		}
		selector.NodeSelectorTerms = append(selector.NodeSelectorTerms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{label}})
	}
	return selector
}

// clusterObjects are the rights of those collectors that ask the API server.
func clusterObjects(d *deployment, collectors []collector) []runtime.Object {
	metadata := metav1.ObjectMeta{Name: d.spec.Namespace + "-" + d.base(), Labels: d.labels()}
	role := &rbacv1.ClusterRole{ObjectMeta: metadata}
	for _, c := range collectors {
		role.Rules = append(role.Rules, c.rules...)
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: *metadata.DeepCopy(), Subjects: d.subjects(),
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: metadata.Name},
	}
	return []runtime.Object{role, binding}
}

func mine(labels map[string]string) {
	labels[managedByLabel] = "kubectl"
	delete(labels, ownerLabel)
}
