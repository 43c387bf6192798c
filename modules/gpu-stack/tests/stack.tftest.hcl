# Plans of stacks without a cluster: `terraform test` in the module's directory.
mock_provider "helm" {}

variables {
  service            = "eks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}

run "what_the_platform_needs" {
  command = plan

  assert {
    condition     = join(" ", keys(output.components)) == "aws-efa-k8s-device-plugin gpu-operator"
    error_message = "The stack is ${join(" ", keys(output.components))}."
  }

  assert {
    condition     = length(helm_release.gpu_operator) == 1 && length(helm_release.kueue) == 0
    error_message = "A release is missing, or is too many."
  }

  assert {
    condition     = helm_release.gpu_operator[0].version == output.components["gpu-operator"].version
    error_message = "The release is not the bundle's."
  }
}

run "more_on_request" {
  command = plan

  variables {
    options  = { scheduler = "kueue", platform = "kubeflow", monitoring = true }
    existing = ["cert-manager"]
  }

  assert {
    condition     = length(helm_release.kueue) == 1 && length(helm_release.kube_prometheus_stack) == 1 && length(helm_release.cert_manager) == 0
    error_message = "The options do not decide what is installed."
  }
}

run "a_release_that_is_held" {
  command = plan

  variables {
    releases        = { gpu-operator = "v26.3.3" }
    ignore_findings = ["driver-not-recommended", "deprecated-release"]
  }

  assert {
    condition     = helm_release.gpu_operator[0].version == "v26.3.3"
    error_message = "The release is ${helm_release.gpu_operator[0].version}."
  }
}

run "a_typo" {
  command = plan

  variables {
    kubernetes_version = "latest"
  }

  expect_failures = [var.kubernetes_version]
}
