// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

func (d *recipeDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"context": optionalFlag("Keep the texts that explain the values. They become comments in a bundle's `values.yaml` and reasons in its README. " +
			"Defaults to `false`."),
		"snapshot": optionalText("A snapshot document, usually `data.eidos_snapshot.<name>.yaml`, from which the query is taken. " +
			"Attributes that are set explicitly override it."),
		"overlays": optionalList("Your own overlays, as YAML or JSON text, applied in list order after those of the catalog, so yours win. "+
			"Each is one overlay (`name`, `key`, `when`, `types`, `constraints`) or a mapping with a list of them under `overlays`.",
			listvalidator.NoNullValues()),
		"catalog": optionalText("A complete catalog as YAML text (`base`, `overlays`, `platforms`) that replaces the embedded one."),
		"options": optionalMap("Options by name, above every overlay: " + d.optionNames() + ". Bools are `true` or `false`. Null values are ignored."),
		"releases": optionalMap("Chart release to pin per component, such as `{ gpu-operator = \"v26.3.3\" }`, instead of the newest that supports the Kubernetes version. " +
			"The tags and the driver that belong to it follow. Null values are ignored."),
		"driver_version":  optionalText("Version of the GPU driver, such as `580.126.20`, or the branch of precompiled drivers, such as `580`. Defaults to the one that the GPU Operator's release installs.", stated()),
		"ignore_findings": ignoreFindingsAttribute(),
		"allow_uncovered": optionalFlag("Accept an operating system, service, GPU or intent, or a combination of them, that no data covers. " +
			"It is then a warning instead of an error. Defaults to `false`."),
	}
	for _, a := range queryAttributes() {
		attributes[a.name] = optionalText(a.description+" "+d.validValues(a)+"If omitted, it is taken from `snapshot`, if given. `any` leaves it open regardless of the snapshot.", stated())
	}
	maps.Copy(attributes, recipeResults())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Merges everything known about a kind of cluster into a recipe: the versions and settings that fit each other there. " +
			"A combination that no data covers is an error, not a guess.",
		Attributes: attributes,
	}
}

func recipeResults() map[string]schema.Attribute {
	request := computedQueryAttributes()
	request["context"] = schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the recipe keeps the texts that explain its values."}
	return map[string]schema.Attribute{
		"request": schema.SingleNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The effective query: what was set here, completed by the snapshot.",
			Attributes:          request,
		},
		"matched_rules": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "The overlays that were applied, in order, such as `service=eks,gpu=h100`. Your own begin with `user:`.",
		},
		"measurements": measurementsAttribute("The recipe's values: type > subtype > key."),
		"provenance":   computedMap("Which layer set each value: `K8s/image/driver` = `base` or the name of an overlay in `matched_rules`."),
		"yaml":         computedText("The recipe document as canonical YAML, for people, files and `eidos_bundle`."),
		"json": computedText("The same document as JSON whose measurements are one map, from paths such as `K8s/image/driver`; `contexts` holds their texts. Given to `eidos_bundle` it makes the same bundle, " +
			"and plans are short: Terraform shows only the keys of a JSON text that change, but every line of a YAML text."),
		"sha256":   computedText("SHA-256 of `yaml`, in hex."),
		"findings": recipeFindingsAttribute("What is doubtful about the recipe. The plan shows all findings in one warning."),
	}
}

// optionNames describes the options, each with its values.
func (d *recipeDataSource) optionNames() string {
	catalog, err := d.engine.catalog()
	if err != nil {
		return "" // Read reports it
	}
	options, err := catalog.Options()
	if err != nil {
		return ""
	}
	texts := make([]string, len(options))
	for i, k := range options {
		texts[i] = "`" + k.Name() + "`"
		if values := k.Values(); values != nil && k.Type != component.Bool {
			texts[i] += " (" + codeList(values) + ")"
		}
	}
	return strings.Join(texts, ", ")
}

// validValues names the values that the embedded catalog knows, with a blank
// behind; versions have none.
func (d *recipeDataSource) validValues(a queryAttribute) string {
	catalog, err := d.engine.catalog()
	if err != nil {
		return "" // Read reports it
	}
	values := catalog.Values(a.field)
	if len(values) == 0 {
		return ""
	}
	return "Valid values: " + codeList(values) + ", and those that an overlay adds. "
}
