provider "eidos" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = "gpu-cluster"
  }
}

# The first node with GPUs, everything that can be collected without privileges.
resource "eidos_agent" "gpu" {
  namespace     = "gpu-operator"
  runtime_class = "nvidia" # brings nvidia-smi; leave it out before the GPU Operator is installed

  # A mirror, by digest. Without it, the image of the provider's version runs.
  image = "registry.example.com/eidos:0.1.0@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

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
  image         = eidos_agent.gpu.image # the same
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
