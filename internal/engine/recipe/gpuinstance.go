// SPDX-License-Identifier: Apache-2.0

package recipe

import "slices"

// GPUInstanceType reports whether the platform table knows an instance type as
// one with GPUs, for snapshots of nodes that carry no label that says so.
func (c *Catalog) GPUInstanceType(name string) bool {
	for _, platform := range c.platforms {
		if slices.ContainsFunc(platform.GPUs, func(g PlatformGPU) bool { return g.has(name) }) {
			return true
		}
	}
	return false
}
