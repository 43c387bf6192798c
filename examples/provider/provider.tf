terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

# Recipes and bundles need no cluster. Snapshots of a live cluster do:
# the connection is made when the first one is read.
provider "eidos" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = "gpu-cluster"
  }
}
