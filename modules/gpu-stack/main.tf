# What should run on the cluster. A function, unlike a data source, is known when the
# plan is made even if this module depends on something that changes.
locals {
  recipe = provider::eidos::recipe({
    service            = var.service
    os                 = var.os
    os_version         = var.os_version
    kernel_version     = var.kernel_version
    gpu                = var.gpu
    intent             = var.intent
    kubernetes_version = var.kubernetes_version
    snapshot           = var.snapshot
    overlays           = var.overlays
    catalog            = var.catalog
    options            = var.options
    releases           = var.releases
    driver_version     = var.driver_version
    allow_uncovered    = var.allow_uncovered
    ignore_findings    = var.apply_definitions ? setunion(var.ignore_recipe_findings, ["installed-definitions"]) : var.ignore_recipe_findings
  })
}

check "recipe" {
  assert {
    condition     = length(local.recipe.findings) == 0
    error_message = join("\n", concat([for f in local.recipe.findings : "${f.rule}: ${f.message}"], ["To leave one out, name its rule in ignore_recipe_findings."]))
  }
}

# What installs it, checked against the charts.
resource "eidos_bundle" "this" {
  recipe           = local.recipe.json
  bundlers         = var.components
  existing         = var.existing
  snapshot         = var.snapshot
  overrides        = var.overrides
  object_overrides = var.object_overrides
  namespaces       = var.namespaces
  placement        = var.placement
  registry         = var.registry
  ignore_findings  = var.apply_definitions ? setunion(var.ignore_findings, ["definitions-not-upgraded"]) : var.ignore_findings
}

locals {
  components = eidos_bundle.this.components

  # By namespace, the Namespace, which components may share.
  namespaces = {
    for namespace, manifests in {
      for c in local.components : c.namespace => c.manifests["manifests/namespace.yaml"]... if contains(keys(c.manifests), "manifests/namespace.yaml")
    } : namespace => manifests[0]
  }

  # By component and time, the other manifests that are due.
  manifests = {
    for name, c in local.components : name => {
      for time in ["before_chart", "after_chart", "after_ready"] : time => {
        for path, manifest in c.manifests : path => manifest if c.apply_order[path] == time && path != "manifests/namespace.yaml"
      }
    }
  }

  # By component, what Helm gets: where the definitions are applied here, the chart's own
  # job for them is off, unless an override turns it on.
  values = { for name, c in local.components : name => compact([var.apply_definitions ? try(c.definitions.values, "") : "", c.values]) }

  # By component, the object that says whether it is up.
  ready = { for name, c in local.components : name => c.ready }
}

resource "eidos_manifests" "namespaces" {
  manifests       = local.namespaces
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }
}
