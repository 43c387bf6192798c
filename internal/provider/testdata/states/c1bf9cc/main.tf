terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}

data "eidos_recipe" "eks" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

data "eidos_recipe" "aks" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

data "eidos_recipe" "gke" {
  service            = "gke"
  os                 = "cos"
  gpu                = "h100"
  intent             = "inference"
  kubernetes_version = "1.33"
}

data "eidos_recipe" "held" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  kubernetes_version = "1.34"
  releases           = { gpu-operator = "v26.3.3" }
  options            = { mig_strategy = "mixed", gds = true }
  driver_version     = "580.126.20"
}

resource "eidos_bundle" "held" {
  recipe          = data.eidos_recipe.held.json
  releases        = { gpu-operator = "v26.3.3" }
  ignore_findings = ["driver-reload"]
}

resource "eidos_bundle" "attributes" {
  recipe = data.eidos_recipe.eks.json
}

resource "eidos_bundle" "files" {
  recipe     = data.eidos_recipe.eks.json
  output_dir = "out"
}

resource "eidos_bundle" "network" {
  recipe = data.eidos_recipe.aks.yaml
}

resource "eidos_bundle" "cos" {
  recipe = data.eidos_recipe.gke.json
}

resource "eidos_bundle" "overrides" {
  recipe   = data.eidos_recipe.eks.json
  bundlers = ["gpu-operator"]
  overrides = {
    gpu-operator = yamlencode({ driver = { version = "580.126.20", upgradePolicy = { maxParallelUpgrades = 4 } } })
  }
  namespaces = { gpu-operator = "nvidia" }
}

# Stands for helm_release.
resource "terraform_data" "release" {
  for_each         = eidos_bundle.network.components
  input            = { version = each.value.version, values = each.value.values, requires = each.value.requires }
  triggers_replace = [each.value.release_name, each.value.namespace, each.value.chart, each.value.repository]
}
