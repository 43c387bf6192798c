// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/provider"
)

// planner calls the provider as Terraform does, without Terraform.
type planner struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	object tftypes.Object // the type of an eidos_bundle
}

func newPlanner(t *testing.T) planner {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("test", "")())()
	if err != nil {
		t.Fatal(err)
	}
	object, ok := schemas(t)["eidos_bundle"].ValueType().(tftypes.Object)
	if !ok {
		t.Fatal("the type of eidos_bundle is not an object")
	}
	return planner{t: t, server: server, object: object}
}

// create plans the creation of a bundle with these attributes; the others are
// null. It returns the planned attributes and the errors.
func (p planner) create(attributes map[string]tftypes.Value) (map[string]tftypes.Value, []string) {
	p.t.Helper()
	config := map[string]tftypes.Value{}
	proposed := map[string]tftypes.Value{}
	for name, typ := range p.object.AttributeTypes {
		config[name] = tftypes.NewValue(typ, nil)
		proposed[name] = config[name]
		if slices.Contains([]string{"components", "files", "sha256", "findings"}, name) {
			proposed[name] = tftypes.NewValue(typ, tftypes.UnknownValue)
		}
	}
	maps.Copy(config, attributes)
	maps.Copy(proposed, attributes)
	response, err := p.server.PlanResourceChange(context.Background(), &tfprotov6.PlanResourceChangeRequest{
		TypeName:         "eidos_bundle",
		PriorState:       p.dynamic(tftypes.NewValue(p.object, nil)),
		ProposedNewState: p.dynamic(tftypes.NewValue(p.object, proposed)),
		Config:           p.dynamic(tftypes.NewValue(p.object, config)),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	var errs []string
	for _, d := range response.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			errs = append(errs, d.Attribute.String()+": "+d.Summary+": "+d.Detail)
		}
	}
	planned, err := response.PlannedState.Unmarshal(p.object)
	if err != nil {
		p.t.Fatal(err)
	}
	result := map[string]tftypes.Value{}
	if err := planned.As(&result); err != nil {
		p.t.Fatal(err)
	}
	return result, errs
}

func (p planner) dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	d, err := tfprotov6.NewDynamicValue(p.object, v)
	if err != nil {
		p.t.Fatal(err)
	}
	return &d
}

// knowledge describes what a plan knows: for each computed attribute "known",
// "unknown" or "null", for components their keys with the known attributes.
func knowledge(t *testing.T, planned map[string]tftypes.Value) map[string]string {
	t.Helper()
	result := map[string]string{}
	for _, name := range []string{"components", "files", "sha256", "findings"} {
		result[name] = state(planned[name])
	}
	if result["components"] == "unknown" || planned["components"].IsFullyKnown() {
		return result
	}
	components := map[string]tftypes.Value{}
	if err := planned["components"].As(&components); err != nil {
		t.Fatal(err)
	}
	for name, component := range components {
		attributes := map[string]tftypes.Value{}
		if err := component.As(&attributes); err != nil {
			t.Fatal(err)
		}
		var known []string
		for attribute, value := range attributes {
			if value.IsFullyKnown() {
				known = append(known, attribute)
			}
		}
		slices.Sort(known)
		result["components."+name] = strings.Join(known, " ")
	}
	return result
}

func state(v tftypes.Value) string {
	switch {
	case !v.IsKnown():
		return "unknown"
	case v.IsNull():
		return "null"
	default:
		return "known"
	}
}

// TestWhatAPlanKnows is the matrix of known, unknown and null inputs.
func TestWhatAPlanKnows(t *testing.T) {
	t.Parallel()
	text, stringSet, stringMap := tftypes.String, tftypes.Set{ElementType: tftypes.String}, tftypes.Map{ElementType: tftypes.String}
	str := func(s string) tftypes.Value { return tftypes.NewValue(text, s) }
	unknown := func(typ tftypes.Type) tftypes.Value { return tftypes.NewValue(typ, tftypes.UnknownValue) }
	set := func(values ...tftypes.Value) tftypes.Value { return tftypes.NewValue(stringSet, values) }
	one := func(key string, value tftypes.Value) tftypes.Value {
		return tftypes.NewValue(stringMap, map[string]tftypes.Value{key: value})
	}
	object := func(attributes map[string]tftypes.Type) tftypes.Object {
		return tftypes.Object{AttributeTypes: attributes}
	}
	toleration := object(map[string]tftypes.Type{"key": text, "operator": text, "value": text, "effect": text})
	poolType := object(map[string]tftypes.Type{"node_selector": stringMap, "tolerations": tftypes.List{ElementType: toleration}})
	placementType := object(map[string]tftypes.Type{"system": poolType, "gpu": poolType, "storage_class": text})
	registryType := object(map[string]tftypes.Type{
		"mirror": text, "pull_secrets": tftypes.List{ElementType: text}, "chart_repositories": stringMap,
		"packages": object(map[string]tftypes.Type{"gpu_config_map": text, "doca_config_map": text, "cert_config_map": text}),
	})
	both := set(str("gpu-operator"), str("network-operator"))
	known := str(testRecipe(t))

	everything := map[string]string{"components": "known", "files": "null", "sha256": "known", "findings": "known"}
	nothing := map[string]string{"components": "unknown", "files": "null", "sha256": "unknown", "findings": "unknown"}
	outline := func(network string) map[string]string {
		return map[string]string{
			"components": "known", "files": "null", "sha256": "unknown", "findings": "unknown",
			"components.gpu-operator":     "chart namespace release_name repository requires wave",
			"components.network-operator": network,
		}
	}
	const all = "chart namespace release_name repository requires wave"
	const complete = "apply_order chart chart_manifests definitions images manifests namespace prerequisites ready release_name repository requires values values_sha256 version wave"
	// rendered is what a known recipe leaves known next to an unknown input.
	rendered := func(gpu, network string) map[string]string {
		return map[string]string{
			"components": "known", "files": "null", "sha256": "unknown", "findings": "unknown",
			"components.gpu-operator": gpu, "components.network-operator": network,
		}
	}
	outlineOfOne := outline(all)
	delete(outlineOfOne, "components.gpu-operator")
	const versioned = "chart namespace release_name repository requires version wave"
	alone := func(dra string) map[string]string {
		return map[string]string{"components": "known", "files": "null", "sha256": "unknown", "findings": "unknown", "components.nvidia-dra-driver-gpu": dra}
	}
	with := func(base map[string]string, key, value string) map[string]string {
		changed := maps.Clone(base)
		changed[key] = value
		return changed
	}

	for name, tt := range map[string]struct {
		attributes map[string]tftypes.Value
		want       map[string]string
	}{
		"known recipe":                    {map[string]tftypes.Value{"recipe": known}, everything},
		"known recipe, known directory":   {map[string]tftypes.Value{"recipe": known, "output_dir": str(t.TempDir() + "/out")}, with(everything, "files", "known")},
		"known recipe, unknown directory": {map[string]tftypes.Value{"recipe": known, "output_dir": unknown(text)}, with(everything, "files", "unknown")},
		"known recipe, everything set": {map[string]tftypes.Value{
			"recipe": known, "bundlers": both, "overrides": one("gpu-operator", str("nfd: {enabled: false}")),
			"namespaces": one("gpu-operator", str("gpus")), "ignore_findings": set(str("eos-release")),
		}, everything},

		"unknown recipe":                     {map[string]tftypes.Value{"recipe": unknown(text)}, nothing},
		"unknown recipe and directory":       {map[string]tftypes.Value{"recipe": unknown(text), "output_dir": unknown(text)}, with(nothing, "files", "unknown")},
		"unknown recipe, known directory":    {map[string]tftypes.Value{"recipe": unknown(text), "output_dir": str("out")}, with(nothing, "files", "unknown")},
		"unknown recipe, bundlers":           {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both}, outline(all)},
		"unknown recipe, unknown bundlers":   {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": unknown(stringSet)}, nothing},
		"unknown recipe, an unknown bundler": {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": set(str("gpu-operator"), unknown(text))}, nothing},
		"unknown recipe, namespaces":         {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "namespaces": one("network-operator", str("net"))}, outline(all)},
		"unknown recipe, releases": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "releases": one("network-operator", str("26.4.1"))},
			outline(versioned),
		},
		"unknown recipe, a chart that moved": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": set(str("nvidia-dra-driver-gpu"))},
			alone("namespace release_name requires wave"),
		},
		"unknown recipe, the release of a chart that moved": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": set(str("nvidia-dra-driver-gpu")), "releases": one("nvidia-dra-driver-gpu", str("0.4.1"))},
			alone(versioned),
		},
		"unknown recipe, a release that may differ": {map[string]tftypes.Value{
			"recipe": unknown(text), "bundlers": both, "releases": one("network-operator", str("26.4.1")), "ignore_findings": set(unknown(text)),
		}, outline(all)},
		"unknown recipe, an unknown release":    {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "releases": one("network-operator", unknown(text))}, nothing},
		"unknown recipe, releases, no bundlers": {map[string]tftypes.Value{"recipe": unknown(text), "releases": one("network-operator", str("26.4.1"))}, nothing},
		"known recipe, an unknown release":      {map[string]tftypes.Value{"recipe": known, "releases": one("network-operator", unknown(text))}, nothing},
		"known recipe, releases":                {map[string]tftypes.Value{"recipe": known, "releases": one("network-operator", str("v26.4.1"))}, everything},
		"unknown recipe, an unknown override":   {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "overrides": one("gpu-operator", unknown(text))}, outline(all)},
		"unknown recipe, an unknown namespace": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "namespaces": one("network-operator", unknown(text))},
			outline("chart release_name repository requires wave"),
		},
		"unknown recipe, unknown namespaces": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "namespaces": unknown(stringMap)},
			with(outline("chart release_name repository requires wave"), "components.gpu-operator", "chart release_name repository requires wave"),
		},

		"unknown recipe, existing":              {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": set(str("network-operator")), "existing": set(str("gpu-operator"))}, outlineOfOne},
		"unknown recipe, an unknown existing":   {map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "existing": set(unknown(text))}, nothing},
		"known recipe, existing":                {map[string]tftypes.Value{"recipe": known, "existing": set(str("network-operator"))}, everything},
		"known recipe, unknown existing":        {map[string]tftypes.Value{"recipe": known, "existing": unknown(stringSet)}, nothing},
		"known recipe, an unknown existing one": {map[string]tftypes.Value{"recipe": known, "existing": set(str("network-operator"), unknown(text))}, nothing},

		"known recipe, unknown bundlers":             {map[string]tftypes.Value{"recipe": known, "bundlers": unknown(stringSet)}, nothing},
		"known recipe, an unknown bundler":           {map[string]tftypes.Value{"recipe": known, "bundlers": set(str("gpu-operator"), unknown(text))}, nothing},
		"known recipe, unknown overrides":            {map[string]tftypes.Value{"recipe": known, "overrides": unknown(stringMap)}, rendered(versioned, versioned)},
		"known recipe and bundlers, unknown values":  {map[string]tftypes.Value{"recipe": known, "bundlers": both, "overrides": unknown(stringMap)}, rendered(versioned, versioned)},
		"known recipe, an unknown override":          {map[string]tftypes.Value{"recipe": known, "overrides": one("network-operator", unknown(text))}, rendered(complete, versioned)},
		"known recipe, an override that others read": {map[string]tftypes.Value{"recipe": known, "overrides": one("gpu-operator", unknown(text))}, rendered(versioned, versioned)},
		"known recipe and directory, an unknown override": {
			map[string]tftypes.Value{"recipe": known, "output_dir": str(t.TempDir() + "/out"), "overrides": one("network-operator", unknown(text))},
			with(rendered(complete, versioned), "files", "unknown"),
		},
		"known recipe, an unknown object": {
			map[string]tftypes.Value{"recipe": known, "object_overrides": one("network-operator/nicclusterpolicy", unknown(text))},
			rendered(complete, "chart definitions namespace prerequisites release_name repository requires values values_sha256 version wave"),
		},
		"known recipe, unknown objects": {
			map[string]tftypes.Value{"recipe": known, "object_overrides": unknown(stringMap)},
			rendered("chart definitions namespace prerequisites release_name repository requires values values_sha256 version wave", "chart definitions namespace prerequisites release_name repository requires values values_sha256 version wave"),
		},
		"known recipe, an unknown namespace": {
			map[string]tftypes.Value{"recipe": known, "namespaces": one("gpu-operator", unknown(text))},
			rendered("chart definitions prerequisites release_name repository requires values values_sha256 version wave", complete),
		},
		"known recipe, unknown namespaces": {
			map[string]tftypes.Value{"recipe": known, "namespaces": unknown(stringMap)},
			rendered("chart definitions prerequisites release_name repository requires values values_sha256 version wave", "chart definitions prerequisites release_name repository requires values values_sha256 version wave"),
		},
		"known recipe, unknown placement": {map[string]tftypes.Value{"recipe": known, "placement": unknown(placementType)}, rendered(versioned, versioned)},
		"known recipe, a placement that is partly unknown": {
			map[string]tftypes.Value{"recipe": known, "placement": tftypes.NewValue(placementType, map[string]tftypes.Value{
				"system": tftypes.NewValue(poolType, nil), "gpu": tftypes.NewValue(poolType, nil), "storage_class": unknown(text),
			})},
			rendered(versioned, versioned),
		},
		"known recipe, unknown registry": {
			map[string]tftypes.Value{"recipe": known, "registry": unknown(registryType)},
			rendered("chart namespace release_name requires version wave", "chart namespace release_name requires version wave"),
		},
		"unknown recipe, unknown registry": {
			map[string]tftypes.Value{"recipe": unknown(text), "bundlers": both, "registry": unknown(registryType)},
			with(outline("chart namespace release_name requires wave"), "components.gpu-operator", "chart namespace release_name requires wave"),
		},
		"known recipe, formats":           {map[string]tftypes.Value{"recipe": known, "formats": set(str("flux"))}, everything},
		"known recipe, unknown formats":   {map[string]tftypes.Value{"recipe": known, "formats": unknown(stringSet)}, with(with(everything, "sha256", "unknown"), "findings", "unknown")},
		"known recipe, an unknown format": {map[string]tftypes.Value{"recipe": known, "formats": set(str("flux"), unknown(text))}, with(with(everything, "sha256", "unknown"), "findings", "unknown")},
		"known recipe, unknown ignores":   {map[string]tftypes.Value{"recipe": known, "ignore_findings": unknown(stringSet)}, with(everything, "findings", "unknown")},
		"known recipe, an unknown ignore": {map[string]tftypes.Value{"recipe": known, "ignore_findings": set(unknown(text))}, with(everything, "findings", "unknown")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned, errs := newPlanner(t).create(tt.attributes)
			if len(errs) > 0 {
				t.Fatalf("errors: %q", errs)
			}
			if diff := cmp.Diff(tt.want, knowledge(t, planned)); diff != "" {
				t.Errorf("the plan knows (-want +got):\n%s", diff)
			}
			for name, value := range tt.attributes {
				if !planned[name].Equal(value) {
					t.Errorf("%s was changed from %s to %s", name, value, planned[name])
				}
			}
		})
	}
}

// TestWrongBundlersAreFoundWithoutARecipe: what can be checked is checked.
func TestWrongBundlersAreFoundWithoutARecipe(t *testing.T) {
	t.Parallel()
	_, errs := newPlanner(t).create(map[string]tftypes.Value{
		"recipe":   tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		"bundlers": tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, []tftypes.Value{tftypes.NewValue(tftypes.String, "gpu")}),
	})
	if len(errs) != 1 || !strings.Contains(errs[0], `AttributeName("bundlers")`) || !strings.Contains(errs[0], "gpu-operator") {
		t.Errorf("got errors %q, want one on bundlers that names gpu-operator", errs)
	}
}

// testRecipe is the text of a recipe whose default bundlers are both operators.
func testRecipe(t *testing.T) string {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	result, err := catalog.Build(t.Context(), recipe.Request{Query: document.Query{OS: "ubuntu", Service: "aks", GPU: "h100", Intent: "training", K8s: "1.34"}})
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := result.Recipe.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return string(yaml)
}
