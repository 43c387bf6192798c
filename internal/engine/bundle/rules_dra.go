// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

func draDriverRules() []rule {
	fail := func(name, summary string, check func(*draft) []violation) rule {
		return failure(name, summary, on(draDriverName, check))
	}
	warn := func(name, summary string, check func(*draft) []violation) rule {
		return warning(name, summary, on(draDriverName, check))
	}
	beside := func(check func(*draft) []violation) func(*draft) []violation {
		return on(gpuOperatorName, besideDRADriver(check))
	}
	return []rule{
		failure("dra-driver-twice", "The GPU Operator would install the DRA driver too.", beside(draTwice)),
		failure("dra-driver-too-old", "The DRA driver needs a newer GPU driver.", beside(draDriverTooOld)),
		failure("dra-needs-cdi", "The DRA driver gives devices to containers through CDI.", beside(draNeedsCDI)),
		fail("dra-takes-gpus", "The DRA driver and the device plugin would both hand out the GPUs.", draTakesGPUs),
		fail("dra-namespace", "The DRA driver's chart takes its namespace from Helm only, and not the default one.", draNamespace),
		fail("dra-driver-root", "The DRA driver looks for the GPU driver in another place than where it is installed.", draDriverRoot),
		fail("dra-removed-value", "The DRA driver's chart refuses a value that older releases took.", draRemovedValue),
		fail("dra-webhook-tls", "The DRA driver's chart refuses its webhook without certificates.", draWebhookTLS),
		warn("dra-tolerations", "The DRA driver tolerates less than the GPU Operator.", intolerant("kubeletPlugin.tolerations")),
		warn("compute-domains-without-nvlink", "Compute domains need NVLink between nodes.", computeDomainsWithoutNVLink),
	}
}

// besideDRADriver limits a check of the GPU Operator to bundles with the DRA
// driver.
func besideDRADriver(check func(*draft) []violation) func(*draft) []violation {
	return func(d *draft) []violation {
		if !slices.Contains(d.beside, draDriverName) {
			return nil
		}
		return check(d)
	}
}

func draTwice(d *draft) []violation {
	return broken(d.isOn(deployClusterPath), deployClusterPath,
		"for a GPUCluster the operator installs a DRA driver of its own, and a node takes only one", "leave "+draDriverName+" out of the bundle, or turn this off")
}

func draDriverTooOld(d *draft) []violation {
	const first = "565.0"
	return broken(d.driverBefore(first), driverVersionPath,
		fmt.Sprintf("the DRA driver needs the GPU driver %s or later, not %s", first, d.driverVersion()), "use a newer driver")
}

func draNeedsCDI(d *draft) []violation {
	return broken(!d.isOn("cdi.enabled"), "cdi.enabled", "the DRA driver gives devices to containers through CDI", "turn it on")
}

func draTakesGPUs(d *draft) []violation {
	const path = "resources.gpus.enabled"
	if !d.isOn(path) {
		return nil
	}
	found := broken(!d.isOn("gpuResourcesEnabledOverride"), path,
		"the chart refuses to take the GPUs from the device plugin", "leave it off, or also set gpuResourcesEnabledOverride where no device plugin runs")
	plugin, set := lookup(d.peers[gpuOperatorName], "devicePlugin.enabled")
	pluginRuns := slices.Contains(d.beside, gpuOperatorName) && (!set || plugin != false)
	return append(found, broken(pluginRuns, path,
		"the GPU Operator's device plugin hands out the same GPUs", "leave it off, or turn off devicePlugin.enabled of gpu-operator")...)
}

func draNamespace(d *draft) []violation {
	const refused = "allowDefaultNamespace"
	elsewhere := d.textAt("namespaceOverride")
	return slices.Concat(
		broken(d.namespace == "default" && elsewhere == "" && !d.isOn(refused), namespacesPath,
			"the chart refuses the namespace default", "name another namespace, or override "+refused),
		broken(d.isSet("namespace"), "namespace", "the chart refuses a namespace among its values", "name it in namespaces"),
		broken(elsewhere != "" && elsewhere != d.namespace, "namespaceOverride",
			fmt.Sprintf("the chart's objects would go to the namespace %q, but the bundle prepares %q", elsewhere, d.namespace), "name it in namespaces"),
	)
}

// draDriverRoot compares an override with what is known; where nobody overrides
// it the bundle knows better.
func draDriverRoot(d *draft) []violation {
	_, known := lookup(d.peers[gpuOperatorName], "hostPaths.driverInstallDir")
	root := d.textAt(driverRootPath)
	return broken(!known && d.operatorInstallsDriver() && root == "/", driverRootPath,
		"the host's root holds no driver: the GPU Operator installs it", "leave it alone: it is "+operatorDriverRoot)
}

func draRemovedValue(d *draft) []violation {
	return broken(d.isSet("nvidiaCtkPath"), "nvidiaCtkPath",
		"the chart no longer takes it and refuses to install with it", "remove it: the driver brings its own hook")
}

func draWebhookTLS(d *draft) []violation {
	const mode, issuer = "webhook.tls.mode", "webhook.tls.certManager.issuerType"
	if !d.isOn("webhook.enabled") {
		return nil
	}
	switch d.textAt(mode) {
	case "cert-manager":
		kind := d.textAt(issuer)
		known := slices.Contains([]string{"selfsigned", "clusterissuer", "issuer"}, kind)
		unnamed := kind != "selfsigned" && d.textAt("webhook.tls.certManager.issuerName") == ""
		return append(
			broken(!known, issuer, fmt.Sprintf("%q is no kind of issuer", kind), "use selfsigned, clusterissuer or issuer"),
			broken(known && unnamed, "webhook.tls.certManager.issuerName", "the issuer has no name", "name it")...)
	case "secret":
		return broken(d.textAt("webhook.tls.secret.name") == "", "webhook.tls.secret.name", "no secret is named for the webhook's certificate", "name one")
	default:
		return broken(true, mode, fmt.Sprintf("%q is no way to get certificates", d.textAt(mode)), "use cert-manager or secret")
	}
}

func computeDomainsWithoutNVLink(d *draft) []violation {
	gpu := d.recipe.Request.GPU
	return broken(gpu != "" && gpu != "gb200" && d.isOn("resources.computeDomains.enabled"), recipePath(configSubtype, "compute_domains"),
		fmt.Sprintf("compute domains join GPUs whose NVLink spans nodes, which that of %s does not", gpu), "set compute_domains to false")
}
