# The charts. A plan shows a changed driver as one changed line of values.

provider "helm" {
  kubernetes = {
    config_path = "~/.kube/config"
  }
}

# Components without requirements first, then those that require them. One without a chart has no release.
resource "helm_release" "base" {
  for_each = { for name, c in eidos_bundle.training.components : name => c if c.release_name != null && length(c.requires) == 0 }

  name             = each.value.release_name
  repository       = each.value.repository
  chart            = each.value.chart
  version          = each.value.version
  namespace        = each.value.namespace
  create_namespace = true
  values           = [each.value.values]
  wait             = true
  timeout          = 900
}

resource "helm_release" "dependent" {
  for_each = { for name, c in eidos_bundle.training.components : name => c if c.release_name != null && length(c.requires) > 0 }

  name             = each.value.release_name
  repository       = each.value.repository
  chart            = each.value.chart
  version          = each.value.version
  namespace        = each.value.namespace
  create_namespace = true
  values           = [each.value.values]
  wait             = true
  timeout          = 900

  depends_on = [helm_release.base]
}
