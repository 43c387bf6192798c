# Training on H100 instances of AKS, with InfiniBand.
# Plan: 8 to add.
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

  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  options            = { rdma = true }
}

output "components" {
  value = module.gpu_stack.components
}
