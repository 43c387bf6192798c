# The stack of one cluster, the same for all of them.
terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

variable "cluster" {
  type = object({
    service            = string
    os                 = string
    gpu                = string
    intent             = string
    kubernetes_version = string
  })
}

variable "releases" {
  type = map(string)
}

variable "driver_version" {
  type = string
}

data "eidos_recipe" "this" {
  service            = var.cluster.service
  os                 = var.cluster.os
  gpu                = var.cluster.gpu
  intent             = var.cluster.intent
  kubernetes_version = var.cluster.kubernetes_version
  releases           = var.releases
  driver_version     = var.driver_version
}

resource "eidos_bundle" "this" {
  recipe   = data.eidos_recipe.this.json
  releases = var.releases

  lifecycle {
    postcondition {
      condition     = length([for f in self.findings : f if endswith(f.rule, "eos-release")]) == 0
      error_message = "The release is out of support."
    }
  }
}

output "versions" {
  value = { for name, c in eidos_bundle.this.components : name => c.version }
}

output "driver" {
  description = "The driver that the operator installs, null where nodes have one."
  value       = lookup(data.eidos_recipe.this.measurements["K8s"]["image"], "driver", null)
}
