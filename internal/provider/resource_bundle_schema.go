// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

func (r *bundleResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := r.inputAttributes()
	maps.Copy(attributes, bundleResults())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Turns a recipe into Helm values, manifests, scripts and checksums that fit the pinned releases of the charts. " +
			"The plan shows all of it; `output_dir` puts it on disk as well.",
		Attributes: attributes,
	}
}

func (r *bundleResource) inputAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"recipe": requiredText("A recipe document as JSON or YAML text, usually `data.eidos_recipe.<name>.json`, which keeps plans short."),
		"output_dir": optionalText("Directory to write the bundle to, relative to the working directory of Terraform. " +
			"It must be missing, empty, or belong to a bundle; `.gitkeep`, `.gitignore` and `.DS_Store` do not count. The path is not expanded: for a home directory write `pathexpand(\"~/x\")`. If it is omitted, nothing is written: leave it unset on CI runners and use the attributes."),
		"bundlers": optionalSet("Components to render: " + codeList(r.engine.renderer.Bundlers()) + ". " +
			"Defaults to those that the platform needs. Set it when `recipe` is not known until apply, so that the keys of `components` are known at plan."),
		"existing": optionalSet("Components that the cluster has already, installed by somebody else: they are not rendered, and what requires them finds them there. " +
			"A component is in `bundlers` or in `existing`, not in both."),
		"snapshot": optionalText("A snapshot of the cluster, usually `data.eidos_snapshot.<name>.yaml`. It changes no file. A component in `existing` that it does not show is an error, and so is a component to install that it shows under another Helm release, or without one. What it says nothing about is not checked. " +
			"A new text with the same outcome as the one in the state is not a change."),
		"overrides": optionalMap("Helm values per component, as a YAML mapping, merged last: maps are merged deeply, lists are replaced, and null is kept. " +
			"A key that the chart does not have is an error. Not for secrets: rendered values are plain text in plan, state and files, also those of a sensitive value, because Terraform does not tell a provider what is sensitive."),
		"object_overrides": optionalMap("Fields to set in objects next to a chart. A key is `COMPONENT/MANIFEST`, such as `network-operator/nicclusterpolicy` for `manifests/nicclusterpolicy.yaml`; its value is a YAML mapping that is merged over the object: maps are merged deeply, lists are replaced, and null removes a field. " +
			"It is checked against the definition of the object, and cannot change which object it is. What the chart itself creates (`chart_manifests`) follows `overrides`. Not for secrets."),
		"namespaces": optionalMap("Namespace per component. Defaults to the one that the chart's documentation uses."),
		"releases": optionalMap("Release per component that `recipe` will have. It chooses nothing: use `releases` of `eidos_recipe` for that. A recipe with another release is an error. " +
			"Together with `bundlers`, it makes `components[*].version`, which `helm_release` needs, known at plan while `recipe` is not, and so the `chart` and `repository` of a chart that has moved between releases."),
		"placement": placementAttribute(),
		"registry":  registryAttribute(),
		"formats": optionalSet("Forms of the files: any of " + codeList(bundle.Formats()) + ", each a folder of its own with the same pins, values and order. Defaults to `scripts`. " +
			"It changes `files` and `sha256`, but not `components`."),
		"gitops":          gitopsAttribute(),
		"ignore_findings": optionalSet("Rules to ignore, by name, or `RULE:PATH` for one place: an error becomes a warning, a warning is silenced. `component-removed:NAME` lets a component go that the recipe no longer asks for."),
	}
}

func bundleResults() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"components": schema.MapNestedAttribute{
			Computed: true,
			MarkdownDescription: "The rendered components by name, for `for_each` of `helm_release` over those that have a `release_name`. " +
				"The values are the same with and without `output_dir`.",
			NestedObject: componentObject(),
		},
		"node_settings": computedMap("Files with what the recipe asks of the nodes themselves, for user data of node pools. A key is the path below `/etc`, such as `sysctl.d/90-eidos.conf`; `kernel-arguments` is a line for the boot loader instead. " +
			"Empty if the node image takes no files. In `output_dir` they are below `node/`, whose README gives the reasons and lists what is left out."),
		"files":  computedMap("The files below `output_dir`: relative path = SHA-256 in hex. A missing or edited file shows as a change. Null without `output_dir`."),
		"sha256": computedText("SHA-256 over paths and contents of all files, in hex, the same with or without `output_dir`."),
		"findings": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "Doubtful combinations; a warning of the plan lists them.",
			NestedObject:        findingObject(),
		},
	}
}

func findingObject() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"rule":      computedText("Name of the rule, for `ignore_findings`."),
		"component": computedText("Component that it is about. Empty if it is about the recipe."),
		"path":      computedText("Recipe key or Helm value it is about."),
		"message":   computedText("What was found, why it matters and what to do."),
	}}
}

func componentObject() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"chart":           computedText("Name of the Helm chart. Null for a component that has only `manifests`, and so are `repository`, `release_name`, `values` and `values_sha256`: a `for_each` of `helm_release` leaves out what has no `release_name`."),
		"repository":      computedText("URL of the chart's repository; one that begins with `oci://` is a registry."),
		"version":         computedText("Version of the chart, as its repository writes it; without a chart, the version of the images."),
		"namespace":       computedText("Namespace to install into."),
		"release_name":    computedText("Name of the Helm release."),
		"values":          computedText("Helm values as JSON, which is YAML, so that a plan shows only the values that change. Without the comments of the file `values.yaml`: a reworded comment never upgrades a release."),
		"values_sha256":   computedText("SHA-256 of `values`, in hex."),
		"manifests":       computedMap("Objects to apply next to the chart: YAML by path."),
		"apply_order":     computedMap("When to apply each of `manifests`, by path: `before_chart`, `after_chart` or `after_ready` (once the component's custom resource among them reports `status.state` ready). Of `before_chart`, `manifests/namespace.yaml` is the Namespace, which comes first."),
		"chart_manifests": computedMap("Objects that the chart itself creates from `values`, for review: JSON by path, of which plans show only what changes. Never apply them. The files in `output_dir` hold them as YAML."),
		"images":          schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "References of all images that nodes pull for the component, including those of operands and init containers. If a driver's image depends on the version of the operating system and the recipe does not set it, those of all versions."},
		"requires":        schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Components of this bundle to install first."},
		"wave":            schema.Int64Attribute{Computed: true, MarkdownDescription: "When to install: higher than the waves of all components that this one may require, and the same in every bundle."},
		"ready": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "The object whose `status.state` shows that the component is up, for `wait_for` of `eidos_manifests`. Empty if the chart's workloads, which Helm waits for, show it.",
			NestedObject:        readyObject(),
		},
		"definitions": schema.SingleNestedAttribute{
			Computed: true,
			MarkdownDescription: "Custom resource definitions in the chart's folder `crds/` that the values ask for, which Helm installs once and never upgrades. Pass them to `definitions` of `eidos_manifests`. " +
				"Null if the chart has none, or if its own job, which cannot be turned off, applies them.",
			Attributes: map[string]schema.Attribute{
				"repository": computedText("As `repository` of the component."),
				"chart":      computedText("As `chart` of the component."),
				"version":    computedText("As `version` of the component."),
				"names":      schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Names of the definitions."},
				"values":     computedText("Helm values as JSON that turn off the chart's own job for them. Pass them to Helm before `values` if something else applies the definitions. Empty if the chart has no such job."),
			},
		},
		"prerequisites": schema.ListNestedAttribute{
			Computed:            true,
			MarkdownDescription: "What has to be done before the component is installed and cannot be done by values or manifests: settings of node pools, drivers of the image, definitions to upgrade.",
			NestedObject:        prerequisiteObject(),
		},
	}}
}

func readyObject() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"api_version": computedText("API version."),
		"kind":        computedText("Kind, which is not namespaced."),
		"name":        computedText("Its name."),
		"after":       computedText("Component of this bundle, installed later, without which the object never becomes ready. Empty for none."),
	}}
}

func prerequisiteObject() schema.NestedAttributeObject {
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"title":   computedText("What it is about."),
		"text":    computedText("What to do, and why."),
		"command": computedText("Shell command that does it, with words in capitals to fill in. Empty if there is none."),
	}}
}
