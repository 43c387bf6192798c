// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// requireEidos begins every configuration.
const requireEidos = `
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}
`

// outputs show what a test looks at.
const outputs = `
output "query" { value = data.eidos_snapshot.this.query }
output "yaml" { value = data.eidos_snapshot.this.yaml }
output "measurements" { value = data.eidos_snapshot.this.measurements }
output "errors" { value = data.eidos_snapshot.this.collector_errors }
`

// pipeline follows the snapshot, also one that is read during the apply. The
// server is newer than what the chart releases support.
const pipeline = `
data "eidos_recipe" "this" {
  snapshot           = data.eidos_snapshot.this.yaml
  intent             = "training"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "this" {
  recipe   = data.eidos_recipe.this.json
  bundlers = ["gpu-operator"]
}

output "service" { value = data.eidos_recipe.this.request.service }
output "values" { value = eidos_bundle.this.components["gpu-operator"].values }
`

// connection is a `kubernetes` object: expressions by attribute.
type connection map[string]string

func (c connection) String() string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c)) {
		fmt.Fprintf(&text, "    %s = %s\n", name, c[name])
	}
	return "{\n" + text.String() + "  }"
}

// with returns the connection with one attribute set.
func (c connection) with(name, expression string) connection {
	changed := maps.Clone(c)
	changed[name] = expression
	return changed
}

// reach is a connection without credentials.
func reach(url string, ca []byte) connection {
	return connection{"host": strconv.Quote(url), "cluster_ca_certificate": strconv.Quote(string(ca))}
}

// withToken reaches a server with a bearer token.
func withToken(s *apiserver.Server, token string) connection {
	return reach(s.URL(), s.CA()).with("token", strconv.Quote(token))
}

// withKubeconfig connects as a kubeconfig of the user says.
func withKubeconfig(t *testing.T, user *rest.Config) connection {
	t.Helper()
	return connection{"config_path": strconv.Quote(apiserver.Kubeconfig(t, user))}
}

// snapshotBy is a configuration whose provider has the connection; source are the
// arguments of its snapshot.
func snapshotBy(c connection, source string) string {
	return requireEidos + "provider \"eidos\" {\n  kubernetes = " + c.String() + "\n}\n" + snapshot(source)
}

func snapshot(arguments string) string {
	return "data \"eidos_snapshot\" \"this\" {\n  " + arguments + "\n}\n" + outputs
}

// facts are the outputs of an applied configuration.
type facts struct {
	query        map[string]string // without nulls
	yaml         string
	measurements map[string]map[string]map[string]string
	errors       map[string]string
}

func readFacts(t *testing.T, w *terraform.Workspace) facts {
	t.Helper()
	f := facts{query: map[string]string{}}
	var query map[string]*string
	w.Output(t, "query", &query)
	for name, value := range query {
		if value != nil {
			f.query[name] = *value
		}
	}
	w.Output(t, "yaml", &f.yaml)
	w.Output(t, "measurements", &f.measurements)
	w.Output(t, "errors", &f.errors)
	return f
}

// checkSays wants all texts among what a command printed.
func checkSays(t *testing.T, r terraform.Result, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !r.Says(text) {
			t.Errorf("nothing says %q:\n%s%s", text, r.Stdout, r.Stderr)
		}
	}
}
