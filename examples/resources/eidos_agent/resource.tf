provider "eidos" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = "gpu-cluster"
  }
}

# The first node with GPUs, everything that can be collected without privileges.
resource "eidos_agent" "gpu" {
  namespace     = "gpu-operator"
  image         = "ghcr.io/cloud-native-stack/eidos:0.1.0" # defaults to the provider's version
  runtime_class = "nvidia"                                 # brings nvidia-smi; leave it out before the GPU Operator is installed

  # Taken again when the nodes get a new image.
  triggers = {
    node_image = "ami-0a1b2c3d4e5f60718"
  }
}

data "eidos_recipe" "training" {
  snapshot = eidos_agent.gpu.snapshot
  intent   = "training"
}

resource "eidos_bundle" "training" {
  recipe   = data.eidos_recipe.training.json
  bundlers = ["gpu-operator"] # known while the snapshot is not
}

# Every node of a pool, to see whether they are alike.
resource "eidos_agent" "pool" {
  namespace     = "gpu-operator"
  name          = "eidos-pool"
  image         = "ghcr.io/cloud-native-stack/eidos:0.1.0"
  node_selector = { "example.com/pool" = "gpu" }
  all_nodes     = true
  collectors    = ["OS", "GPU"]

  tolerations = [{
    key      = "dedicated"
    operator = "Exists"
  }]
}

output "disagreements" {
  value = eidos_agent.pool.disagreements
}

# Which nodes differ from the typical one, and in what.
output "odd_nodes" {
  value = { for group in slice(eidos_agent.pool.groups, 1, length(eidos_agent.pool.groups)) : join(", ", group.nodes) => group.differences }
}
