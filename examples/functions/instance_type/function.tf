terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

locals {
  instance_type = provider::eidos::instance_type("eks", "p5.48xlarge")
}

# { gpu = "h100", count = 8, fabric = "efa" }
output "node" {
  value = local.instance_type
}
