# Machines of your own with B200 GPUs and RKE2, images from a mirror.
# Plan: 6 to add.
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

  service            = "self-managed"
  os                 = "ubuntu"
  os_version         = "24.04"
  gpu                = "b200"
  intent             = "training"
  kubernetes_version = "1.34"
  options            = { distribution = "rke2", scheduler = "kueue", cert_manager = true }
  registry           = { mirror = "registry.example.com:5000", pull_secrets = ["registry"] }
}

output "components" {
  value = module.gpu_stack.components
}
