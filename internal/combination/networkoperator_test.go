// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"fmt"
	"slices"
)

// inspectNetworkOperator checks the NicClusterPolicy, its images, and the objects
// beside it.
func (c *inspected) inspectNetworkOperator() []string {
	var wrong []string
	for path, object := range c.objects {
		spec, _ := object["spec"].(map[string]any)
		switch object["kind"] {
		case "NicClusterPolicy":
			wrong = append(wrong, c.inspectNetworkImages("spec", spec)...)
		case "SriovNetworkNodePolicy":
			if devices, _ := lookup(spec, "nicSelector.rootDevices"); len(asList(devices)) == 0 {
				wrong = append(wrong, path+": without root devices it also takes the port of the primary network")
			}
		}
	}
	kinds := c.kinds()
	if !slices.Contains(kinds, "Namespace") {
		wrong = append(wrong, "manifests: no Namespace")
	}
	if !slices.Contains(kinds, "NicClusterPolicy") && c.point.Bundler == "" {
		wrong = append(wrong, "manifests: no NicClusterPolicy")
	}
	if got := slices.Contains(kinds, "IPPool"); got != c.point.Addresses {
		wrong = append(wrong, fmt.Sprintf("manifests: an IPPool: %t, want %t", got, c.point.Addresses))
	}
	// A cluster takes one Node Feature Discovery, which the GPU Operator brings.
	if got, want := c.effective("nfd.enabled"), c.point.Bundler != ""; got != want {
		wrong = append(wrong, fmt.Sprintf("nfd.enabled is %v, want %t", got, want))
	}
	return wrong
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}

// inspectNetworkImages checks every component's image below a path.
func (c *inspected) inspectNetworkImages(path string, tree map[string]any) []string {
	image, isComponent := tree["image"]
	if !isComponent {
		var wrong []string
		for name, v := range tree {
			if below, ok := v.(map[string]any); ok {
				wrong = append(wrong, c.inspectNetworkImages(path+"."+name, below)...)
			}
		}
		return wrong
	}
	tag := networkTagPrefix + c.Version
	if image == "doca-driver" {
		tag = networkDrivers()[c.Version]
	}
	if tree["repository"] != networkRepository || tree["version"] != tag {
		return []string{fmt.Sprintf("%s is %v/%v:%v, want %s/%v:%s", path, tree["repository"], image, tree["version"], networkRepository, image, tag)}
	}
	return nil
}
