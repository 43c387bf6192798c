// SPDX-License-Identifier: Apache-2.0

package agent

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// collector is what one collector needs: of a pod that may do nothing else, or,
// when it asks the API server, of whoever runs the agent.
type collector struct {
	name  string
	rules []rbacv1.PolicyRule // cluster-wide, of whoever asks
	paths []hostPath
	// dbus is set when the collector talks to the node's D-Bus, whose daemon
	// takes no message from a container under AppArmor's default profile.
	dbus bool
}

// hostPath is a path of the node that is mounted read-only below hostRoot. It
// must be there: a type check keeps the container runtime from creating it.
type hostPath struct {
	path string
	kind corev1.HostPathType
}

// collectors lists every collector of the command. Why a path is needed at all,
// where a container has a /proc and a /sys of its own: the command reads all of
// a node below one root, so that it never takes a fact of the container for one
// of the node.
func collectors() []collector {
	list := func(group, resource string) []rbacv1.PolicyRule {
		return []rbacv1.PolicyRule{{APIGroups: []string{group}, Resources: []string{resource}, Verbs: []string{"list"}}}
	}
	directory := func(paths ...string) []hostPath { return hostPaths(corev1.HostPathDirectory, paths) }
	file := func(paths ...string) []hostPath { return hostPaths(corev1.HostPathFile, paths) }
	return []collector{
		{name: snapshot.KubernetesServer}, // everybody who is authenticated may read /version
		{name: snapshot.KubernetesImage, rules: list("", "pods")},
		{name: snapshot.KubernetesPolicy, rules: list("nvidia.com", "clusterpolicies")},
		{name: snapshot.KubernetesNode, rules: list("", "nodes")},
		{name: "GPU/smi"}, // nvidia-smi and the devices come from the runtime class
		{name: "GPU/driver", paths: directory("/proc/driver")},
		// All of /sys: the buses link to devices anywhere in it, and not every node
		// has EFI, or a kernel that knows lockdown.
		{name: "GPU/device", paths: directory("/sys", "/proc/driver")},
		{name: "OS/grub", paths: file("/proc/cmdline")},
		{name: "OS/kmod", paths: file("/proc/modules")},
		// Not net: the kernel shows the reader's network namespace there, not the host's.
		{name: "OS/sysctl", paths: directory("/proc/sys/fs", "/proc/sys/kernel", "/proc/sys/vm")},
		{name: "OS/release", paths: file("/etc/os-release")},
		{name: "OS/kernel", paths: append(file("/proc/cmdline"), directory("/proc/sys/kernel", "/sys")...)},
		{name: "OS/containerd"}, // a configuration is where a distribution has it: only a privileged agent sees all places
		// Not net of the reader: the first process is in the host's network.
		{name: "OS/network", paths: directory("/sys", "/proc/1/net")},
		{name: "SystemD/containerd.service", paths: directory("/run/dbus"), dbus: true},
		{name: "SystemD/services", paths: directory("/run/dbus"), dbus: true},
	}
}

func hostPaths(kind corev1.HostPathType, paths []string) []hostPath {
	all := make([]hostPath, len(paths))
	for i, path := range paths {
		all[i] = hostPath{path: path, kind: kind}
	}
	return all
}

// chosen returns the collectors of the spec in the order of the table. A name
// selects one, a type all of its own; upper and lower case are the same.
func (s Spec) chosen() ([]collector, error) {
	all := collectors()
	if len(s.Collectors) == 0 {
		return all, nil
	}
	for _, name := range s.Collectors {
		if !slices.ContainsFunc(all, func(c collector) bool { return c.matches(name) }) {
			return nil, errorf(InvalidSpec, "%q is not a collector. Collectors are %s, or a type for all of its own: %s",
				name, strings.Join(CollectorNames(), ", "), strings.Join(collectorTypes(), ", "))
		}
	}
	return slices.DeleteFunc(all, func(c collector) bool {
		return !slices.ContainsFunc(s.Collectors, c.matches)
	}), nil
}

func (c collector) matches(name string) bool {
	return strings.EqualFold(c.name, name) || strings.EqualFold(c.kind(), name)
}

// remote reports whether the collector asks the API server, which needs no pod.
func (c collector) remote() bool { return c.kind() == string(measurement.K8s) }

// kind is the type of measurement.
func (c collector) kind() string {
	kind, _, _ := strings.Cut(c.name, "/")
	return kind
}

// CollectorNames returns the names that a Spec may choose from.
func CollectorNames() []string { return namesOf(collectors()) }

func namesOf(collectors []collector) []string {
	names := make([]string, len(collectors))
	for i, c := range collectors {
		names[i] = c.name
	}
	return names
}

func collectorTypes() []string {
	var types []string
	for _, c := range collectors() {
		types = append(types, c.kind())
	}
	return slices.Compact(types)
}
