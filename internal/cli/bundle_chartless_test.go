// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestComponentWithoutChart: it is listed without a chart, its images are, and values of
// one are refused.
func TestComponentWithoutChart(t *testing.T) {
	t.Parallel()
	recipe := filepath.Join(t.TempDir(), "recipe.yaml")
	must(t, "recipe", "--service", "gke", "--os", "cos", "--gpu", "b200", "--intent", "training", "--k8s", "1.34", "--option", "nccl_plugin=gib", "-o", recipe)
	o := run(t, "bundle", "--recipe", recipe)
	if fields := strings.Fields(o.stdout); !strings.Contains(strings.Join(fields, " "), "gke-nccl-gib - v1.1.1 kube-system -") {
		t.Errorf("the list is\n%s", o.stdout)
	}
	o = run(t, "bundle", "--recipe", recipe, "--images")
	if !strings.Contains(o.stdout, "us-docker.pkg.dev/gce-ai-infra/gpudirect-gib/nccl-plugin-gib:v1.1.1\n") {
		t.Errorf("the images are\n%s", o.stdout)
	}
	o = run(t, "bundle", "--recipe", recipe, "--set", "gke-nccl-gib:a=b")
	o.check(t, cli.ExitUsage, "gke-nccl-gib", "it has no chart, and so no values; override its objects instead")
}
