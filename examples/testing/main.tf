# A module that a team keeps: the stack of one kind of cluster. tests/ shows how
# it is tested, with `terraform test`, without a cluster.
# Plan: 1 to add.
terraform {
  required_version = ">= 1.8"
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

variable "kubernetes_version" {
  type    = string
  default = "1.34"
}

variable "gpu" {
  type    = string
  default = "h100"
}

# Releases that this stage holds, such as { gpu-operator = "v26.3.3" }.
variable "releases" {
  type    = map(string)
  default = {}
}

data "eidos_recipe" "gpu" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = var.gpu
  intent             = "training"
  kubernetes_version = var.kubernetes_version
  releases           = var.releases

  lifecycle {
    postcondition {
      condition     = length(self.findings) == 0
      error_message = join("\n", [for f in self.findings : "${f.rule}: ${f.message}"])
    }
  }
}

resource "eidos_bundle" "gpu" {
  recipe = data.eidos_recipe.gpu.json

  # The release that we hold, with the driver that it installs by default, is the one that we tested.
  ignore_findings = ["driver-not-recommended", "deprecated-release"]

  lifecycle {
    postcondition {
      condition     = length(self.findings) == 0
      error_message = join("\n", [for f in self.findings : "${f.rule}: ${f.message}"])
    }
  }
}

output "versions" {
  description = "Chart release of each component."
  value       = { for name, component in eidos_bundle.gpu.components : name => component.version }
}

output "driver" {
  value = data.eidos_recipe.gpu.measurements["K8s"]["image"]["driver"]
}
