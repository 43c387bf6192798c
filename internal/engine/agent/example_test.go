// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"bytes"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/api/meta"
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
// differ in whose they are: no run of a resource may take them for its own.
func TestExample(t *testing.T) {
	t.Parallel()
	spec := baseSpec()
	spec.Image = imageRepository + ":0.1.0"
	d := deploymentOf(t, spec, "manual", "")
	all := d.objects(false)
	for _, object := range all {
		accessor, err := meta.Accessor(object)
		if err != nil {
			t.Fatal(err)
		}
		accessor.SetAnnotations(nil)
		mine(accessor.GetLabels())
		if job, ok := object.(*batchv1.Job); ok {
			mine(job.Spec.Template.Labels)
			job.Spec.Template.Spec.Affinity = nil
			job.Spec.Template.Spec.NodeSelector = map[string]string{"nvidia.com/gpu.present": "true"}
		}
	}
	golden(t, exampleFile, bytes.Join([][]byte{[]byte(exampleHead), manifest(t, all...)}, nil))
}

func mine(labels map[string]string) {
	labels[managedByLabel] = "kubectl"
	delete(labels, ownerLabel)
}
