// SPDX-License-Identifier: Apache-2.0

package provider_test

// requireEidos is the head of every configuration that runs in a process.
const requireEidos = `
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}
`

// recipeConfig is a recipe whose default bundlers are both operators.
const recipeConfig = `
data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}
`

// bundleConfig is a whole configuration with one bundle written to "out".
const bundleConfig = requireEidos + recipeConfig + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  output_dir = "out"
}
`

// consumerConfig stands for helm_release: what names the release forces a
// replacement, what it holds is updated in place.
const consumerConfig = `
resource "terraform_data" "release" {
  for_each         = eidos_bundle.test.components
  input            = { version = each.value.version, values = each.value.values }
  triggers_replace = [each.value.release_name, each.value.namespace, each.value.chart, each.value.repository]
}
`
