// SPDX-License-Identifier: Apache-2.0

package main

// flowPicture shows the three stages and what takes a bundle.
func flowPicture() string {
	var d drawing
	const top, gap, width = margin, 44, 236
	stages := []struct {
		class, head string
		lines       []string
	}{
		{"box", "snapshot: what is there", []string{"code|data eidos_snapshot", "code|eidos_agent", "code|eidos snapshot", "note|versions, GPUs, kernel, modules,", "note|settings of a cluster and its nodes"}},
		{"box", "recipe: what should run there", []string{"code|data eidos_recipe", "code|provider::eidos::recipe", "code|eidos recipe", "note|releases, drivers and settings,", "note|each with the layer that set it"}},
		{"strong", "bundle: what installs it", []string{"code|resource eidos_bundle", "code|eidos bundle", "code|POST /v1/bundle", "note|values and manifests, checked", "note|against the charts' own keys"}},
	}
	x, height := margin, 0
	for i, s := range stages {
		height = d.box(x, top, width, s.class, s.head, s.lines...)
		if i > 0 {
			d.arrow(x-gap, top+height/2, x, top+height/2)
		}
		x += width + gap
	}
	bottom := top + height + gap
	takers := []struct {
		head  string
		lines []string
	}{
		{"Terraform", []string{"code|modules/gpu-stack", "code|helm_release, eidos_manifests"}},
		{"Git", []string{"code|Argo CD, Flux", "code|Helmfile, Kustomize"}},
		{"Scripts", []string{"code|install.sh", "code|uninstall.sh"}},
	}
	middle := x - gap - width/2
	d.printf("<path class=\"line\" d=\"M%d %dV%d\"/>\n", middle, top+height, bottom-gap/2)
	d.printf("<path class=\"line\" d=\"M%d %dH%d\"/>\n", margin+width/2, bottom-gap/2, middle)
	low := 0
	for i, taker := range takers {
		left := margin + i*(width+gap)
		d.down(left+width/2, bottom-gap/2, bottom)
		low = d.box(left, bottom, width, "box", taker.head, taker.lines...)
	}
	return d.svg(x-gap+margin, bottom+low+margin, "From a snapshot to an installed stack",
		"A snapshot says what is there, a recipe what should run there, and a bundle is what installs it: by Terraform, from Git with Argo CD, Flux, Helmfile or Kustomize, or by scripts.")
}

// agentPicture shows how snapshots of nodes come about.
func agentPicture() string {
	var d drawing
	const width, gap = 250, 60
	left, right := margin, margin+width+gap
	height := d.box(left, margin, width, "strong", "Terraform", "code|resource eidos_agent", "note|creates what a run needs,", "note|waits, and removes it again", "note|asks the API server by itself")
	pods := []string{"code|eidos snapshot", "note|user 65532, no capabilities,", "note|read-only mounts; it may patch", "note|one ConfigMap, and nothing else"}
	d.box(right, margin, width, "box", "A Job on a GPU node", pods...)
	d.arrow(left+width, margin+height/2, right, margin+height/2)
	second := margin + height + gap
	low := d.box(right, second, width, "box", "What it found", "code|ConfigMap: snapshot.yaml", "note|of one node; those of all nodes", "note|come by the logs of their pods")
	d.down(right+width/2, margin+height, second)
	d.box(left, second, width, "box", "What Terraform has", "code|snapshot, query, groups", "note|of the typical node, and what", "note|others say differently")
	d.printf("<path class=\"line\" marker-end=\"url(#tip)\" d=\"M%d %dH%d\"/>\n", right, second+low/2, left+width)
	d.down(left+width/2, second+low, second+low+gap-16)
	end := second + low + gap - 16
	last := d.box(left, end, width, "box", "A recipe for these nodes", "code|data eidos_recipe")
	return d.svg(right+width+margin, end+last+margin, "The agent",
		"Terraform creates a Job on a GPU node, whose pod writes a snapshot into a ConfigMap, or into its log where all nodes are asked. Terraform reads the snapshots, removes the Job and makes a recipe.")
}
