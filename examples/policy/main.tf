# A stack whose plan is checked against a policy before it is applied: eidos.rego for OPA,
# eidos.sentinel for Sentinel.
#
#   terraform plan -out plan.bin && terraform show -json plan.bin > plan.json
#   opa eval --fail-defined --data eidos.rego --data policy.json --input plan.json 'data.eidos.deny[_]'
#
# Plan: 1 to add.
terraform {
  required_version = ">= 1.8"
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

variable "releases" {
  type    = map(string)
  default = {}
}

variable "driver_version" {
  type    = string
  default = null
}

variable "overlays" {
  type    = list(string)
  default = []
}

variable "mirror" {
  type    = string
  default = "registry.example.com"
}

data "eidos_recipe" "training" {
  service            = "eks"
  os                 = "ubuntu"
  os_version         = "24.04"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  releases           = var.releases
  driver_version     = var.driver_version
  overlays           = var.overlays
}

resource "eidos_bundle" "training" {
  recipe   = data.eidos_recipe.training.json
  registry = { mirror = var.mirror, packages = { gpu_config_map = "packages" } }
}
