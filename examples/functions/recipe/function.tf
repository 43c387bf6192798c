terraform {
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

locals {
  recipe = provider::eidos::recipe({
    service            = "eks"
    os                 = "ubuntu"
    gpu                = "h100"
    intent             = "training"
    kubernetes_version = var.kubernetes_version
    options            = { gds = true }
  })
}

resource "eidos_bundle" "gpu" {
  recipe = local.recipe.json

  lifecycle {
    precondition {
      condition     = length(local.recipe.findings) == 0
      error_message = join("\n", [for f in local.recipe.findings : "${f.rule}: ${f.message}"])
    }
  }
}
