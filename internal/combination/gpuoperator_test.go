// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/combination"
)

// inspectGPUOperator checks the ClusterPolicy and the objects beside it.
func (c *inspected) inspectGPUOperator() []string {
	if c.policy == nil {
		return []string{"no ClusterPolicy is shown"}
	}
	spec, _ := c.policy["spec"].(map[string]any)
	return slices.Concat(c.inspectPlatform(spec), c.inspectObjects())
}

// renamedFields are the fields of the policy whose value has another path.
func (c *inspected) renamedFields() map[string]string {
	const deletion = "driver.upgradePolicy.podDeletion."
	renamed := map[string]string{
		"driver.useNvidiaDriverCRD": "driver.nvidiaDriverCRD.enabled",
		deletion + "deleteEmptyDir": "driver.upgradePolicy.gpuPodDeletion.deleteEmptyDir",
		deletion + "force":          "driver.upgradePolicy.gpuPodDeletion.force",
		deletion + "timeoutSeconds": "driver.upgradePolicy.gpuPodDeletion.timeoutSeconds",
	}
	if c.Version == "v25.3.4" {
		renamed["ccManager.env"] = "vfioManager.env" // a mistake of the chart
	}
	return renamed
}

// chartFields are the fields of the policy that no value sets.
func (c *inspected) chartFields() map[string]any {
	return map[string]any{
		"daemonsets.labels.app.kubernetes.io/managed-by": "gpu-operator",
		"daemonsets.labels.helm.sh/chart":                "gpu-operator-" + c.Version,
		"nodeStatusExporter.version":                     c.Version,
		"validator.version":                              c.Version,
	}
}

// inspectPolicy reads the policy a second way, by names: every field is the
// value of the same path, as values.yaml or else the chart has it, and every
// value is in the policy. The images are those of the release.
func (c *inspected) inspectPolicy() []string {
	var wrong []string
	spec, _ := c.policy["spec"].(map[string]any)
	fields := leafPaths("", spec)
	sources := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		want, fixed := c.chartFields()[path]
		if !fixed {
			source := cmp.Or(c.renamedFields()[path], path)
			sources[source], want = true, c.effective(source)
		}
		if !reflect.DeepEqual(want, fields[path]) {
			wrong = append(wrong, fmt.Sprintf("ClusterPolicy: spec.%s is %v, want %v", path, fields[path], want))
		}
	}
	for path, v := range leafPaths("", c.values) {
		if !sources[path] {
			wrong = append(wrong, fmt.Sprintf("ClusterPolicy: %s %v of the values is nowhere", path, v))
		}
	}
	return append(wrong, c.inspectTags(spec)...)
}

// effective is the value that the chart sees at a path.
func (c *inspected) effective(path string) any {
	if v, ok := lookup(c.values, path); ok {
		return v
	}
	v, _ := c.release.Default(path)
	return v
}

func lookup(tree map[string]any, path string) (any, bool) {
	var v any = tree
	for name := range strings.SplitSeq(path, ".") {
		below, isMap := v.(map[string]any)
		if !isMap {
			return nil, false
		}
		var ok bool
		if v, ok = below[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

// leafPaths returns the scalars and lists of a tree by their paths.
func leafPaths(prefix string, tree map[string]any) map[string]any {
	leaves := map[string]any{}
	for name, v := range tree {
		if below, ok := v.(map[string]any); ok {
			maps.Copy(leaves, leafPaths(prefix+name+".", below))
			continue
		}
		leaves[prefix+name] = v
	}
	return leaves
}

// inspectTags checks the images against the release's.
func (c *inspected) inspectTags(spec map[string]any) []string {
	var wrong []string
	for operand, want := range operandTags()[c.Version] {
		if c.leavesOut(operand) {
			continue
		}
		if got, _ := lookup(spec, operand+".version"); got != want {
			wrong = append(wrong, fmt.Sprintf("ClusterPolicy: spec.%s.version is %v, want %s", operand, got, want))
		}
	}
	return wrong
}

// leavesOut reports whether the chart writes nothing about an operand, because
// it is off.
func (c *inspected) leavesOut(operand string) bool {
	return c.Version == "v25.3.4" && (operand == "gds" || operand == "gdrcopy") && c.effective(operand+".enabled") == false
}

// inspectPlatform checks what follows from the platform and the options.
func (c *inspected) inspectPlatform(spec map[string]any) []string {
	p := c.point
	image := services()[p.Service].images[p.OS]
	mellanox := slices.Contains([]string{infiniband, roce, unknown}, fabric(p))
	want := map[string]any{
		"driver.enabled":      installsDriver(p),
		"toolkit.enabled":     image.toolkit,
		"cdi.enabled":         true,
		"gds.enabled":         p.GDS,
		"migManager.enabled":  p.MIG != combination.NoMIG,
		"mig.strategy":        p.MIG,
		"driver.rdma.enabled": p.RDMA && mellanox && installsDriver(p),
		"toolkit.installDir":  "/usr/local/nvidia",
	}
	if image.installDir != "" {
		want["toolkit.installDir"] = image.installDir
		want["hostPaths.driverInstallDir"] = image.installDir
	}
	if installsDriver(p) && slices.Contains(openModulesOnly(), p.GPU) {
		want["driver.kernelModuleType"] = "open"
	}
	if c.leavesOut("gds") {
		delete(want, "gds.enabled")
	}
	var wrong []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got, _ := lookup(spec, path); got != want[path] {
			wrong = append(wrong, fmt.Sprintf("ClusterPolicy: spec.%s is %v, want %v", path, got, want[path]))
		}
	}
	return append(wrong, c.inspectRuntime(spec)...)
}

// inspectRuntime checks where the toolkit reads the runtime's configuration: on
// COS from a file, since the Kubernetes version from which its command line no
// longer tells it.
func (c *inspected) inspectRuntime(spec map[string]any) []string {
	var want []any
	if c.point.OS == "cos" && c.point.Kubernetes >= firstRuntimeFile {
		want = []any{map[string]any{"name": "RUNTIME_CONFIG_SOURCE", "value": "file"}}
	}
	env, _ := lookup(spec, "toolkit.env")
	if got := asList(env); len(got)+len(want) > 0 && !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("ClusterPolicy: spec.toolkit.env is %v, want %v", got, want)}
	}
	return nil
}

// inspectObjects checks which objects stand beside the chart.
func (c *inspected) inspectObjects() []string {
	p := c.point
	want := slices.Concat([]string{"Namespace"}, quota(p))
	if p.Service == "eks" && p.GPU == coherentMemory && installsDriver(p) {
		want = append([]string{"ConfigMap"}, want...)
	}
	return c.wantKinds(want)
}

// quota is what GKE wants of a namespace with critical pods.
func quota(p combination.Point) []string {
	if p.Service == "gke" {
		return []string{"ResourceQuota"}
	}
	return nil
}

// wantKinds compares the kinds of the objects beside the chart.
func (c *inspected) wantKinds(want []string) []string {
	if got := c.kinds(); !slices.Equal(want, got) {
		return []string{fmt.Sprintf("manifests: want %q, got %q", want, got)}
	}
	return nil
}
