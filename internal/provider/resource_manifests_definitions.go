// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// storedArchive is the archive of a chart, as it was when it was read first.
type storedArchive struct {
	Source archive.Source `json:"source"`
	Digest string         `json:"digest"`
}

// source is the chart whose definitions are applied, and their names where they are
// not all that are its own; nil for none or one that is not known yet.
func (m *manifestsModel) source(ctx context.Context, diags *diag.Diagnostics) (chart *archive.Source, names []string) {
	if m.Definitions.IsNull() || !fullyKnown(ctx, m.Definitions) {
		return nil, nil
	}
	var d definitionsModel
	diags.Append(m.Definitions.As(ctx, &d, basetypes.ObjectAsOptions{})...)
	source := archive.Source{Repository: d.Repository.ValueString(), Chart: d.Chart.ValueString(), Version: d.Version.ValueString()}
	if err := source.Validate(); err != nil {
		diags.AddAttributeError(path.Root("definitions"), "Invalid Chart", err.Error())
	}
	if !d.Names.IsNull() {
		diags.Append(d.Names.ElementsAs(ctx, &names, false)...)
	}
	return &source, names
}

// applyDefinitions applies those of a chart and remembers its digest. It returns false
// after it added an error.
func (r *manifestsResource) applyDefinitions(ctx context.Context, client *objects.Client, source archive.Source, names []string, list []objects.Object, stored *storedArchive, diags *diag.Diagnostics) bool {
	at := path.Root("definitions")
	read, err := archive.Read(ctx, source)
	if err != nil {
		diags.AddAttributeError(at, "Chart Not Read", err.Error())
		return false
	}
	if stored.Source == source && stored.Digest != read.Digest {
		diags.AddAttributeError(at, "Chart Has Changed", fmt.Sprintf("The archive of %s had the digest %s when it was read first, and now has %s. "+
			"A release that is published does not change: find out who replaced it. To accept it, apply once without definitions.", source, stored.Digest, read.Digest))
		return false
	}
	definitions, err := objects.NewDefinitions(source, read, r.engine.renderer.Components(), names)
	if err != nil {
		diags.AddAttributeError(at, "Definitions Not Read", err.Error())
		return false
	}
	if len(definitions.Missing) > 0 {
		diags.AddAttributeWarning(at.AtName("names"), "Definitions Not Found", fmt.Sprintf("%s does not have these below crds/:\n%s", source, words.Lines(definitions.Missing, mostNames)))
	}
	for _, o := range list {
		if o.IsDefinition() && slices.Contains(definitions.Names(), o.Name) {
			diags.AddAttributeError(path.Root("manifests").AtMapKey(o.Key), "Definition Applied Twice", fmt.Sprintf("%s is one of the definitions of %s: leave out either.", o.ID, source))
			return false
		}
	}
	tflog.Debug(ctx, "Applying definitions", map[string]any{"chart": source.String(), "digest": read.Digest, "definitions": definitions.Names()})
	if err := client.ApplyDefinitions(ctx, definitions); err != nil {
		addObjectErrors(err, diags)
		return false
	}
	*stored = storedArchive{source, read.Digest}
	return true
}

// states returns how special kinds report that they are ready, if anything is waited
// for.
func (r *manifestsResource) states(references []objects.Reference, diags *diag.Diagnostics) []component.State {
	if len(references) == 0 {
		return nil
	}
	states, err := r.engine.renderer.Components().States()
	if err != nil {
		addBug(diags, "Embedded Components Unreadable", err)
	}
	return states
}
