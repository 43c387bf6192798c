// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	catalogs "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/listing"
)

// TestCatalog asks for each kind, as a table and as JSON, and for the first of its
// names.
func TestCatalog(t *testing.T) {
	t.Parallel()
	overview := strings.Split(strings.TrimSpace(must(t, "catalog")), "\n")[1:]
	for _, line := range overview {
		kind := strings.Fields(line)[0]
		lines := strings.Split(must(t, "catalog", kind), "\n")
		name := strings.Fields(lines[1])[0]
		if one := must(t, "catalog", kind, name); strings.Count(one, "\n") < 2 {
			t.Errorf("catalog %s %s: got %s", kind, name, one)
		}
		var all []map[string]any
		if err := json.Unmarshal([]byte(must(t, "catalog", kind, "--format", "json")), &all); err != nil || len(all) == 0 {
			t.Errorf("catalog %s: got %d, %v", kind, len(all), err)
		}
		var one map[string]any
		if err := json.Unmarshal([]byte(must(t, "catalog", kind, name, "--format", "json")), &one); err != nil {
			t.Errorf("catalog %s %s: %v", kind, name, err)
		}
	}
	var all catalogs.Listing
	if err := json.Unmarshal([]byte(must(t, "catalog", "--format", "json")), &all); err != nil || len(all.Rules) == 0 {
		t.Errorf("got %d rules, %v", len(all.Rules), err)
	}
}

func TestCatalogSays(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"services gke":                    {"h100 ", "a3-megagpu-8g"},
		"gpus H100":                       {"eks ", "p5.48xlarge", "efa"},
		"options scheduler":               {"scheduler\n", "TAKES ", "none, kai, kueue"},
		"components kueue":                {"oci://registry.k8s.io/kueue/charts", "kueue-system"},
		"releases gpu-operator":           {"v25.10.1", "v26.7.0", "1.33 - 1.36", "driver 595.91.07"},
		"rules driver-packages":           {"SEVERITY", "bundle"},
		"rules recipe-key-ignored":        {"MESSAGE         ip_range is about", "WHAT TO DO      name network-operator in bundlers"},
		"kubernetes":                      {"1.34 ", "aws-dranet"},
		"kubernetes 1.34":                 {"NEWEST RELEASE", "v26.7.0", "aws-dranet                  -"},
		"gaps":                            {"service=gke,gpu=l40 ", "service gke has no gpu l40; it has", "k8s=1.31,gpu=gb200 "},
		"gaps service=openshift":          {"WHY THERE IS NO RECIPE", "OperatorHub"},
		"options rdma":                    {"DEFAULT   false", "READ BY   gpu-operator, network-operator"},
		"services --format json":          {`"service": "eks"`},
		"gpus gb200 --format json":        {`"offers": [`, `"service": "gke"`},
		"components --format=json":        {`"requires": []`, `"optional": true`},
		"options scheduler --format=json": {`"key": "K8s/config/scheduler"`},
	}
	for args, texts := range tests {
		printed := must(t, append([]string{"catalog"}, strings.Fields(args)...)...)
		for _, text := range texts {
			if !strings.Contains(printed, text) {
				t.Errorf("catalog %s: no %q in:\n%s", args, text, printed)
			}
		}
	}
}

func TestCatalogMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"gpu":              {`the catalog has no "gpu", but services,`, `did you mean "gpus"?`},
		"services ekss":    {`the catalog has no "ekss" under services`, `did you mean "eks"?`},
		"gpus h100 h200":   {`unexpected argument "h200"`},
		"gpus --format ym": {`--format: got "ym", want table, json or yaml`},
	}
	for args, texts := range tests {
		run(t, append([]string{"catalog"}, strings.Fields(args)...)...).check(t, cli.ExitUsage, texts...)
	}
	run(t, "catalog", "--catalog", "no-such-file").check(t, cli.ExitFailure, "--catalog: ", "no-such-file")
}

func TestCatalogCompletion(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{"": "gpus\n", "gpus ": "h100\n", "releases ": "kueue\n"} {
		if printed := run(t, append(append([]string{"__complete", "catalog"}, strings.Fields(args)...), "")...).stdout; !strings.Contains(printed, want) {
			t.Errorf("catalog %s: got %s", args, printed)
		}
	}
}
