terraform {
  required_providers {
    eidos = {
      source = "cloud-native-stack/eidos"
    }
  }
}

# Nothing to configure: recipes and bundles need no cluster and no network.
provider "eidos" {}
