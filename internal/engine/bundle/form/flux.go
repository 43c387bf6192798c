// SPDX-License-Identifier: Apache-2.0

package form

import (
	"path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// flux writes a Kustomization for each step, which depend on one another. They prune
// nothing, and a release that fails is tried again: it is neither uninstalled nor
// rolled back, as either would take the driver from nodes that work.
type flux struct{}

// fluxSystem is the namespace of Flux, and the name of the source that it was
// bootstrapped with.
const fluxSystem = "flux-system"

func (flux) Write(b Bundle) ([]outdir.File, error) {
	f := folder{name: "flux"}
	var stack []any
	for _, s := range steps(b) {
		at := "steps/" + s.name
		if s.chart {
			f.add(at+"/source.yaml", chartOrigin(s.of))
			f.add(at+"/release.yaml", helmRelease(s.of))
			f.kustomization(at, []any{"release.yaml", "source.yaml"})
		} else {
			f.objects(at, s.objects)
		}
		stack = append(stack, "stack/"+s.name+".yaml")
		f.add("stack/"+s.name+".yaml", fluxKustomization(s, b.GitOps.at(f.name, at)))
	}
	f.kustomization("", stack)
	return f.result()
}

func fluxObject(apiVersion, kind, name string, spec map[string]any) map[string]any {
	return map[string]any{
		"apiVersion": apiVersion, "kind": kind, "spec": spec,
		"metadata": map[string]any{"name": name, "namespace": fluxSystem},
	}
}

func fluxKustomization(s step, at string) map[string]any {
	spec := map[string]any{
		"interval": "1h", "retryInterval": "2m", "timeout": "30m",
		"path": "./" + at, "prune": false, "wait": true,
		"sourceRef": map[string]any{"kind": "GitRepository", "name": fluxSystem},
	}
	var needs []any
	for _, name := range s.needs {
		needs = append(needs, map[string]any{"name": name})
	}
	if len(needs) > 0 {
		spec["dependsOn"] = needs
	}
	if s.reports() {
		if s.chart {
			// What the chart makes is not in the folder, and waiting for all that is
			// would leave it out.
			delete(spec, "wait")
			spec["healthChecks"] = []any{
				map[string]any{"apiVersion": releaseVersion, "kind": "HelmRelease", "name": s.name, "namespace": fluxSystem},
				map[string]any{"apiVersion": s.of.Ready.APIVersion, "kind": s.of.Ready.Kind, "name": s.of.Ready.Name},
			}
		}
		spec["healthCheckExprs"] = expressions(s.of)
	}
	return fluxObject("kustomize.toolkit.fluxcd.io/v1", "Kustomization", s.name, spec)
}

// expressions say when the object that reports for a component is ready.
func expressions(c Component) []any {
	var all []any
	for _, state := range c.States {
		if state.Kind == c.Ready.Kind && state.Group == path.Dir(c.Ready.APIVersion) {
			all = append(all, map[string]any{"apiVersion": c.Ready.APIVersion, "kind": state.Kind, "current": cel(state)})
		}
	}
	return all
}

const (
	releaseVersion = "helm.toolkit.fluxcd.io/v2"
	sourceVersion  = "source.toolkit.fluxcd.io/v1"
)

// chartOrigin is where Flux takes the chart from.
func chartOrigin(c Component) map[string]any {
	if component.IsRegistry(c.Repository) {
		return fluxObject(sourceVersion, "OCIRepository", c.Name, map[string]any{
			"interval": "24h", "url": component.HelmSource(c.Chart, c.Repository)[0],
			"ref":           map[string]any{"tag": c.Version},
			"layerSelector": map[string]any{"mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "operation": "copy"},
		})
	}
	return fluxObject(sourceVersion, "HelmRepository", c.Name, map[string]any{"interval": "24h", "url": c.Repository})
}

func helmRelease(c Component) map[string]any {
	action := map[string]any{"crds": "Skip", "strategy": map[string]any{"name": "RetryOnFailure"}}
	if len(c.Definitions) > 0 {
		action["crds"] = "CreateReplace"
	}
	spec := map[string]any{
		"interval": "1h", "timeout": "20m",
		"releaseName": c.Name, "targetNamespace": c.Namespace, "storageNamespace": c.Namespace,
		"install": action, "upgrade": action, "values": c.Values,
	}
	if component.IsRegistry(c.Repository) {
		spec["chartRef"] = map[string]any{"kind": "OCIRepository", "name": c.Name}
	} else {
		spec["chart"] = map[string]any{"spec": map[string]any{
			"chart": c.Chart, "version": c.Version, "interval": "24h",
			"sourceRef": map[string]any{"kind": "HelmRepository", "name": c.Name},
		}}
	}
	return fluxObject(releaseVersion, "HelmRelease", c.Name, spec)
}
