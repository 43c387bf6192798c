// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/provider"
)

// TestDocumentsEndWithTheirContext asks the provider to read a document of every
// kind for somebody who is gone.
func TestDocumentsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	const snapshot = "kind: Snapshot\napiVersion: snapshot.dgxc.io/v1\nmeasurements: []\n"
	text := func(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	one := func(s string) tftypes.Value {
		return tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{text(s)})
	}
	of := func(key, s string) tftypes.Value {
		return tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{key: text(s)})
	}
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("nobody waits"))
	for name, tt := range map[string]struct {
		call       func(caller, map[string]tftypes.Value) []*tfprotov6.Diagnostic
		attributes map[string]tftypes.Value
	}{
		"snapshot.document":   {caller.snapshot, map[string]tftypes.Value{"document": text(snapshot)}},
		"recipe.snapshot":     {caller.recipe, map[string]tftypes.Value{"snapshot": text(snapshot)}},
		"recipe.overlays":     {caller.recipe, map[string]tftypes.Value{"overlays": one("key: {gpu: h100}")}},
		"recipe.catalog":      {caller.recipe, map[string]tftypes.Value{"catalog": text("overlays: [{key: {gpu: h100}}]")}},
		"bundle.recipe":       {caller.planBundle, map[string]tftypes.Value{"recipe": text(testRecipe(t))}},
		"bundle.overrides":    {caller.validateBundle, map[string]tftypes.Value{"recipe": unknown, "overrides": of("gpu-operator", "nfd: {enabled: false}")}},
		"manifests.manifests": {caller.validateManifests, map[string]tftypes.Value{"manifests": of("a", "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n")}},
		"bundle.object_overrides": {
			caller.validateBundle, map[string]tftypes.Value{"recipe": unknown, "object_overrides": of("network-operator/nicclusterpolicy", "spec: {}")},
		},
		"recipe function, snapshot": {caller.function, map[string]tftypes.Value{"snapshot": text(snapshot)}},
		"recipe function, overlays": {caller.function, map[string]tftypes.Value{"overlays": one("key: {gpu: h100}")}},
		"recipe function, catalog":  {caller.function, map[string]tftypes.Value{"catalog": text("overlays: [{key: {gpu: h100}}]")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			for _, d := range tt.call(newCaller(ctx, t), tt.attributes) {
				said = append(said, d.Attribute.String()+": "+d.Summary+": "+d.Detail)
			}
			if len(said) != 1 || !strings.Contains(said[0], "nobody waits") || strings.Contains(said[0], "Invalid") {
				t.Errorf("got %q, want the end of the context alone", said)
			}
		})
	}
}

// caller calls the provider as Terraform does, without Terraform.
type caller struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // of all calls
	server tfprotov6.ProviderServer
}

func newCaller(ctx context.Context, t *testing.T) caller {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("1.2.3", testDigest)())()
	if err != nil {
		t.Fatal(err)
	}
	return caller{t, ctx, server}
}

func (c caller) snapshot(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	return c.read("eidos_snapshot", attributes)
}

func (c caller) recipe(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	return c.read("eidos_recipe", attributes)
}

func (c caller) read(name string, attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	config, _ := c.config("data."+name, attributes)
	response, err := c.server.ReadDataSource(c.ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
	if err != nil {
		c.t.Fatal(err)
	}
	return response.Diagnostics
}

func (c caller) validateBundle(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	return c.validate("eidos_bundle", attributes)
}

func (c caller) validateManifests(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	return c.validate("eidos_manifests", attributes)
}

func (c caller) validate(name string, attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	config, _ := c.config(name, attributes)
	response, err := c.server.ValidateResourceConfig(c.ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: config})
	if err != nil {
		c.t.Fatal(err)
	}
	return response.Diagnostics
}

func (c caller) planBundle(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	config, none := c.config("eidos_bundle", attributes)
	response, err := c.server.PlanResourceChange(c.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: "eidos_bundle", PriorState: none, ProposedNewState: config, Config: config,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return response.Diagnostics
}

// function calls the function recipe.
func (c caller) function(attributes map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	types := map[string]tftypes.Type{}
	for name, value := range attributes {
		types[name] = value.Type()
	}
	object := tftypes.Object{AttributeTypes: types}
	given := c.dynamic(tftypes.DynamicPseudoType, tftypes.NewValue(object, attributes))
	response, err := c.server.CallFunction(c.ctx, &tfprotov6.CallFunctionRequest{Name: "recipe", Arguments: []*tfprotov6.DynamicValue{given}})
	if err != nil {
		c.t.Fatal(err)
	}
	if response.Error == nil {
		return nil
	}
	return []*tfprotov6.Diagnostic{{Detail: response.Error.Text}}
}

// config is a configuration with these attributes alone, and one that is null.
func (c caller) config(name string, attributes map[string]tftypes.Value) (config, none *tfprotov6.DynamicValue) {
	object, ok := schemas(c.t)[name].ValueType().(tftypes.Object)
	if !ok {
		c.t.Fatalf("the type of %s is not an object", name)
	}
	all := map[string]tftypes.Value{}
	for attribute, typ := range object.AttributeTypes {
		all[attribute] = tftypes.NewValue(typ, nil)
	}
	maps.Copy(all, attributes)
	return c.dynamic(object, tftypes.NewValue(object, all)), c.dynamic(object, tftypes.NewValue(object, nil))
}

func (c caller) dynamic(typ tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	d, err := tfprotov6.NewDynamicValue(typ, v)
	if err != nil {
		c.t.Fatal(err)
	}
	return &d
}
