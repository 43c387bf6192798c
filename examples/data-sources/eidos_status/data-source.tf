provider "eidos" {
  kubernetes = {
    config_path    = "~/.kube/config"
    config_context = "gpu-cluster"
  }
}

data "eidos_recipe" "training" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

resource "eidos_bundle" "training" {
  recipe = data.eidos_recipe.training.json
}

resource "eidos_manifests" "before" {
  manifests = merge([
    for name, c in eidos_bundle.training.components : {
      for path, manifest in c.manifests : "${name}/${path}" => manifest if c.apply_order[path] == "before_chart"
    }
  ]...)
}

# At the top level, after everything that it looks at: every helm_release and every
# eidos_manifests. It is then read once the apply is done with these, and else by
# each plan.
data "eidos_status" "training" {
  components     = eidos_bundle.training.components
  recipe         = data.eidos_recipe.training.json
  wait_for_ready = "20m"

  depends_on = [eidos_manifests.before]

  # An apply that ends with a stack that is not ready fails.
  lifecycle {
    postcondition {
      condition     = self.ready
      error_message = join("\n", [for o in self.objects : "${o.object}: ${o.state}: ${coalesce(o.message, "-")}" if !o.ready])
    }
  }
}

# A plan or an apply that finds other values in the cluster warns of them.
check "as_the_bundle_says" {
  assert {
    condition     = length(data.eidos_status.training.drift) == 0
    error_message = join("\n", [for d in data.eidos_status.training.drift : "${d.object}: ${d.path} is ${coalesce(d.have, "not there")}, not ${coalesce(d.want, "absent")}"])
  }
  assert {
    condition     = alltrue([for r in data.eidos_status.training.releases : r.difference == null])
    error_message = join("\n", [for r in data.eidos_status.training.releases : "${r.name}: ${r.difference}" if r.difference != null])
  }
  assert {
    condition     = alltrue([for n in data.eidos_status.training.nodes : length(n.wrong) == 0])
    error_message = join("\n", flatten([for n in data.eidos_status.training.nodes : [for w in n.wrong : "${n.name}: ${w}"]]))
  }
}
