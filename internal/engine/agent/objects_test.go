// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func deploymentOf(t *testing.T, spec Spec, id string, nodes ...string) *deployment {
	t.Helper()
	if err := spec.Validate(); err != nil {
		t.Fatal(err)
	}
	d, err := newDeployment(spec, id, "owner", nodes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func baseSpec() Spec {
	return Spec{Namespace: "gpu-operator", Name: "eidos-snapshot", Image: "registry.example/eidos:1.2.3"}
}

// objects are everything that a run creates, in its order.
func (d *deployment) objects(suspended bool) []runtime.Object {
	var all []runtime.Object
	all = append(all, d.configMap(d.spec.Name, nil))
	if d.hasAccount() {
		all = append(all, d.serviceAccount(), d.role(), d.roleBinding())
	}
	for _, t := range d.targets {
		all = append(all, d.job(t, suspended))
	}
	return all
}

func TestObjects(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Spec){
		"default":    func(*Spec) {},
		"privileged": func(s *Spec) { s.Privileged = true },
		"all nodes":  func(s *Spec) { s.AllNodes, s.Collectors = true, []string{"K8s", "OS"} },
		"everything": func(s *Spec) {
			s.ServiceAccount, s.RuntimeClass, s.ImagePullSecrets = "mine", "nvidia", []string{"registry"}
			s.AllNodes, s.NodeSelector = true, map[string]string{"pool": "gpu"}
			s.Tolerations = []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpEqual, Value: "gpu", Effect: corev1.TaintEffectNoSchedule}}
			s.Collectors = []string{"os/GRUB", "gpu"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := baseSpec()
			change(&spec)
			nodes := []string{"gpu-1"}
			if spec.AllNodes {
				nodes = append(nodes, "gpu-2")
			}
			got := manifest(t, deploymentOf(t, spec, "abcdefgh", nodes...).objects(true)...)
			golden(t, filepath.Join("testdata", strings.ReplaceAll(name, " ", "-")+".yaml"), got)
		})
	}
}

// Whatever is chosen, a pod may patch the run's ConfigMap, and on all nodes
// nothing. Terraform's own rights are to list, never secrets, and only a
// privileged agent may do more than read paths.
func TestLeastPrivilege(t *testing.T) {
	t.Parallel()
	for _, name := range CollectorNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := baseSpec()
			spec.Collectors = []string{name}
			d := deploymentOf(t, spec, "abcdefgh", "gpu-1")
			chosen, err := spec.chosen()
			if err != nil || len(chosen) != 1 {
				t.Fatalf("chosen: %v, %v", chosen, err)
			}
			for _, rule := range chosen[0].rules {
				if !chosen[0].remote() || !slices.Equal(rule.Verbs, []string{"list"}) || slices.Contains(rule.Resources, "secrets") || slices.Contains(rule.Resources, "*") {
					t.Errorf("cluster-wide rule %v", rule)
				}
			}
			if chosen[0].remote() { // no pod at all
				if len(d.collectors) > 0 || d.hasAccount() {
					t.Errorf("the pod has %v, an account: %t", d.collectors, d.hasAccount())
				}
				return
			}
			spec.AllNodes = true
			all := deploymentOf(t, spec, "abcdefgh", "gpu-1")
			if pod := all.pod(all.targets[0]).Spec; all.hasAccount() || pod.ServiceAccountName != "" || *pod.AutomountServiceAccountToken {
				t.Errorf("the pod on all nodes: %+v", pod)
			}
			if rules := d.role().Rules; len(rules) != 1 || fmt.Sprint(rules[0]) != "{[patch] [] [configmaps] [eidos-snapshot] []}" {
				t.Errorf("rules in the namespace: %v", rules)
			}
			pod := d.pod(d.targets[0]).Spec
			if pod.HostNetwork || pod.HostPID || pod.HostIPC || !*pod.SecurityContext.RunAsNonRoot {
				t.Errorf("the pod: %+v", pod)
			}
			c := pod.Containers[0]
			if s := c.SecurityContext; *s.Privileged || *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) {
				t.Errorf("the container: %+v", s)
			}
			for i, mount := range c.VolumeMounts {
				if source := pod.Volumes[i].HostPath; !mount.ReadOnly || mount.MountPath != hostRoot+source.Path || *source.Type == corev1.HostPathUnset {
					t.Errorf("mount %+v of %+v", mount, source)
				}
			}
			if without := []string{"GPU/smi", "OS/containerd"}; len(pod.Volumes) == 0 && !slices.Contains(without, name) {
				t.Errorf("%d volumes", len(pod.Volumes))
			}
		})
	}
}

func TestNamesFit(t *testing.T) {
	t.Parallel()
	spec := baseSpec()
	spec.Namespace, spec.Name, spec.AllNodes = strings.Repeat("n", 63), strings.Repeat("c.", 126)+"c", true
	node := strings.Repeat("a.", 126)
	d := deploymentOf(t, spec, "abcdefgh", node+"a", node+"b")
	for _, name := range []string{d.targets[0].job, d.targets[1].job} {
		if len(name) > 63 {
			t.Errorf("the name of a Job has %d characters: %s", len(name), name)
		}
	}
	for key, value := range d.labels() {
		if len(value) > 63 {
			t.Errorf("label %s has %d characters", key, len(value))
		}
	}
}

func TestDefaultImage(t *testing.T) {
	t.Parallel()
	const digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	for version, want := range map[string]string{
		"1.2.3": "ghcr.io/cloud-native-stack/eidos:1.2.3", "0.1.0-rc.1+build.5": "ghcr.io/cloud-native-stack/eidos:0.1.0-rc.1", "dev": "", "test": "", "": "", "v1.2": "",
	} {
		got, fixed := DefaultImage(version, ""), DefaultImage(version, digest)
		if got != want || IsFixed(got) || IsDefaultImage(got) != (want != "") {
			t.Errorf("version %q: image %q, want %q", version, got, want)
		}
		if want != "" && (fixed != want+"@"+digest || !IsFixed(fixed) || !IsDefaultImage(fixed)) || want == "" && fixed != "" {
			t.Errorf("version %q with a digest: image %q", version, fixed)
		}
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Spec)
		want   string
	}{
		"namespace":     {func(s *Spec) { s.Namespace = "A b" }, `namespace: "A b"`},
		"name":          {func(s *Spec) { s.Name = "" }, `name: ""`},
		"image":         {func(s *Spec) { s.Image = " " }, "image: name the image"},
		"collector":     {func(s *Spec) { s.Collectors = []string{"OS/grubb"} }, `"OS/grubb" is not a collector. Collectors are K8s/server`},
		"node and pool": {func(s *Spec) { s.NodeName, s.NodeSelector = "a", map[string]string{"pool": "gpu"} }, "node_name: set either"},
		"node and all":  {func(s *Spec) { s.NodeName, s.AllNodes = "a", true }, "node_name: set either"},
		"node":          {func(s *Spec) { s.NodeName = "A" }, `node_name: "A"`},
		"label":         {func(s *Spec) { s.NodeSelector = map[string]string{"a b": "c d"} }, `node_selector: "c d"`},
		"secret":        {func(s *Spec) { s.ImagePullSecrets = []string{"A"} }, `image_pull_secrets: "A"`},
		"account":       {func(s *Spec) { s.ServiceAccount = "A" }, `service_account: "A"`},
		"class":         {func(s *Spec) { s.RuntimeClass = "A" }, `runtime_class: "A"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := baseSpec()
			tt.change(&spec)
			err := spec.Validate()
			if ReasonOf(err) != InvalidSpec || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
