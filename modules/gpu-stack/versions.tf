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
