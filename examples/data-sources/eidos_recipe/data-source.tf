# From attributes only.
data "eidos_recipe" "training" {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

# From a snapshot, with a driver of your own choice on top.
data "eidos_recipe" "pinned" {
  snapshot = file("${path.module}/snapshot.yaml")
  intent   = "training"
  overlays = [
    yamlencode({
      key = { gpu = "gb200" }
      types = [{
        type = "K8s"
        subtypes = [{
          subtype = "image"
          data    = { driver = "580.126.20" }
          context = { driver = "The driver that our workloads are validated with" }
        }]
      }]
    }),
  ]
}

# Which layer set the driver: "user:gpu=gb200".
output "driver_from" {
  value = data.eidos_recipe.pinned.provenance["K8s/image/driver"]
}
