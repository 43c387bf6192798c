# Training on H100 instances of EKS, with Kueue, Kubeflow Trainer and monitoring.
# Plan: 13 to add.
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

  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  options            = { platform = "kubeflow", scheduler = "kueue", monitoring = true, cert_manager = true }
  placement = {
    system = { node_selector = { pool = "system" } }
    gpu    = { tolerations = [{ key = "nvidia.com/gpu", operator = "Exists", effect = "NoSchedule" }] }
  }
}

output "components" {
  value = module.gpu_stack.components
}
