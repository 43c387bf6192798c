// SPDX-License-Identifier: Apache-2.0

package form

import (
	"cmp"
	"path"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// helmfile writes a release for each step. Objects are charts of the bundle's own, so
// that helmfile diff shows them and they wait for their needs as all releases do.
type helmfile struct{}

// namespacesIn is the namespace that has the release of all namespaces.
const namespacesIn = "kube-system"

func (helmfile) Write(b Bundle) ([]outdir.File, error) {
	f := folder{name: "helmfile"}
	var repositories, releases []any
	all := steps(b)
	in := map[string]string{} // the namespace of a step's release
	for _, s := range all {
		in[s.name] = cmp.Or(s.of.Namespace, namespacesIn)
	}
	for _, s := range all {
		release := map[string]any{"name": s.name, "namespace": in[s.name]}
		var needs []any
		for _, name := range s.needs {
			needs = append(needs, in[name]+"/"+name)
		}
		if len(needs) > 0 {
			release["needs"] = needs
		}
		if s.chart {
			if !component.IsRegistry(s.of.Repository) {
				repositories = append(repositories, map[string]any{"name": s.name, "url": s.of.Repository})
			}
			f.chartRelease(release, s.of)
		} else {
			f.objectsRelease(release, s)
		}
		if hooks := hooks(s); len(hooks) > 0 {
			release["hooks"] = hooks
		}
		releases = append(releases, release)
	}
	document := map[string]any{
		"helmDefaults": map[string]any{"createNamespace": false, "wait": true, "timeout": 1200}, // seconds
		"releases":     releases,
	}
	if len(repositories) > 0 {
		document["repositories"] = repositories
	}
	f.add("helmfile.yaml", document)
	return f.result()
}

func (f *folder) chartRelease(release map[string]any, c Component) {
	release["chart"] = c.Name + "/" + c.Chart
	if component.IsRegistry(c.Repository) {
		release["chart"] = component.HelmSource(c.Chart, c.Repository)[0]
	}
	release["version"] = c.Version
	values := "values/" + c.Name + ".yaml"
	f.add(values, c.Values)
	release["values"] = []any{values}
}

// objectsRelease writes the chart of objects. It takes over objects that are there
// already, and its namespaces stay when it goes.
func (f *folder) objectsRelease(release map[string]any, s step) {
	chart := "charts/" + s.name
	release["chart"], release["takeOwnership"] = "./"+chart, true
	if s.waits {
		release["disableValidationOnInstall"] = true // the definitions come with an earlier release
	}
	f.add(chart+"/Chart.yaml", map[string]any{"apiVersion": "v2", "name": s.name, "version": "1.0.0"})
	for _, o := range s.objects {
		if isNamespace(o) {
			o.Tree = tree.Patch(o.Tree, map[string]any{"metadata": map[string]any{"annotations": map[string]any{"helm.sh/resource-policy": "keep"}}})
		}
		text, err := encode(o.Tree)
		if err != nil {
			f.errs = append(f.errs, err)
		}
		f.text(path.Join(chart, "templates", o.Name+".yaml"), strings.ReplaceAll(string(text), "{{", "{{ `{{` }}"))
	}
}

// hooks wait for what Helm does not: definitions that a running component installs, and
// the object that says whether a component is up.
func hooks(s step) []any {
	var all []any
	var last string // objects of a kind stand next to one another
	for _, o := range s.objects {
		if s.waits && o.CRD != last {
			last = o.CRD
			all = append(all, wait("presync", "create", "crd/"+o.CRD), wait("presync", "condition=Established", "crd/"+o.CRD))
		}
	}
	if s.reports() {
		all = append(all, wait("postsync", "jsonpath={.status.state}=ready", s.of.Ready.Object))
	}
	return all
}

func wait(event, what, object string) any {
	return map[string]any{
		"events": []any{event}, "command": "kubectl", "showlogs": true,
		"args": []any{"wait", "--context={{ .Release.KubeContext }}", "--for=" + what, "--timeout=20m", object},
	}
}
