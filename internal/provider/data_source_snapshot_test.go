// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

const snapshotDocument = `
apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
metadata:
  created: "2026-11-02T09:15:00Z"
  hostname: gpu-1
measurements:
  - type: K8s
    subtypes:
      - subtype: server
        data: {version: v1.34.2}
      - subtype: node
        data: {provider: aks, os-image: Ubuntu 24.04.3 LTS, kernel-version: 6.8.0-1034-azure}
  - type: GPU
    subtypes:
      - subtype: smi
        data: {gpu.model: NVIDIA H100 80GB HBM3, gpu-count: 8}
  - type: SystemD
    subtypes:
      - subtype: containerd.service
        data: {LimitNOFILE: 18446744073709551615, Delegate: true}
`

func snapshotConfig(document string) string {
	return fmt.Sprintf("data \"eidos_snapshot\" \"test\" {\n  document = <<-EOT\n%s\nEOT\n}\n", document)
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	const address = "data.eidos_snapshot.test"
	is := func(value knownvalue.Check, path string, more ...string) statecheck.StateCheck {
		at := tfjsonpath.New(path)
		for _, key := range more {
			at = at.AtMapKey(key)
		}
		return statecheck.ExpectKnownValue(address, at, value)
	}
	sameFacts := statecheck.CompareValue(compare.ValuesSame())
	check(
		t,
		resource.TestStep{
			Config: snapshotConfig(snapshotDocument),
			ConfigStateChecks: []statecheck.StateCheck{
				is(knownvalue.ObjectExact(map[string]knownvalue.Check{
					"os":                 knownvalue.StringExact("ubuntu"),
					"os_version":         knownvalue.StringExact("24.04"),
					"kernel_version":     knownvalue.StringExact("6.8.0-1034-azure"),
					"service":            knownvalue.StringExact("aks"),
					"kubernetes_version": knownvalue.StringExact("v1.34.2"),
					"gpu":                knownvalue.StringExact("h100"),
					"intent":             knownvalue.Null(),
				}), "query"),
				is(knownvalue.MapExact(map[string]knownvalue.Check{
					"os":                 knownvalue.StringExact("K8s/node/os-image"),
					"os_version":         knownvalue.StringExact("K8s/node/os-image"),
					"kernel_version":     knownvalue.StringExact("K8s/node/kernel-version"),
					"service":            knownvalue.StringExact("K8s/node/provider"),
					"kubernetes_version": knownvalue.StringExact("K8s/server/version"),
					"gpu":                knownvalue.StringExact("GPU/smi/gpu.model"),
				}), "query_sources"),
				is(knownvalue.StringExact("infinity"), "measurements", "SystemD", "containerd.service", "LimitNOFILE"),
				is(knownvalue.StringExact("true"), "measurements", "SystemD", "containerd.service", "Delegate"),
				is(knownvalue.ObjectExact(map[string]knownvalue.Check{
					"created":  knownvalue.StringExact("2026-11-02T09:15:00Z"),
					"hostname": knownvalue.StringExact("gpu-1"),
					"version":  knownvalue.Null(),
				}), "metadata"),
				is(knownvalue.MapSizeExact(0), "collector_errors"),
				is(knownvalue.StringRegexp(regexp.MustCompile(`^apiVersion: snapshot.dgxc.io/v1\nkind: Snapshot\nmeasurements:\n`)), "yaml"),
				sameFacts.AddStateValue(address, tfjsonpath.New("sha256")),
			},
		},
		// Another time and host are no other facts.
		resource.TestStep{
			Config: snapshotConfig(strings.ReplaceAll(strings.ReplaceAll(snapshotDocument, "gpu-1", "gpu-2"), "2026-11", "2026-12")),
			ConfigStateChecks: []statecheck.StateCheck{
				is(knownvalue.StringExact("gpu-2"), "metadata", "hostname"),
				sameFacts.AddStateValue(address, tfjsonpath.New("sha256")),
			},
		},
	)
}

func TestSnapshotDocumentErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ document, want string }{
		"empty":         {"", `Invalid Snapshot[\s\S]*line 1, column 1`},
		"wrong kind":    {strings.Replace(snapshotDocument, "kind: Snapshot", "kind: Recipe", 1), `Invalid Snapshot[\s\S]*kind: got "Recipe", want\s+"Snapshot"`},
		"unknown type":  {strings.Replace(snapshotDocument, "type: GPU", "type: gpu", 1), `unknown measurement\s+type "gpu"`},
		"two documents": {snapshotDocument + "---\na: 1\n", `a second\s+document`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, resource.TestStep{Config: snapshotConfig(tt.document), ExpectError: regexp.MustCompile(tt.want)})
		})
	}
}
