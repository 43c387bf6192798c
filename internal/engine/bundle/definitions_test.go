// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// TestDefinitions: those in the folder crds of the chart that the values ask for, with
// the values that leave them to somebody else.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	nfd := []string{"nodefeaturegroups.nfd.k8s-sigs.io", "nodefeaturerules.nfd.k8s-sigs.io", "nodefeatures.nfd.k8s-sigs.io"}
	policies := []string{"clusterpolicies.nvidia.com", "gpuclusters.nvidia.com"}
	for name, tt := range map[string]struct {
		fixture, component string
		overrides          map[string]string
		want               *bundle.Definitions
	}{
		"with a part":       {"gke-h100-inference", "gpu-operator", nil, &bundle.Definitions{Names: append(append(policies[:2:2], nfd...), "nvidiadrivers.nvidia.com"), Values: `{"operator":{"upgradeCRD":false}}`}},
		"without the part":  {"gke-h100-inference", "gpu-operator", map[string]string{"gpu-operator": "nfd: {enabled: false}"}, &bundle.Definitions{Names: append(policies[:2:2], "nvidiadrivers.nvidia.com"), Values: `{"operator":{"upgradeCRD":false}}`}},
		"without a job":     {"eks-gb200-training", "nvidia-dra-driver-gpu", nil, &bundle.Definitions{Names: []string{"computedomaincliques.resource.nvidia.com", "computedomains.resource.nvidia.com"}}},
		"of a sub-chart":    {"eks-h100-kubeflow", "kubeflow-trainer", nil, &bundle.Definitions{Names: []string{"jobsets.jobset.x-k8s.io"}}},
		"in templates":      {"self-managed-b200-kueue", "kueue", nil, nil},
		"of a job for good": {"eks-h100-kai", "kai-scheduler", nil, nil},
		"a chart without":   {"eks-h100-training", "aws-efa-k8s-device-plugin", nil, nil},
		"no chart":          {"gke-h100-tcpxo", "gke-nccl-tcpxo", nil, nil},
	} {
		b := render(t, bundle.Request{Recipe: fixture(t, tt.fixture), Overrides: tt.overrides})
		got := componentOf(t, b, tt.component).Definitions
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
