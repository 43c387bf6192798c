data "eidos_snapshot" "cluster" {
  document = file("${path.module}/snapshot.yaml")
}

output "gpu" {
  value = data.eidos_snapshot.cluster.query.gpu
}

# Changes only when a fact about the cluster changes.
output "facts_sha256" {
  value = data.eidos_snapshot.cluster.sha256
}
