# What a plan of GPU stacks must fulfil. Input is `terraform show -json` of a plan, and
# policy.json says what is accepted.
package eidos

# Bundles as they will be. One whose recipe is known only after apply cannot be judged.
bundles contains r if {
	some r in input.resource_changes
	r.type == "eidos_bundle"
	r.change.after != null
}

# The recipe of a bundle, whoever made it: a data source, the function or a file.
recipe(bundle) := json.unmarshal(bundle.change.after.recipe)

# Recipes by data sources say which layer set each value.
sources contains r if {
	some whole in [object.get(input, "prior_state", {}), object.get(input, "planned_values", {})]
	walk(whole, [_, r])
	r.type == "eidos_recipe"
	r.mode == "data"
}

deny contains sprintf("%s is known only after apply: plan it where it is known", [b.address]) if {
	some b in bundles
	some attribute in ["components", "findings", "recipe"]
	object.get(object.get(b.change, "after_unknown", {}), attribute, false) == true
}

# Findings: each is fixed, or accepted here.
deny contains sprintf("%s: %s: %s", [b.address, f.rule, f.message]) if {
	some b in bundles
	some f in b.change.after.findings
	not f.rule in data.policy.accepted_findings
}

# Drivers: of branches that workloads are tested with.
deny contains sprintf("%s: the driver %s is of no branch that is tested: %v", [b.address, driver, data.policy.driver_branches]) if {
	some b in bundles
	driver := recipe(b).measurements["K8s/image/driver"]
	not split(driver, ".")[0] in data.policy.driver_branches
}

# Provenance: values that the catalog does not set are from reviewed overlays.
deny contains sprintf("%s: %s is set by %s, which nobody has reviewed", [r.address, key, layer]) if {
	some r in sources
	some key, layer in r.values.provenance
	startswith(layer, "user:")
	not layer in data.policy.reviewed_overlays
}

# Images: from registries of the site.
deny contains sprintf("%s: %s pulls %s", [b.address, name, image]) if {
	some b in bundles
	some name, component in b.change.after.components
	some image in component.images
	not split(image, "/")[0] in data.policy.registries
}

# Components: none goes without somebody saying so.
deny contains sprintf("%s removes %s", [b.address, name]) if {
	some b in bundles
	some name, _ in object.get(b.change, "before", {}).components
	not b.change.after.components[name]
}
