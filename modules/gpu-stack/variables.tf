variable "service" {
  description = "Kubernetes service, such as `eks`, or `self-managed`."
  type        = string
  nullable    = false
}

variable "os" {
  description = "Operating system of the GPU nodes, such as `ubuntu`."
  type        = string
  default     = null
}

variable "os_version" {
  description = "Version of the operating system, such as `24.04`."
  type        = string
  default     = null
}

variable "kernel_version" {
  description = "Version of the kernel, such as `6.8.0-1028-aws`."
  type        = string
  default     = null
}

variable "gpu" {
  description = "GPU, such as `h100`."
  type        = string
  default     = null
}

variable "intent" {
  description = "What the cluster is for: `training` or `inference`."
  type        = string
  default     = null
}

variable "kubernetes_version" {
  description = "Version of Kubernetes, such as `1.34`. It must be known at plan: set it, and do not take it from a cluster that the same apply creates."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^v?[0-9]+\\.[0-9]+", var.kubernetes_version))
    error_message = "Give the version of Kubernetes as text, such as \"1.34\"."
  }
}

variable "snapshot" {
  description = "Text of a snapshot. The recipe uses its facts unless something else sets them, and it has to show what `existing` names."
  type        = string
  default     = null
}

variable "overlays" {
  description = "Your own overlays, as YAML."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "catalog" {
  description = "Text of a catalog that replaces the embedded one."
  type        = string
  default     = null
}

variable "options" {
  description = "Options of the recipe, such as `{ monitoring = true, scheduler = \"kueue\" }`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "releases" {
  description = "Chart releases to pin, such as `{ gpu-operator = \"v26.3.3\" }`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "driver_version" {
  description = "Version of the GPU driver. Defaults to that of the GPU Operator's release."
  type        = string
  default     = null
}

variable "allow_uncovered" {
  description = "Warn about what no data covers, instead of failing."
  type        = bool
  default     = false
  nullable    = false
}

variable "components" {
  description = "Components to install. Defaults to those that the platform needs."
  type        = set(string)
  default     = null
}

variable "existing" {
  description = "Components that the cluster already has."
  type        = set(string)
  default     = null
}

variable "overrides" {
  description = "Helm values per component, as YAML. Not for secrets: they are plain text in plan and state."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "object_overrides" {
  description = "Fields to set in objects next to a chart, as YAML, by `COMPONENT/MANIFEST`."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "namespaces" {
  description = "Namespace per component, instead of the usual one."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "placement" {
  description = "Where pods run: node selectors and tolerations of the pools `system` and `gpu`, and a storage class."
  type = object({
    system = optional(object({
      node_selector = optional(map(string))
      tolerations   = optional(list(object({ key = optional(string), operator = optional(string), value = optional(string), effect = optional(string), toleration_seconds = optional(number) })))
    }))
    gpu = optional(object({
      node_selector = optional(map(string))
      tolerations   = optional(list(object({ key = optional(string), operator = optional(string), value = optional(string), effect = optional(string), toleration_seconds = optional(number) })))
    }))
    storage_class = optional(string)
  })
  default = null
}

variable "registry" {
  description = "Where an air-gapped site gets images, charts and packages."
  type = object({
    mirror             = optional(string)
    pull_secrets       = optional(list(string))
    chart_repositories = optional(map(string))
    packages           = optional(object({ gpu_config_map = optional(string), doca_config_map = optional(string), cert_config_map = optional(string) }))
  })
  default = null
}

variable "ignore_recipe_findings" {
  description = "Rules of findings about the recipe to leave out, `RULE` or `RULE:PATH`."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "ignore_findings" {
  description = "Rules of findings about the bundle to leave out, `RULE` or `RULE:PATH`."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "apply_definitions" {
  description = "Apply the custom resource definitions of charts before each release is installed or upgraded: Helm does not upgrade existing ones. Turn it off if a chart repository requires credentials, which only Helm can use."
  type        = bool
  default     = true
  nullable    = false
}

variable "timeout" {
  description = "Seconds that each release may take, and that the module waits for what a component needs. The driver of a GPU node takes many minutes."
  type        = number
  default     = 1800
  nullable    = false

  validation {
    condition     = var.timeout >= 60
    error_message = "Give at least 60 seconds."
  }
}

variable "min_ready_nodes" {
  description = "How many GPU nodes must have the driver and whatever else an operator installs before components that need it are installed, as a number such as `5` or a percentage such as `90%`. Only nodes that are ready and not cordoned count."
  type        = string
  default     = "100%"
  nullable    = false

  validation {
    condition     = can(regex("^([1-9][0-9]*|([1-9][0-9]?|100)%)$", var.min_ready_nodes))
    error_message = "Give a number of nodes from 1 on, such as 5, or a percentage from 1% to 100%, such as 90%."
  }
}

variable "status" {
  description = "Check the cluster after an apply, and with each plan that changes nothing, for the output `ready`."
  type        = bool
  default     = false
  nullable    = false
}

variable "force_conflicts" {
  description = "Take over fields of the objects next to the charts that other managers own."
  type        = bool
  default     = false
  nullable    = false
}
