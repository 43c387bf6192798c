// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	exampleFile = "../../../examples/agent/agent.yaml"
	exampleHead = `# Takes a snapshot of one GPU node without Terraform: the same objects that
# eidos_agent creates. Set the image to the release that you use, and the
# nodeSelector to your nodes.
#
#   kubectl apply -f agent.yaml
#   kubectl -n gpu-operator wait --for=condition=complete --timeout=10m job/eidos-snapshot-manual
#   kubectl -n gpu-operator get configmap eidos-snapshot -o jsonpath='{.data.snapshot\.yaml}'
#
# A Job runs once: delete it before you apply it again. The exit status 3, a failed
# Job, means that some collectors failed: its log says which and why.
#
`
)

// TestExample keeps the manifests for people without Terraform up to date. They
// differ in whose they are: no run of a resource may take them for its own. And
// their pod also asks the API server, which Terraform does itself otherwise.
func TestExample(t *testing.T) {
	t.Parallel()
	spec := baseSpec()
	spec.Image = imageRepository + ":0.1.0"
	d := deploymentOf(t, spec, "manual", "")
	chosen, err := spec.chosen()
	if err != nil {
		t.Fatal(err)
	}
	all := d.objects(false)
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
			args := job.Spec.Template.Spec.Containers[0].Args
			args[slices.Index(args, "--collectors")+1] = strings.Join(namesOf(chosen), ",")
			job.Spec.Template.Spec.Affinity = nil
			job.Spec.Template.Spec.NodeSelector = map[string]string{"nvidia.com/gpu.present": "true"}
		}
	}
	golden(t, exampleFile, bytes.Join([][]byte{[]byte(exampleHead), manifest(t, all...)}, nil))
}

// clusterObjects are the rights of those collectors that ask the API server.
func clusterObjects(d *deployment, collectors []collector) []runtime.Object {
	metadata := metav1.ObjectMeta{Name: "eidos-agent-" + d.spec.Namespace + "-" + d.base(), Labels: d.labels()}
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
