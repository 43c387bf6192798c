// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/charts"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// A server takes the newest chart of every component, all at once. One of the two
// that bring the definitions of Prometheus' operator leaves them out, as bundles say.
func TestEveryChart(t *testing.T) {
	t.Parallel()
	own := apiserver.New(t)
	components, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("provider \"helm\" {\n  kubernetes = { config_path = %q }\n}\n", apiserver.Kubeconfig(t, own.Admin()))
	repository := charts.Serve(t)
	installed := slices.DeleteFunc(slices.Clone(components.Entries()), func(e component.Entry) bool { return !e.HasChart() })
	for _, c := range installed {
		newest := c.Releases[len(c.Releases)-1].Version
		chart, _ := c.Source(newest)
		values := map[string]string{"kube-prometheus-stack": "crds: {enabled: false}"}[c.Name]
		config += fmt.Sprintf(`
resource "helm_release" %[1]q {
  name             = %[1]q
  namespace        = %[1]q
  create_namespace = true
  repository       = %[2]q
  chart            = %[3]q
  version          = %[4]q
  values           = [%[5]q]
}
`, c.Name, repository, chart, newest, values)
	}
	w := terraform.NewWorkspace(t, plugins, config)
	w.Apply(t)
	plan(t, w, false)
	for _, c := range installed {
		charts.Values(t, own.Admin(), c.Name, c.Name)
	}
	destroy(t, w)
}
