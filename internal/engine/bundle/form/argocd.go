// SPDX-License-Identifier: Apache-2.0

package form

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// argocd writes an app of apps: one Application for each step, in sync waves, and
// before them one with the definitions of each chart. Values are inside the
// Applications, so that only objects are read from Git.
//
// Nothing that Argo CD does by itself deletes: it prunes nothing, and as there are no
// finalizers an Application that goes leaves what it made.
type argocd struct{}

// argoNamespace is where Argo CD runs, and reads Applications.
const argoNamespace = "argocd"

func (argocd) Write(b Bundle) ([]outdir.File, error) {
	f := folder{name: "argocd"}
	for _, c := range inOrder(b.Components) {
		if len(c.Definitions) > 0 {
			f.add("apps/"+c.Name+"-definitions.yaml", definitions(c))
		}
	}
	for _, s := range steps(b) {
		if s.chart {
			f.add("apps/"+s.name+".yaml", chartApplication(s))
			continue
		}
		at := "manifests/" + s.name
		f.objects(at, s.objects)
		f.add("apps/"+s.name+".yaml", objectsApplication(s, b.GitOps.source(f.name, at)))
	}
	root := application("eidos", argoNamespace, 0, b.GitOps.source(f.name, "apps"))
	f.add("root.yaml", root)
	f.add("argocd-cm.yaml", map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "data": healthChecks(b),
		"metadata": map[string]any{
			"name": "argocd-cm", "namespace": argoNamespace,
			"labels": map[string]any{"app.kubernetes.io/name": "argocd-cm", "app.kubernetes.io/part-of": "argocd"},
		},
	})
	return f.result()
}

// application is one that is synced by itself and deletes nothing.
func application(name, namespace string, wave int, source map[string]any, options ...string) map[string]any {
	return map[string]any{
		"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
		"metadata": map[string]any{
			"name": name, "namespace": argoNamespace,
			"annotations": map[string]any{"argocd.argoproj.io/sync-wave": strconv.Itoa(wave)},
		},
		"spec": map[string]any{
			"project":     "default",
			"destination": map[string]any{"server": "https://kubernetes.default.svc", "namespace": namespace},
			"source":      source,
			"syncPolicy": map[string]any{
				"automated":   map[string]any{"prune": false, "selfHeal": false},
				"syncOptions": anys(append([]string{"RespectIgnoreDifferences=true", "ServerSideApply=true"}, options...)),
				"retry": map[string]any{
					"limit":   10, // about half an hour, in which nodes come up and drivers load
					"backoff": map[string]any{"duration": "15s", "factor": 2, "maxDuration": "5m"},
				},
			},
		},
	}
}

// definitions is the Application of the definitions in the archive of a chart. Argo
// CD takes an archive for a directory when told so, and nothing else of it is read.
func definitions(c Component) map[string]any {
	var include []string
	for _, folder := range c.Definitions {
		include = append(include, folder+"/*")
	}
	source := chartSource(c)
	source["directory"] = map[string]any{"recurse": true, "include": oneOf(include)}
	return ignoring(application(c.Name+"-definitions", c.Namespace, 0, source, "Delete=false", "Prune=false"))
}

// oneOf is the pattern that matches what one of several matches.
func oneOf(patterns []string) string {
	if len(patterns) == 1 {
		return patterns[0]
	}
	return "{" + strings.Join(patterns, ",") + "}"
}

func chartApplication(s step) map[string]any {
	source := chartSource(s.of)
	source["helm"] = map[string]any{"releaseName": s.of.Name, "skipCrds": true, "valuesObject": s.of.Values}
	return ignoring(application(s.name, s.of.Namespace, s.wave, source))
}

// chartSource names the chart. Argo CD recognizes a registry by the missing scheme.
func chartSource(c Component) map[string]any {
	repository := strings.TrimSuffix(strings.TrimPrefix(c.Repository, "oci://"), "/")
	return map[string]any{"repoURL": repository, "chart": c.Chart, "targetRevision": c.Version}
}

func objectsApplication(s step, source map[string]any) map[string]any {
	var options []string
	if s.name == namespaces {
		options = append(options, "Delete=false", "Prune=false")
	}
	if s.waits {
		options = append(options, "SkipDryRunOnMissingResource=true")
	}
	return application(s.name, cmp.Or(s.of.Namespace, argoNamespace), s.wave, source, options...)
}

// source is a folder in Git.
func (g GitOps) source(elements ...string) map[string]any {
	return map[string]any{"repoURL": cmp.Or(g.Repository, Missing), "targetRevision": cmp.Or(g.Revision, "HEAD"), "path": g.at(path.Join(elements...))}
}

// ignoring lets an Application of a chart leave alone the fields that something in the
// cluster fills in after the chart has left them empty.
func ignoring(application map[string]any) map[string]any {
	rule := func(group, kind, key, value string) any {
		return map[string]any{"group": group, "kind": kind, key: []any{value}}
	}
	const expressions = "jqPathExpressions"
	tree.Set(application, "spec.ignoreDifferences", []any{
		rule("admissionregistration.k8s.io", "MutatingWebhookConfiguration", expressions, ".webhooks[]?.clientConfig.caBundle"),
		rule("admissionregistration.k8s.io", "ValidatingWebhookConfiguration", expressions, ".webhooks[]?.clientConfig.caBundle"),
		rule("apiextensions.k8s.io", "CustomResourceDefinition", expressions, ".spec.conversion.webhook.clientConfig.caBundle"),
		rule("apiregistration.k8s.io", "APIService", expressions, ".spec.caBundle"),
		rule("rbac.authorization.k8s.io", "ClusterRole", "managedFieldsManagers", "clusterrole-aggregation-controller"),
	})
	return application
}

// healthChecks are the checks without which Argo CD takes an Application and a custom
// resource for healthy as soon as they exist, so that sync waves would order nothing.
func healthChecks(b Bundle) map[string]any {
	const key = "resource.customizations.health."
	checks := map[string]any{key + "argoproj.io_Application": applicationHealth}
	for _, s := range steps(b) {
		for _, state := range s.of.States {
			if s.reports() {
				checks[key+state.Group+"_"+state.Kind] = lua(state)
			}
		}
	}
	return checks
}

const applicationHealth = `hs = {status = "Progressing", message = ""}
if obj.status ~= nil and obj.status.health ~= nil then
  hs.status = obj.status.health.status or hs.status
  hs.message = obj.status.health.message or ""
end
return hs
`
