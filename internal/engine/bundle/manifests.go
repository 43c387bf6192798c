// SPDX-License-Identifier: Apache-2.0

package bundle

const (
	namespaceName = "namespace"
	namespacePath = "manifests/" + namespaceName + ".yaml"
	// systemNamespace is the cluster's own: no bundle creates, labels or deletes
	// it.
	systemNamespace = "kube-system"
)

// addNamespace adds the Namespace, which lets the component's pods run as
// privileged where Pod Security Admission is on. The system's own namespace
// exists and is exempt.
func (d *draft) addNamespace() {
	if d.namespace == systemNamespace {
		return
	}
	d.manifests = append(d.manifests, manifest{
		name: namespaceName, order: BeforeChart,
		reason: "The pods run privileged and mount host paths, which Pod Security Admission allows in privileged namespaces only.",
		object: map[string]any{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{
				"name":   d.namespace,
				"labels": map[string]any{"pod-security.kubernetes.io/enforce": "privileged"},
			},
		},
	})
}

// addCriticalPodQuota adds, where the recipe asks for it, the quota without
// which GKE refuses pods of the system's priority classes outside kube-system.
func (d *draft) addCriticalPodQuota() {
	quota, ok := d.value(configSubtype, "critical_pod_quota")
	if !ok || quota.Value != true || d.namespace == systemNamespace {
		return
	}
	d.manifests = append(d.manifests, manifest{
		name: "resourcequota", order: BeforeChart, reason: quota.Context,
		object: map[string]any{
			"apiVersion": "v1", "kind": "ResourceQuota",
			"metadata": d.metadata(d.name + "-critical-pods"),
			"spec": map[string]any{
				"hard": map[string]any{"pods": "1000"},
				"scopeSelector": map[string]any{"matchExpressions": []any{map[string]any{
					"scopeName": "PriorityClass", "operator": "In",
					"values": []any{"system-node-critical", "system-cluster-critical"},
				}}},
			},
		},
	})
}

const kernelModuleParams = "kernel-module-params"

// addKernelModuleParams adds the ConfigMap that the driver container reads its
// modprobe options from.
func (d *draft) addKernelModuleParams(from ValueWithContext) {
	params, _ := from.Value.(string)
	d.take(moduleConfigPath, kernelModuleParams, from)
	d.manifests = append(d.manifests, manifest{
		name: kernelModuleParams, order: BeforeChart, reason: from.Context,
		object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": d.metadata(kernelModuleParams),
			"data":     map[string]any{"nvidia.conf": moduleParameters(params)},
		},
	})
}

// metadata is that of an object in the component's namespace.
func (d *draft) metadata(name string) map[string]any {
	return map[string]any{"name": name, "namespace": d.namespace}
}
