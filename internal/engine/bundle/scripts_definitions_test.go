// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// shownDefinition is one as charts write it.
func shownDefinition(name string) string {
	return "# of " + name + "\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  annotations:\n    name: x\n  name: " + name + "\nspec:\n  names: {plural: x}\n"
}

// TestInstallAppliesDefinitions: those that the component's values ask for go to the
// cluster before the chart does, and those of a newer release stay.
func TestInstallAppliesDefinitions(t *testing.T) {
	t.Parallel()
	c := newCluster(t, render(t, bundle.Request{Recipe: fixture(t, "eks-gb200-training")}), "helm", "kubectl")
	const own, second, script = "computedomains.resource.nvidia.com", "computedomaincliques.resource.nvidia.com", "nvidia-dra-driver-gpu/scripts/install.sh"
	// Helm 3 shows files as they are, Helm 4 with a line between them.
	shown := "---\n" + shownDefinition("others.example.com") + "---\n" + shownDefinition(own) + shownDefinition("more.example.com") + shownDefinition(second) +
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  name: " + own + "\n"
	installed := func(chart string) string {
		return `[{"name":"nvidia-dra-driver-gpu","namespace":"x","chart":"` + chart + `","app_version":"9.9.9"}]`
	}
	for list, stays := range map[string]bool{
		"[]": false, installed("dra-driver-nvidia-gpu-0.4.1"): false, installed("dra-driver-nvidia-gpu-0.3.12"): false,
		installed("dra-driver-nvidia-gpu-0.4.1-rc.1"): false, installed("nvidia-dra-driver-gpu-25.12.0"): false,
		installed("dra-driver-nvidia-gpu-0.10.0"): true, installed("dra-driver-nvidia-gpu-0.4.2-rc.1"): true,
	} {
		calls, output, failed := c.run([]string{"FAKE_CRDS=" + shown, "FAKE_LIST=" + list}, script, "--no-wait", "--timeout", "5m")
		if failed {
			t.Fatalf("%s: %s", list, output)
		}
		upgrade := slices.IndexFunc(calls, func(call string) bool { return strings.HasPrefix(call, "helm <upgrade>") })
		begin := slices.Index(calls, "kubectl <apply> <--server-side> <--force-conflicts> <--field-manager> <helm> <--filename> <->")
		if stays {
			if begin >= 0 || upgrade < 0 || !strings.Contains(output, "stay: it is newer than 0.4.1") {
				t.Errorf("%s: calls %v, output:\n%s", list, calls, output)
			}
			continue
		}
		if begin < 0 || upgrade < begin {
			t.Fatalf("%s: calls %v, output:\n%s", list, calls, output)
		}
		// A comment before a key that comes again is one of the file before.
		text := "---\n" + shownDefinition(own) + "# of more.example.com\n---\n" + strings.TrimPrefix(shownDefinition(second), "# of "+second+"\n")
		want := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		want = append(want, "kubectl <wait> <--for=condition=Established> <--timeout> <5m> <--filename> <->")
		c.want(list, want, calls[begin+1:upgrade])
	}
	calls, output, failed := c.run(nil, script, "--dry-run")
	if failed || calls != nil || !strings.Contains(output, "helm show crds") || !strings.Contains(output, "kubectl apply --server-side") {
		t.Errorf("a dry run calls %v and prints:\n%s", calls, output)
	}
	for _, call := range []string{"list", "show"} {
		if calls, _, failed := c.run([]string{"FAKE_CRDS=" + shown, "FAKE_FAIL=" + call}, script); !failed || strings.Contains(strings.Join(calls, "\n"), "upgrade") {
			t.Errorf("helm %s fails: failed is %t, calls %v", call, failed, calls)
		}
	}
}
