provider "eidos" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = "gpu-cluster"
  }
}

data "eidos_recipe" "training" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "training" {
  recipe = data.eidos_recipe.training.json
}

locals {
  # Of each component the manifests to apply at one time, by component and path.
  manifests = { for order in ["before_chart", "after_chart", "after_ready"] : order => merge([
    for name, c in eidos_bundle.training.components : {
      for path, manifest in c.manifests : "${name}/${path}" => manifest if c.apply_order[path] == order
    }
  ]...) }
}

# Namespaces and what the charts read. The releases depend on it.
resource "eidos_manifests" "before" {
  manifests = local.manifests["before_chart"]
}

# Custom resources, once the operator that serves them runs. It depends on the
# releases: depends_on = [helm_release.base, helm_release.dependent]
resource "eidos_manifests" "after" {
  manifests = local.manifests["after_chart"]
  wait_for = [{
    api_version = "apps/v1"
    kind        = "Deployment"
    namespace   = eidos_bundle.training.components["network-operator"].namespace
    name        = "network-operator"
  }]
}

# What needs the operators to have done their work.
resource "eidos_manifests" "networks" {
  manifests = local.manifests["after_ready"]
  wait_for = [{
    api_version = "mellanox.com/v1alpha1"
    kind        = "NicClusterPolicy"
    name        = "nic-cluster-policy"
  }]
  timeouts = { create = "30m", update = "30m" }

  depends_on = [eidos_manifests.after]
}
