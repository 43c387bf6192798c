output "components" {
  description = "By component: the chart, its release, the namespace, and what it is installed after."
  value = {
    for name, c in local.components : name => {
      chart     = c.chart
      version   = c.version
      namespace = c.namespace
      requires  = c.requires
      wave      = c.wave
    }
  }
}

output "ready" {
  description = "Whether everything is up, with `status = true`; otherwise null. `eidos_status` of the output `bundle` shows what is not."
  value       = one(data.eidos_status.this[*].ready)
}

output "findings" {
  description = "What is doubtful about the recipe and the bundle."
  value = concat(
    [for f in local.recipe.findings : { rule = f.rule, component = "", path = f.path, message = f.message }],
    [for f in eidos_bundle.this.findings : { rule = f.rule, component = f.component, path = f.path, message = f.message }],
  )
}

output "images" {
  description = "Every image that nodes pull, sorted."
  value       = sort(distinct(flatten([for c in local.components : c.images])))
}

output "node_settings" {
  description = "Files for user data of node pools, by path."
  value       = eidos_bundle.this.node_settings
}

output "prerequisites" {
  description = "By component, what to do first that no chart can do."
  value       = { for name, c in local.components : name => c.prerequisites if length(c.prerequisites) > 0 }
}

output "recipe" {
  description = "The recipe, for `provider::eidos::compare`."
  value       = local.recipe.json
}

output "bundle" {
  description = "What the stack was installed from, for `eidos_status`."
  value       = local.components
}
