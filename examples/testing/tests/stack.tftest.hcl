# Releases and the driver of the current Kubernetes version.
run "current" {
  command = plan

  variables {
    kubernetes_version = "1.34"
  }

  assert {
    condition     = output.versions["gpu-operator"] == "v26.7.0"
    error_message = "The GPU Operator is ${output.versions["gpu-operator"]}."
  }

  assert {
    condition     = yamldecode(eidos_bundle.gpu.components["gpu-operator"].values).driver.version == output.driver
    error_message = "The values do not hold the driver of the recipe."
  }
}

# A held release brings the driver that belongs to it.
run "held" {
  command = plan

  variables {
    kubernetes_version = "1.34"
    releases           = { gpu-operator = "v26.3.3" }
  }

  assert {
    condition     = output.versions["gpu-operator"] == "v26.3.3" && output.driver == "580.126.20"
    error_message = "The held release is not what is rendered."
  }
}

# A release that does not support the cluster's Kubernetes is found, and fails
# the module's own postcondition.
run "release_for_another_kubernetes" {
  command = plan

  variables {
    kubernetes_version = "1.34"
    releases           = { gpu-operator = "v25.3.4" }
  }

  expect_failures = [eidos_bundle.gpu]
}
