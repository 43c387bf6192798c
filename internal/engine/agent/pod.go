// SPDX-License-Identifier: Apache-2.0

package agent

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

const (
	containerName = "eidos"
	// hostRoot is where the pod has the node's paths.
	hostRoot = "/host"
)

//go:embed pod.yaml
var podYAML []byte

type podParts struct {
	Pod                      corev1.PodSpec
	GPUEnv                   []corev1.EnvVar
	Unprivileged, Privileged struct {
		Pod       *corev1.PodSecurityContext
		Container *corev1.SecurityContext
	}
}

func readPodParts() (parts podParts, err error) {
	if err = yaml.UnmarshalStrict(podYAML, &parts); err != nil {
		err = fmt.Errorf("pod.yaml of the agent: %w", err)
	}
	return parts, err
}

// tolerations are the user's and those of every pod.
func (p podParts) tolerations(s Spec) []corev1.Toleration {
	return slices.Concat(s.Tolerations, p.Pod.Tolerations)
}

// pod returns the template of the pod that takes the snapshot of a node. Only the
// one that writes the ConfigMap needs a token.
func (d *deployment) pod(t target) corev1.PodTemplateSpec {
	spec, security := d.parts.Pod.DeepCopy(), d.parts.Unprivileged
	if d.spec.Privileged {
		security = d.parts.Privileged
	}
	spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchFields[0].Values = []string{t.node}
	spec.Tolerations = d.parts.tolerations(d.spec)
	spec.ServiceAccountName = d.account()
	spec.AutomountServiceAccountToken = new(!d.spec.AllNodes)
	spec.SecurityContext = security.Pod.DeepCopy()
	if d.spec.RuntimeClass != "" {
		spec.RuntimeClassName = new(d.spec.RuntimeClass)
	}
	for _, secret := range d.spec.ImagePullSecrets {
		spec.ImagePullSecrets = append(spec.ImagePullSecrets, corev1.LocalObjectReference{Name: secret})
	}
	c := &spec.Containers[0]
	c.Name, c.Image, c.Args, c.SecurityContext = containerName, d.spec.Image, d.arguments(), security.Container.DeepCopy()
	if slices.ContainsFunc(d.collectors, func(c collector) bool { return c.dbus }) && !d.spec.Privileged {
		c.SecurityContext.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
	}
	if slices.Contains(namesOf(d.collectors), "GPU/smi") {
		c.Env = append(c.Env, d.parts.GPUEnv...)
	}
	for _, p := range d.paths() {
		spec.Volumes = append(spec.Volumes, corev1.Volume{
			Name:         volumeName(p.path),
			VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: p.path, Type: &p.kind}},
		})
		mount := corev1.VolumeMount{Name: volumeName(p.path), MountPath: path.Join(hostRoot, p.path), ReadOnly: true}
		if p.path == "/" {
			// What is mounted below, such as the root of a driver container.
			mount.MountPropagation = new(corev1.MountPropagationHostToContainer)
		}
		c.VolumeMounts = append(c.VolumeMounts, mount)
	}
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: d.labels()}, Spec: *spec}
}

// arguments are those of the eidos command, which is the image's entrypoint.
func (d *deployment) arguments() []string {
	// The run has added to the ConfigMap of an earlier run.
	to := []string{"--output", location.ConfigMapRef{Namespace: d.spec.Namespace, Name: d.spec.Name}.String(), "--force"}
	if d.spec.AllNodes {
		to = []string{"--framed"}
	}
	return slices.Concat([]string{"snapshot"}, to, []string{"--collectors", strings.Join(namesOf(d.collectors), ","), "--host-root", hostRoot})
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

// jobName tells the Jobs of a run on several nodes apart.
func (d *deployment) jobName(i int) string {
	if !d.spec.AllNodes {
		return d.base()
	}
	return d.base() + "-" + strconv.Itoa(i)
}
