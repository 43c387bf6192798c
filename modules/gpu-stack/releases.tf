# Made by `make generate` from the data about components: blocks for each of them,
# so that no address depends on what else is in a stack.

# Amazon EBS CSI Driver
resource "helm_release" "aws_ebs_csi_driver" {
  count = contains(keys(local.components), "aws-ebs-csi-driver") ? 1 : 0

  name       = local.components["aws-ebs-csi-driver"].release_name
  repository = local.components["aws-ebs-csi-driver"].repository
  chart      = local.components["aws-ebs-csi-driver"].chart
  version    = local.components["aws-ebs-csi-driver"].version
  namespace  = local.components["aws-ebs-csi-driver"].namespace
  values     = local.values["aws-ebs-csi-driver"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

# Node Feature Discovery
resource "eidos_manifests" "node_feature_discovery_before" {
  count = contains(keys(local.components), "node-feature-discovery") ? 1 : 0

  manifests       = local.manifests["node-feature-discovery"].before_chart
  definitions     = var.apply_definitions ? local.components["node-feature-discovery"].definitions : null
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

resource "helm_release" "node_feature_discovery" {
  count = contains(keys(local.components), "node-feature-discovery") ? 1 : 0

  name       = local.components["node-feature-discovery"].release_name
  repository = local.components["node-feature-discovery"].repository
  chart      = local.components["node-feature-discovery"].chart
  version    = local.components["node-feature-discovery"].version
  namespace  = local.components["node-feature-discovery"].namespace
  values     = local.values["node-feature-discovery"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.node_feature_discovery_before,
  ]
}

# NodeWright
resource "helm_release" "nodewright" {
  count = contains(keys(local.components), "nodewright") ? 1 : 0

  name       = local.components["nodewright"].release_name
  repository = local.components["nodewright"].repository
  chart      = local.components["nodewright"].chart
  version    = local.components["nodewright"].version
  namespace  = local.components["nodewright"].namespace
  values     = local.values["nodewright"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

resource "eidos_manifests" "nodewright_after" {
  count = contains(keys(local.components), "nodewright") ? 1 : 0

  manifests       = local.manifests["nodewright"].after_chart
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [helm_release.nodewright]
}

# Definitions of the Prometheus Operator
resource "helm_release" "prometheus_operator_crds" {
  count = contains(keys(local.components), "prometheus-operator-crds") ? 1 : 0

  name       = local.components["prometheus-operator-crds"].release_name
  repository = local.components["prometheus-operator-crds"].repository
  chart      = local.components["prometheus-operator-crds"].chart
  version    = local.components["prometheus-operator-crds"].version
  namespace  = local.components["prometheus-operator-crds"].namespace
  values     = local.values["prometheus-operator-crds"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

# cert-manager
resource "helm_release" "cert_manager" {
  count = contains(keys(local.components), "cert-manager") ? 1 : 0

  name       = local.components["cert-manager"].release_name
  repository = local.components["cert-manager"].repository
  chart      = local.components["cert-manager"].chart
  version    = local.components["cert-manager"].version
  namespace  = local.components["cert-manager"].namespace
  values     = local.values["cert-manager"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.prometheus_operator_crds,
  ]
}

# NCCL gIB for GKE
resource "eidos_manifests" "gke_nccl_gib_before" {
  count = contains(keys(local.components), "gke-nccl-gib") ? 1 : 0

  manifests       = local.manifests["gke-nccl-gib"].before_chart
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

# GPUDirect-TCPXO for GKE
resource "eidos_manifests" "gke_nccl_tcpxo_before" {
  count = contains(keys(local.components), "gke-nccl-tcpxo") ? 1 : 0

  manifests       = local.manifests["gke-nccl-tcpxo"].before_chart
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
  ]
}

# NVIDIA GPU Operator
resource "eidos_manifests" "gpu_operator_before" {
  count = contains(keys(local.components), "gpu-operator") ? 1 : 0

  manifests       = local.manifests["gpu-operator"].before_chart
  definitions     = var.apply_definitions ? local.components["gpu-operator"].definitions : null
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.node_feature_discovery,
    eidos_manifests.nodewright_after,
    helm_release.prometheus_operator_crds,
  ]
}

resource "helm_release" "gpu_operator" {
  count = contains(keys(local.components), "gpu-operator") ? 1 : 0

  name       = local.components["gpu-operator"].release_name
  repository = local.components["gpu-operator"].repository
  chart      = local.components["gpu-operator"].chart
  version    = local.components["gpu-operator"].version
  namespace  = local.components["gpu-operator"].namespace
  values     = local.values["gpu-operator"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.gpu_operator_before,
  ]
}

# kube-prometheus-stack
resource "eidos_manifests" "kube_prometheus_stack_before" {
  count = contains(keys(local.components), "kube-prometheus-stack") ? 1 : 0

  manifests       = local.manifests["kube-prometheus-stack"].before_chart
  definitions     = var.apply_definitions ? local.components["kube-prometheus-stack"].definitions : null
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.prometheus_operator_crds,
  ]
}

resource "helm_release" "kube_prometheus_stack" {
  count = contains(keys(local.components), "kube-prometheus-stack") ? 1 : 0

  name       = local.components["kube-prometheus-stack"].release_name
  repository = local.components["kube-prometheus-stack"].repository
  chart      = local.components["kube-prometheus-stack"].chart
  version    = local.components["kube-prometheus-stack"].version
  namespace  = local.components["kube-prometheus-stack"].namespace
  values     = local.values["kube-prometheus-stack"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.kube_prometheus_stack_before,
  ]
}

# AWS DRANET
resource "eidos_manifests" "aws_dranet_before" {
  count = contains(keys(local.components), "aws-dranet") ? 1 : 0

  manifests       = local.manifests["aws-dranet"].before_chart
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator", "network-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "aws-dranet"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.gpu_operator,
    eidos_manifests.network_operator_late,
  ]
}

resource "helm_release" "aws_dranet" {
  count = contains(keys(local.components), "aws-dranet") ? 1 : 0

  name       = local.components["aws-dranet"].release_name
  repository = local.components["aws-dranet"].repository
  chart      = local.components["aws-dranet"].chart
  version    = local.components["aws-dranet"].version
  namespace  = local.components["aws-dranet"].namespace
  values     = local.values["aws-dranet"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.aws_dranet_before,
  ]
}

# AWS EFA Kubernetes Device Plugin
resource "eidos_manifests" "aws_efa_k8s_device_plugin_before" {
  count = contains(keys(local.components), "aws-efa-k8s-device-plugin") ? 1 : 0

  manifests       = local.manifests["aws-efa-k8s-device-plugin"].before_chart
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator", "network-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "aws-efa-k8s-device-plugin"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.gpu_operator,
    eidos_manifests.network_operator_late,
  ]
}

resource "helm_release" "aws_efa_k8s_device_plugin" {
  count = contains(keys(local.components), "aws-efa-k8s-device-plugin") ? 1 : 0

  name       = local.components["aws-efa-k8s-device-plugin"].release_name
  repository = local.components["aws-efa-k8s-device-plugin"].repository
  chart      = local.components["aws-efa-k8s-device-plugin"].chart
  version    = local.components["aws-efa-k8s-device-plugin"].version
  namespace  = local.components["aws-efa-k8s-device-plugin"].namespace
  values     = local.values["aws-efa-k8s-device-plugin"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.aws_efa_k8s_device_plugin_before,
  ]
}

# KAI Scheduler
resource "eidos_manifests" "kai_scheduler_before" {
  count = contains(keys(local.components), "kai-scheduler") ? 1 : 0

  manifests       = local.manifests["kai-scheduler"].before_chart
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator", "network-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "kai-scheduler"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.gpu_operator,
    eidos_manifests.network_operator_late,
  ]
}

resource "helm_release" "kai_scheduler" {
  count = contains(keys(local.components), "kai-scheduler") ? 1 : 0

  name       = local.components["kai-scheduler"].release_name
  repository = local.components["kai-scheduler"].repository
  chart      = local.components["kai-scheduler"].chart
  version    = local.components["kai-scheduler"].version
  namespace  = local.components["kai-scheduler"].namespace
  values     = local.values["kai-scheduler"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.kai_scheduler_before,
  ]
}

# Kueue
resource "helm_release" "kueue" {
  count = contains(keys(local.components), "kueue") ? 1 : 0

  name       = local.components["kueue"].release_name
  repository = local.components["kueue"].repository
  chart      = local.components["kueue"].chart
  version    = local.components["kueue"].version
  namespace  = local.components["kueue"].namespace
  values     = local.values["kueue"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.cert_manager,
    helm_release.prometheus_operator_crds,
  ]
}

# LeaderWorkerSet
resource "eidos_manifests" "lws_before" {
  count = contains(keys(local.components), "lws") ? 1 : 0

  manifests       = local.manifests["lws"].before_chart
  definitions     = var.apply_definitions ? local.components["lws"].definitions : null
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.cert_manager,
    helm_release.prometheus_operator_crds,
  ]
}

resource "helm_release" "lws" {
  count = contains(keys(local.components), "lws") ? 1 : 0

  name       = local.components["lws"].release_name
  repository = local.components["lws"].repository
  chart      = local.components["lws"].chart
  version    = local.components["lws"].version
  namespace  = local.components["lws"].namespace
  values     = local.values["lws"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.lws_before,
  ]
}

# NVIDIA Network Operator
resource "eidos_manifests" "network_operator_before" {
  count = contains(keys(local.components), "network-operator") ? 1 : 0

  manifests       = local.manifests["network-operator"].before_chart
  definitions     = var.apply_definitions ? local.components["network-operator"].definitions : null
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "network-operator"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.gpu_operator,
    helm_release.node_feature_discovery,
  ]
}

resource "helm_release" "network_operator" {
  count = contains(keys(local.components), "network-operator") ? 1 : 0

  name       = local.components["network-operator"].release_name
  repository = local.components["network-operator"].repository
  chart      = local.components["network-operator"].chart
  version    = local.components["network-operator"].version
  namespace  = local.components["network-operator"].namespace
  values     = local.values["network-operator"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.network_operator_before,
  ]
}

resource "eidos_manifests" "network_operator_after" {
  count = contains(keys(local.components), "network-operator") ? 1 : 0

  manifests       = local.manifests["network-operator"].after_chart
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [helm_release.network_operator]
}

resource "eidos_manifests" "network_operator_late" {
  count = contains(keys(local.components), "network-operator") ? 1 : 0

  manifests       = local.manifests["network-operator"].after_ready
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = [
    for o in local.ready["network-operator"] : { api_version = o.api_version, kind = o.kind, name = o.name } if length(local.manifests["network-operator"].after_ready) > 0
  ]
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [eidos_manifests.network_operator_after]
}

# NVIDIA DRA Driver for GPUs
resource "eidos_manifests" "nvidia_dra_driver_gpu_before" {
  count = contains(keys(local.components), "nvidia-dra-driver-gpu") ? 1 : 0

  manifests       = local.manifests["nvidia-dra-driver-gpu"].before_chart
  definitions     = var.apply_definitions ? local.components["nvidia-dra-driver-gpu"].definitions : null
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator", "network-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "nvidia-dra-driver-gpu"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.gpu_operator,
    eidos_manifests.network_operator_late,
  ]
}

resource "helm_release" "nvidia_dra_driver_gpu" {
  count = contains(keys(local.components), "nvidia-dra-driver-gpu") ? 1 : 0

  name       = local.components["nvidia-dra-driver-gpu"].release_name
  repository = local.components["nvidia-dra-driver-gpu"].repository
  chart      = local.components["nvidia-dra-driver-gpu"].chart
  version    = local.components["nvidia-dra-driver-gpu"].version
  namespace  = local.components["nvidia-dra-driver-gpu"].namespace
  values     = local.values["nvidia-dra-driver-gpu"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.nvidia_dra_driver_gpu_before,
  ]
}

# Prometheus Adapter
resource "helm_release" "prometheus_adapter" {
  count = contains(keys(local.components), "prometheus-adapter") ? 1 : 0

  name       = local.components["prometheus-adapter"].release_name
  repository = local.components["prometheus-adapter"].repository
  chart      = local.components["prometheus-adapter"].chart
  version    = local.components["prometheus-adapter"].version
  namespace  = local.components["prometheus-adapter"].namespace
  values     = local.values["prometheus-adapter"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.kube_prometheus_stack,
  ]
}

# NVIDIA NIM Operator
resource "eidos_manifests" "k8s_nim_operator_before" {
  count = contains(keys(local.components), "k8s-nim-operator") ? 1 : 0

  manifests       = local.manifests["k8s-nim-operator"].before_chart
  definitions     = var.apply_definitions ? local.components["k8s-nim-operator"].definitions : null
  force_conflicts = var.force_conflicts
  min_ready_nodes = var.min_ready_nodes
  wait_for = flatten([
    for name in ["gpu-operator", "network-operator"] : [
      for o in try(local.ready[name], []) : { api_version = o.api_version, kind = o.kind, name = o.name } if o.after != "k8s-nim-operator"
    ]
  ])
  timeouts = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.cert_manager,
    helm_release.gpu_operator,
    helm_release.lws,
    eidos_manifests.network_operator_late,
  ]
}

resource "helm_release" "k8s_nim_operator" {
  count = contains(keys(local.components), "k8s-nim-operator") ? 1 : 0

  name       = local.components["k8s-nim-operator"].release_name
  repository = local.components["k8s-nim-operator"].repository
  chart      = local.components["k8s-nim-operator"].chart
  version    = local.components["k8s-nim-operator"].version
  namespace  = local.components["k8s-nim-operator"].namespace
  values     = local.values["k8s-nim-operator"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.k8s_nim_operator_before,
  ]
}

# Kubeflow Trainer
resource "eidos_manifests" "kubeflow_trainer_before" {
  count = contains(keys(local.components), "kubeflow-trainer") ? 1 : 0

  manifests       = local.manifests["kubeflow-trainer"].before_chart
  definitions     = var.apply_definitions ? local.components["kubeflow-trainer"].definitions : null
  force_conflicts = var.force_conflicts
  timeouts        = { create = "${var.timeout}s", update = "${var.timeout}s" }

  depends_on = [
    eidos_manifests.namespaces,
    helm_release.cert_manager,
    helm_release.kueue,
    helm_release.prometheus_operator_crds,
  ]
}

resource "helm_release" "kubeflow_trainer" {
  count = contains(keys(local.components), "kubeflow-trainer") ? 1 : 0

  name       = local.components["kubeflow-trainer"].release_name
  repository = local.components["kubeflow-trainer"].repository
  chart      = local.components["kubeflow-trainer"].chart
  version    = local.components["kubeflow-trainer"].version
  namespace  = local.components["kubeflow-trainer"].namespace
  values     = local.values["kubeflow-trainer"]
  wait       = true
  timeout    = var.timeout
  atomic     = false
  # Goes on with a first install that failed.
  upgrade_install = true
  max_history     = 10

  depends_on = [
    eidos_manifests.kubeflow_trainer_before,
  ]
}

# Whether all of it is up, once everything is applied.
data "eidos_status" "this" {
  count = var.status ? 1 : 0

  components = local.components
  recipe     = local.recipe.json

  depends_on = [
    helm_release.aws_ebs_csi_driver,
    helm_release.node_feature_discovery,
    eidos_manifests.nodewright_after,
    helm_release.prometheus_operator_crds,
    helm_release.cert_manager,
    eidos_manifests.gke_nccl_gib_before,
    eidos_manifests.gke_nccl_tcpxo_before,
    helm_release.gpu_operator,
    helm_release.kube_prometheus_stack,
    helm_release.aws_dranet,
    helm_release.aws_efa_k8s_device_plugin,
    helm_release.kai_scheduler,
    helm_release.kueue,
    helm_release.lws,
    eidos_manifests.network_operator_late,
    helm_release.nvidia_dra_driver_gpu,
    helm_release.prometheus_adapter,
    helm_release.k8s_nim_operator,
    helm_release.kubeflow_trainer,
  ]
}
