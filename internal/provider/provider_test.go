// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/provider"
)

func providerSchema(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("test", "")())()
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range response.Diagnostics {
		t.Errorf("schema: %s: %s", d.Summary, d.Detail)
	}
	return response
}

// schemas returns every schema by the name that documentation uses.
func schemas(t *testing.T) map[string]*tfprotov6.Schema {
	t.Helper()
	response := providerSchema(t)
	all := map[string]*tfprotov6.Schema{"provider": response.Provider}
	for name, s := range response.DataSourceSchemas {
		all["data."+name] = s
	}
	for name, s := range response.ResourceSchemas {
		all[name] = s
	}
	return all
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	for name, s := range schemas(t) {
		if s.Block.Description == "" {
			t.Errorf("%s has no description", name)
		}
		for _, problem := range undescribed(name, s.Block.Attributes) {
			t.Error(problem)
		}
	}
}

func undescribed(path string, attributes []*tfprotov6.SchemaAttribute) []string {
	var problems []string
	for _, a := range attributes {
		at := path + "." + a.Name
		if a.Description == "" {
			problems = append(problems, at+" has no description")
		}
		if a.NestedType != nil {
			problems = append(problems, undescribed(at, a.NestedType.Attributes)...)
		}
	}
	return problems
}

// TestAttributes is the list of names that configurations rely on: a change
// here is a change for every user.
func TestAttributes(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"provider": {"kubernetes"},
		"data.eidos_snapshot": {
			"cluster", "collector_errors", "config_map", "document", "findings", "ignore_findings", "kubernetes", "measurements", "metadata", "query", "query_sources",
			"required_collectors", "sha256", "timeouts", "yaml",
		},
		"data.eidos_recipe": {
			"allow_uncovered", "catalog", "context", "driver_version", "findings", "gpu", "ignore_findings", "intent", "json", "kernel_version", "kubernetes_version", "matched_rules", "measurements",
			"options", "os", "os_version", "overlays", "provenance", "releases", "request", "service", "sha256", "snapshot", "yaml",
		},
		"data.eidos_status": {"components", "drift", "kubernetes", "nodes", "objects", "problems", "ready", "recipe", "releases", "timeouts", "wait_for_ready"},
		"eidos_agent": {
			"all_nodes", "collectors", "disagreements", "groups", "image", "image_pull_secrets", "keep_on_failure", "left_out", "name", "namespace", "node_name", "node_selector", "nodes",
			"parallel", "privileged", "runtime_class", "service_account", "sha256", "snapshot", "timeouts", "tolerations", "triggers",
		},
		"eidos_bundle":    {"bundlers", "components", "existing", "files", "findings", "formats", "gitops", "ignore_findings", "namespaces", "node_settings", "object_overrides", "output_dir", "overrides", "placement", "recipe", "registry", "releases", "sha256", "snapshot"},
		"eidos_manifests": {"definitions", "delete_definitions", "delete_namespaces", "force_conflicts", "manifests", "min_ready_nodes", "objects", "timeouts", "wait_for"},
	}
	for name, s := range schemas(t) {
		var got []string
		for _, a := range s.Block.Attributes {
			got = append(got, a.Name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want[name]) {
			t.Errorf("%s: got attributes %v, want %v", name, got, want[name])
		}
	}
}

func TestManifestSaysWhatIsServed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../terraform-registry-manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Version  int
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	want := []string{fmt.Sprintf("%d.0", provider.ProtocolVersion)}
	if manifest.Version != 1 || !slices.Equal(manifest.Metadata.ProtocolVersions, want) {
		t.Errorf("the manifest says %+v, the provider serves %v", manifest, want)
	}
}
