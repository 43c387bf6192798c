// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"fmt"
	"maps"
	"slices"
)

// inspectDRADriver checks where the driver's files are looked for, and what would
// keep the chart from being installed.
func (c *inspected) inspectDRADriver() []string {
	p := c.point
	root := "/"
	switch image := services()[p.Service].images[p.OS]; {
	case image.installDir != "":
		root = image.installDir
	case installsDriver(p):
		root = "/run/nvidia/driver"
	}
	wrong := c.wantValues(map[string]any{"nvidiaDriverRoot": root, "resources.gpus.enabled": false, "resources.computeDomains.enabled": true})
	// The default asks for a control-plane node, which managed services do not show.
	affinity, set := lookup(c.values, "controller.affinity.nodeAffinity")
	if managed := p.Service != "self-managed"; managed != (set && affinity == nil) {
		wrong = append(wrong, fmt.Sprintf("controller.affinity.nodeAffinity is taken away: %t, want %t", !managed, managed))
	}
	return append(wrong, c.wantKinds(slices.Concat([]string{"Namespace"}, quota(p)))...)
}

// inspectEFAPlugin checks that the plugin gets onto the nodes. Its namespace is
// the system's own.
func (c *inspected) inspectEFAPlugin() []string {
	wrong := c.wantValues(map[string]any{"image.tag": efaPluginTag})
	if len(asList(c.effective("tolerations"))) == 0 {
		wrong = append(wrong, "values: GPU nodes with a taint get no plugin")
	}
	if c.Namespace != "kube-system" {
		wrong = append(wrong, "the namespace is "+c.Namespace)
	}
	for _, name := range efaInstanceTypes()[c.point.GPU] {
		if !slices.Contains(c.release.InstanceTypes(), name) {
			wrong = append(wrong, "the chart gives no plugin to "+name)
		}
	}
	return append(wrong, c.wantKinds(nil)...)
}

// wantValues compares what the chart will see at some paths.
func (c *inspected) wantValues(want map[string]any) []string {
	var wrong []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if got := c.effective(path); got != want[path] {
			wrong = append(wrong, fmt.Sprintf("values: %s is %v, want %v", path, got, want[path]))
		}
	}
	return wrong
}
