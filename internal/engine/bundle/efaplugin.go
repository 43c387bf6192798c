// SPDX-License-Identifier: Apache-2.0

package bundle

const efaPluginName = "aws-efa-k8s-device-plugin"

const efa = "efa"

func efaPlugin() *bundler {
	return &bundler{
		name:     efaPluginName,
		title:    "AWS EFA Kubernetes Device Plugin",
		requires: []string{gpuOperatorName},
		keys: []recipeKey{
			fabricKey(),
			{subtype: nodeSubtype, name: "instance-type", about: "The instance type of the nodes, which the chart must list."},
		},
		needed:    recipe.hasEFA,
		build:     buildEFAPlugin,
		workloads: []string{"daemonset"},
		notes:     efaPluginNotes,
	}
}

func (r recipe) hasEFA() bool { return r.Request.Service == "eks" && r.fabric() == efa }

func buildEFAPlugin(d *draft) error {
	d.addNamespace()
	d.set("tolerations", gpuTolerations(), "The plugin tolerates no taint of GPU nodes by itself; the GPU Operator's pods tolerate this one.")
	return nil
}

// instanceFamilies are the EC2 instance families with a GPU: the part of an
// instance type before the dot. A recipe tells the instance type only where it
// was made from a snapshot, and the catalog's table of products is not part of
// it.
func instanceFamilies(gpu string) []string {
	return map[string][]string{
		"a100":  {"p4d", "p4de"},
		"h100":  {"p5"},
		"h200":  {"p5e", "p5en"},
		"b200":  {"p6-b200"},
		"gb200": {"p6e-gb200"},
		"l40s":  {"g6e"},
	}[gpu]
}
