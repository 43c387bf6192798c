data "eidos_recipe" "training" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

# Attributes only: nothing is written, which suits CI runners.
resource "eidos_bundle" "training" {
  recipe = data.eidos_recipe.training.json

  # Helm values of your own, checked against the pinned chart at plan time.
  overrides = {
    "gpu-operator" = yamlencode({
      dcgmExporter = { serviceMonitor = { enabled = true } }
    })
  }
}

# On disk as well: values, manifests, scripts and checksums, for review or GitOps.
resource "eidos_bundle" "files" {
  recipe     = data.eidos_recipe.training.json
  output_dir = "bundle"
}

output "driver" {
  value = yamldecode(eidos_bundle.training.components["gpu-operator"].values).driver.version
}
