# Inference on L4 instances of GKE, whose image includes the driver.
# Plan: 4 to add.
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

variable "kubeconfig" {
  description = "File with the connection to the cluster."
  type        = string
}

provider "eidos" {
  kubernetes = {
    config_path = var.kubeconfig
  }
}

provider "helm" {
  kubernetes = {
    config_path = var.kubeconfig
  }
}

module "gpu_stack" {
  source = "../.."

  service            = "gke"
  os                 = "cos"
  gpu                = "l4"
  intent             = "inference"
  kubernetes_version = "1.34"
}

output "components" {
  value = module.gpu_stack.components
}
