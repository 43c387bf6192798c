# The fleet as it is.
run "as_it_is" {
  command = plan

  assert {
    condition     = output.versions["prod-gke"]["gpu-operator"] == "v26.7.0"
    error_message = "Prod runs ${output.versions["prod-gke"]["gpu-operator"]}."
  }

  assert {
    condition     = output.drivers["prod-gke"] == null && output.drivers["prod-eks"] == output.drivers["dev-eks"]
    error_message = "The drivers are ${jsonencode(output.drivers)}."
  }
}

# A stage that holds an older release, which dev does not run any more.
run "prod_stays_behind" {
  command = plan

  variables {
    stages = {
      dev  = {}
      prod = { releases = { gpu-operator = "v26.3.3" } }
    }
  }

  assert {
    condition     = output.versions["prod-eks"]["gpu-operator"] == "v26.3.3" && output.versions["dev-eks"]["gpu-operator"] == "v26.7.0"
    error_message = "The stages do not hold their releases."
  }

  expect_failures = [check.what_prod_runs_was_on_dev]
}

# A cluster of prod has an older Kubernetes, for which the newest release is another one.
run "clusters_drift_apart" {
  command = plan

  variables {
    stages = { dev = {}, prod = {} }
    clusters = {
      dev = { stage = "dev", service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34" }
      old = { stage = "prod", service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.32" }
      new = { stage = "prod", service = "eks", os = "ubuntu", gpu = "h100", intent = "training", kubernetes_version = "1.34" }
    }
  }

  expect_failures = [check.one_release_for_each_stage, check.what_prod_runs_was_on_dev]
}
