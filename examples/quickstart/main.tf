# From a snapshot to Helm values in one apply: no cluster, no network.
# Plan: 1 to add.

terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

# What is there: captured on a GPU node, kept next to this file.
data "eidos_snapshot" "cluster" {
  document = file("${path.module}/snapshot.yaml")
}

# What should run there, with the texts that explain each value.
data "eidos_recipe" "cluster" {
  snapshot = data.eidos_snapshot.cluster.yaml
  intent   = "training"
  context  = true
}

# The files and values that make it so.
resource "eidos_bundle" "cluster" {
  recipe     = data.eidos_recipe.cluster.json
  output_dir = "out"
}

output "cluster" {
  description = "What the snapshot says about the cluster."
  value       = data.eidos_snapshot.cluster.query
}

output "charts" {
  description = "The charts to install, with their versions."
  value       = { for name, c in eidos_bundle.cluster.components : name => join(" ", compact([c.repository, c.chart, c.version])) }
}

output "gpu_operator_values" {
  description = "The Helm values of the GPU Operator."
  value       = eidos_bundle.cluster.components["gpu-operator"].values
}
