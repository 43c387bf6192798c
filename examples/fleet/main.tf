# A fleet: clusters that share a module, and releases that go from stage to stage.
# Plan: 4 to add.
terraform {
  required_version = ">= 1.8"
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

variable "stages" {
  description = "What each stage holds. A release moves on by a change of one line, with a plan of its own."
  type = map(object({
    releases       = optional(map(string), {})
    driver_version = optional(string)
  }))
  default = {
    dev  = {}
    prod = { releases = { gpu-operator = "v26.7.0" } }
  }
}

variable "clusters" {
  description = "The clusters by their names."
  type = map(object({
    stage              = string
    service            = string
    os                 = string
    gpu                = string
    intent             = string
    kubernetes_version = string
  }))
  default = {
    dev-eks     = { stage = "dev", service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34" }
    prod-eks    = { stage = "prod", service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34" }
    prod-gke    = { stage = "prod", service = "gke", os = "cos", gpu = "l4", intent = "inference", kubernetes_version = "1.34" }
    prod-onprem = { stage = "prod", service = "self-managed", os = "ubuntu", gpu = "l40s", intent = "inference", kubernetes_version = "1.33" }
  }
}

module "gpu" {
  source   = "./cluster"
  for_each = var.clusters

  cluster        = each.value
  releases       = var.stages[each.value.stage].releases
  driver_version = var.stages[each.value.stage].driver_version
}

# What should be true of the fleet as a whole. A check that fails is a warning of the
# plan; the module's own conditions fail it.
check "one_release_for_each_stage" {
  assert {
    condition = alltrue([
      for stage in keys(var.stages) :
      length(distinct([for name, c in var.clusters : module.gpu[name].versions["gpu-operator"] if c.stage == stage])) <= 1
    ])
    error_message = "Clusters of one stage run different releases: ${jsonencode({ for name, gpu in module.gpu : name => gpu.versions["gpu-operator"] })}."
  }
}

check "what_prod_runs_was_on_dev" {
  assert {
    condition = length(setsubtract(
      [for name, c in var.clusters : module.gpu[name].versions["gpu-operator"] if c.stage == "prod"],
      [for name, c in var.clusters : module.gpu[name].versions["gpu-operator"] if c.stage == "dev"],
    )) == 0
    error_message = "Prod has a release that no cluster of dev has."
  }
}

output "versions" {
  description = "Chart releases of each cluster."
  value       = { for name, gpu in module.gpu : name => gpu.versions }
}

output "drivers" {
  value = { for name, gpu in module.gpu : name => gpu.driver }
}
