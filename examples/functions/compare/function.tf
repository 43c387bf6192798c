terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

variable "snapshot" {
  description = "The text of a snapshot, such as file(\"snapshot.yaml\")."
  type        = string
  default     = <<-EOT
    apiVersion: snapshot.dgxc.io/v1
    kind: Snapshot
    measurements:
      - type: OS
        subtypes:
          - subtype: sysctl
            data: {/proc/sys/vm/swappiness: "10"}
  EOT
}

data "eidos_recipe" "gpu" {
  service            = "self-managed"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
  context            = true
}

locals {
  compared = provider::eidos::compare(var.snapshot, data.eidos_recipe.gpu.json)
}

check "nodes" {
  assert {
    condition     = !anytrue([for v in local.compared : v.state == "different"])
    error_message = join("\n", [for v in local.compared : "${v.path}: ${v.have}, not ${v.want} (${v.reason})" if v.state == "different"])
  }
}
