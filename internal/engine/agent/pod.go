// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

const (
	containerName = "eidos"
	// hostRoot is where the pod has the node's paths.
	hostRoot = "/host"
	// nonRoot is the user of distroless images that are not root.
	nonRoot = 65532

	gpuTaint = "nvidia.com/gpu"
	// lostAfter is how many seconds a pod outlives the contact with its node.
	lostAfter = 30
)

// pod returns the template of the pod that takes the snapshot of a node.
func (d *deployment) pod(t target) corev1.PodTemplateSpec {
	spec := corev1.PodSpec{
		Affinity:                      nodeAffinity(t.node),
		Tolerations:                   d.spec.tolerations(),
		ServiceAccountName:            d.account(),
		AutomountServiceAccountToken:  new(true), // the agent writes the ConfigMap
		EnableServiceLinks:            new(false),
		RestartPolicy:                 corev1.RestartPolicyNever,
		TerminationGracePeriodSeconds: new(int64(5)),
		SecurityContext:               d.spec.podSecurity(),
		Containers:                    []corev1.Container{d.container(t)},
	}
	if d.spec.RuntimeClass != "" {
		spec.RuntimeClassName = new(d.spec.RuntimeClass)
	}
	for _, secret := range d.spec.ImagePullSecrets {
		spec.ImagePullSecrets = append(spec.ImagePullSecrets, corev1.LocalObjectReference{Name: secret})
	}
	for _, p := range d.paths() {
		spec.Volumes = append(spec.Volumes, corev1.Volume{
			Name:         volumeName(p.path),
			VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: p.path, Type: &p.kind}},
		})
	}
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: d.labels()}, Spec: spec}
}

func (d *deployment) container(t target) corev1.Container {
	c := corev1.Container{
		Name:  containerName,
		Image: d.spec.Image,
		Args:  d.arguments(t),
		Env: []corev1.EnvVar{
			{Name: "NODE_NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
		},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("64Mi")},
			// Quotas on limits admit only what states them. A run took 0.03 s of
			// CPU in a small cluster: one core is ample, and slows nothing down.
			Limits: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		SecurityContext: d.containerSecurity(),
		// The kubelet puts the last lines that a failed agent wrote into the
		// pod's status, where they outlive the container.
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
	if d.has("GPU/smi") {
		// What the NVIDIA container runtime brings in: nvidia-smi and all GPUs,
		// without taking one from the scheduler. Other runtimes ignore it.
		c.Env = append(c.Env, corev1.EnvVar{Name: "NVIDIA_VISIBLE_DEVICES", Value: "all"},
			corev1.EnvVar{Name: "NVIDIA_DRIVER_CAPABILITIES", Value: "utility"})
	}
	for _, p := range d.paths() {
		mount := corev1.VolumeMount{Name: volumeName(p.path), MountPath: path.Join(hostRoot, p.path), ReadOnly: true}
		if p.path == "/" {
			// What is mounted below, such as the root of a driver container.
			mount.MountPropagation = new(corev1.MountPropagationHostToContainer)
		}
		c.VolumeMounts = append(c.VolumeMounts, mount)
	}
	return c
}

// arguments are those of the eidos command, which is the image's entrypoint.
func (d *deployment) arguments(t target) []string {
	ref := location.ConfigMapRef{Namespace: d.spec.Namespace, Name: t.configMap}
	return []string{"snapshot", "--output", ref.String(), "--collectors", strings.Join(namesOf(d.collectors), ","), "--host-root", hostRoot}
}

// paths are what the collectors need of the node, each once.
func (d *deployment) paths() []hostPath {
	if d.spec.Privileged {
		return []hostPath{{path: "/", kind: corev1.HostPathDirectory}}
	}
	var all []hostPath
	for _, c := range d.collectors {
		for _, p := range c.paths {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

func volumeName(p string) string {
	name := strings.Trim(strings.NewReplacer("/", "-", ".", "-").Replace(p), "-")
	return strings.TrimSuffix("host-"+name, "-")
}

// nodeAffinity leaves the pod to the scheduler, which knows whether there is
// room, but with one node to choose from.
func nodeAffinity(node string) *corev1.Affinity {
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
		}}},
	}}
}

// tolerations are the user's, the taint that keeps others off GPU nodes, and how
// soon a pod is given up whose node is silent; Kubernetes waits for five minutes
// otherwise.
func (s Spec) tolerations() []corev1.Toleration {
	all := append(slices.Clone(s.Tolerations), corev1.Toleration{Key: gpuTaint, Operator: corev1.TolerationOpExists})
	for _, key := range []string{corev1.TaintNodeNotReady, corev1.TaintNodeUnreachable} {
		all = append(all, corev1.Toleration{
			Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: new(int64(lostAfter)),
		})
	}
	return all
}

func (s Spec) podSecurity() *corev1.PodSecurityContext {
	security := &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}}
	if s.Privileged {
		security.RunAsUser = new(int64(0))
		return security
	}
	security.RunAsNonRoot = new(true)
	security.RunAsUser, security.RunAsGroup = new(int64(nonRoot)), new(int64(nonRoot))
	return security
}

func (d *deployment) containerSecurity() *corev1.SecurityContext {
	security := &corev1.SecurityContext{ReadOnlyRootFilesystem: new(true)}
	if d.spec.Privileged {
		security.Privileged = new(true)
		return security
	}
	security.Privileged, security.AllowPrivilegeEscalation = new(false), new(false)
	security.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	if slices.ContainsFunc(d.collectors, func(c collector) bool { return c.dbus }) {
		security.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
	}
	return security
}

func (d *deployment) has(name string) bool {
	return slices.Contains(namesOf(d.collectors), name)
}

// jobName tells the Jobs of a run on several nodes apart.
func (d *deployment) jobName(i int) string {
	if !d.spec.AllNodes {
		return d.base()
	}
	return d.base() + "-" + strconv.Itoa(i)
}
