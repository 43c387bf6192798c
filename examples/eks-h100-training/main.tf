# An EKS cluster with H100 nodes for training: from facts to installed charts.

terraform {
  required_version = ">= 1.8"
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.0"
    }
  }
}

variable "kubernetes_version" {
  description = "Version of the EKS control plane: the variable that the cluster is made from, too."
  type        = string
  default     = "1.34"
}

variable "driver_version" {
  description = "A driver to run instead of the recipe's, or null."
  type        = string
  default     = null
}

data "eidos_recipe" "training" {
  service            = "eks"
  os                 = "ubuntu"
  os_version         = "24.04"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = var.kubernetes_version

  overlays = var.driver_version == null ? [] : [
    yamlencode({
      key = { gpu = "h100" }
      types = [{
        type     = "K8s"
        subtypes = [{ subtype = "image", data = { driver = var.driver_version } }]
      }]
    }),
  ]
}

# No output_dir: helm.tf consumes the attributes, so there is nothing to lose on
# a CI runner between plan and apply.
resource "eidos_bundle" "training" {
  recipe = data.eidos_recipe.training.json
}

output "matched_rules" {
  description = "The overlays that made the recipe."
  value       = data.eidos_recipe.training.matched_rules
}

output "manifests_before_chart" {
  description = "Objects to apply before the charts, such as the namespaces with their labels."
  value = merge([
    for name, c in eidos_bundle.training.components : {
      for path, yaml in c.manifests : "${name}/${path}" => yaml if c.apply_order[path] == "before_chart"
    }
  ]...)
}
