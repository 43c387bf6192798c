// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"path"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
)

// formed asks for all forms but scripts.
func formed(t *testing.T, name string) bundle.Request {
	t.Helper()
	formats := slices.DeleteFunc(bundle.Formats(), func(name string) bool { return name == form.Scripts })
	return bundle.Request{Recipe: fixture(t, name), Formats: formats, GitOps: &form.GitOps{Repository: "https://git.example.com/platform/gpu.git", Revision: "main", Path: "clusters/gpu"}}
}

// TestGoldenForms compares every byte of two stacks: one with a mirror, pull secrets,
// placement and objects of all times, and one with a component without a chart.
func TestGoldenForms(t *testing.T) {
	t.Parallel()
	mirrored := formed(t, "self-managed-h100-rdma")
	mirrored.Placement, mirrored.Registry = placement(t), registry(t)
	golden(t, "self-managed-h100-rdma-forms", mirrored)
	golden(t, "gke-h100-tcpxo-forms", formed(t, "gke-h100-tcpxo"))
}

// TestScriptsAreTheDefault shows that formats change no byte of what there is without
// them.
func TestScriptsAreTheDefault(t *testing.T) {
	t.Parallel()
	plain := render(t, bundle.Request{Recipe: fixture(t, "aks-h100-training")})
	scripts := render(t, bundle.Request{Recipe: fixture(t, "aks-h100-training"), Formats: []string{"scripts"}})
	if plain.SHA256 != scripts.SHA256 {
		t.Errorf("scripts: %s, without formats: %s", scripts.SHA256, plain.SHA256)
	}
	both := render(t, bundle.Request{Recipe: fixture(t, "aks-h100-training"), Formats: []string{"flux", "scripts"}})
	about := []string{"README.md", "checksums.txt"} // of the whole bundle
	for name, text := range contents(plain) {
		if !slices.Contains(about, name) && contents(both)[name] != text {
			t.Errorf("%s is another file with flux", name)
		}
	}
	if diff := cmp.Diff(plain.Components, both.Components); diff != "" {
		t.Errorf("components differ with flux:\n%s", diff)
	}
}

func TestFormatsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		formats []string
		gitops  *form.GitOps
		want    []string
	}{
		"unknown format":          {[]string{"argo-cd"}, nil, []string{"formats: unknown format", `did you mean "argocd"?`}},
		"no format":               {[]string{}, nil, []string{"formats: the list is empty", "leave the list out for scripts"}},
		"no URL":                  {[]string{"argocd"}, &form.GitOps{Repository: "gpu"}, []string{"gitops: repository: want the URL"}},
		"a password":              {[]string{"argocd"}, &form.GitOps{Repository: "https://me:secret@git.example.com/gpu.git"}, []string{"want the URL", "without a password"}},
		"an option":               {[]string{"argocd"}, &form.GitOps{Repository: "--upload-pack=x:y"}, []string{"want the URL"}},
		"a revision with a space": {[]string{"argocd"}, &form.GitOps{Revision: "main dev"}, []string{"revision: ", "is not a branch"}},
		"a path upward":           {[]string{"flux"}, &form.GitOps{Path: "../gpu"}, []string{"path: ", "without . and .."}},
		"an absolute path":        {[]string{"flux"}, &form.GitOps{Path: "/gpu"}, []string{"path: "}},
		"nothing stated":          {[]string{"argocd"}, &form.GitOps{}, []string{"gitops: it says nothing"}},
		"nothing reads it":        {nil, &form.GitOps{Path: "gpu"}, []string{"gitops: none of the formats reads it", "add argocd or flux"}},
		"Flux has a repository":   {[]string{"flux"}, &form.GitOps{Repository: "https://git.example.com/gpu.git"}, []string{"Flux reads the repository that it was bootstrapped with"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := bundle.Request{Recipe: fixture(t, "eks-h100-training"), Formats: test.formats, GitOps: test.gitops}
			_, err := renderer().Render(t.Context(), req)
			if validated := renderer().Validate(t.Context(), req); err == nil || validated == nil {
				t.Fatalf("Render: %v, Validate: %v", err, validated)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}

func TestRepositoryThatNobodyNamed(t *testing.T) {
	t.Parallel()
	req := formed(t, "aks-h100-training")
	const rule = "gitops-repository-missing"
	is := func(f bundle.Finding) bool { return f.Rule == rule }
	if b := render(t, req); slices.ContainsFunc(b.Findings, is) {
		t.Error("a repository is named")
	}
	req.GitOps = nil
	if b := render(t, req); !slices.ContainsFunc(b.Findings, is) {
		t.Error("no repository is named")
	}
	req.Formats = []string{"flux"}
	if b := render(t, req); slices.ContainsFunc(b.Findings, is) {
		t.Error("Flux reads the repository that it has")
	}
}

// TestNoComponentHasTheNameOfAFormat, as both are folders.
func TestNoComponentHasTheNameOfAFormat(t *testing.T) {
	t.Parallel()
	for _, name := range renderer().Bundlers() {
		if slices.Contains(bundle.Formats(), name) {
			t.Errorf("%s is a component and a format", name)
		}
	}
}

// TestFormsInOrder holds what each form says about order against what components
// require.
func TestFormsInOrder(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := render(t, formed(t, name))
			flux, helmfile := edges{}, edges{}
			waves := map[string]string{}
			for _, d := range documents(t, b) {
				step, _ := at(d.tree, "metadata", "name").(string)
				switch {
				case strings.HasPrefix(d.path, "argocd/apps/"):
					waves[step], _ = at(d.tree, "metadata", "annotations", "argocd.argoproj.io/sync-wave").(string)
				case strings.HasPrefix(d.path, "flux/stack/"):
					flux[step] = stepNames(at(d.tree, "spec", "dependsOn"), "name")
				case d.path == "helmfile/helmfile.yaml":
					releases, _ := d.tree["releases"].([]any)
					for _, r := range releases {
						helmfile[r.(map[string]any)["name"].(string)] = stepNames(r.(map[string]any)["needs"], "")
					}
				}
			}
			for _, c := range b.Components {
				for _, first := range append(slices.Clone(c.Requires), namespacesOf(c)...) {
					for _, step := range stepsOf(flux, c.Name) {
						for _, before := range stepsOf(flux, first) {
							if !flux.after(step, before) || !helmfile.after(step, before) || number(t, waves[before]) >= number(t, waves[step]) {
								t.Errorf("%s is not after %s", step, before)
							}
						}
					}
				}
				if order := stepsOf(flux, c.Name); len(order) > 1 {
					for i, step := range order[1:] {
						if !flux.after(step, order[i]) || !helmfile.after(step, order[i]) || number(t, waves[order[i]]) >= number(t, waves[step]) {
							t.Errorf("%s is not after %s", step, order[i])
						}
					}
				}
				if wave, has := waves[c.Name+"-definitions"]; has && number(t, wave) >= number(t, waves[c.Name]) {
					t.Errorf("the definitions of %s are not first", c.Name)
				}
			}
			if len(flux) != len(helmfile) {
				t.Errorf("flux has %d steps, helmfile %d", len(flux), len(helmfile))
			}
		})
	}
}

// namespacesOf is the step of the namespaces for a component that has one of its own.
func namespacesOf(c bundle.Component) []string {
	if _, has := c.Manifests["manifests/namespace.yaml"]; has {
		return []string{"eidos-namespaces"}
	}
	return nil
}

// stepsOf are the steps of a component that are there, in order.
func stepsOf(there edges, component string) []string {
	var steps []string
	for _, suffix := range []string{"-before", "", "-after", "-late"} {
		if _, has := there[component+suffix]; has {
			steps = append(steps, component+suffix)
		}
	}
	return steps
}

// edges are what each step needs.
type edges map[string][]string

// after reports whether a step needs another, if only by others.
func (e edges) after(step, other string) bool {
	return slices.ContainsFunc(e[step], func(need string) bool { return need == other || e.after(need, other) })
}

// TestFormsSayTheSame compares pins, namespaces and values of all forms with the
// bundle's.
func TestFormsSayTheSame(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := render(t, formed(t, name))
			trees := map[string]map[string]any{}
			for _, d := range documents(t, b) {
				trees[d.path] = d.tree
			}
			releases := map[string]map[string]any{}
			for _, r := range trees["helmfile/helmfile.yaml"]["releases"].([]any) {
				releases[r.(map[string]any)["name"].(string)] = r.(map[string]any)
			}
			for _, c := range b.Components {
				if c.Chart == "" {
					continue
				}
				var want map[string]any
				if err := yaml.Unmarshal([]byte(c.Values), &want); err != nil {
					t.Fatal(err)
				}
				app, release := trees["argocd/apps/"+c.Name+".yaml"], trees["flux/steps/"+c.Name+"/release.yaml"]
				for of, got := range map[string]any{
					"argocd": at(app, "spec", "source", "helm", "valuesObject"), "flux": at(release, "spec", "values"), "helmfile": any(trees["helmfile/values/"+c.Name+".yaml"]),
				} {
					if diff := cmp.Diff(any(want), got); diff != "" {
						t.Errorf("values of %s in %s (-bundle +form):\n%s", c.Name, of, diff)
					}
				}
				version := at(release, "spec", "chart", "spec", "version")
				if version == nil {
					version = at(trees["flux/steps/"+c.Name+"/source.yaml"], "spec", "ref", "tag")
				}
				got := []any{at(app, "spec", "source", "targetRevision"), version, releases[c.Name]["version"]}
				if diff := cmp.Diff([]any{c.Version, c.Version, c.Version}, got); diff != "" {
					t.Errorf("versions of %s:\n%s", c.Name, diff)
				}
				got = []any{at(app, "spec", "destination", "namespace"), at(release, "spec", "targetNamespace"), releases[c.Name]["namespace"]}
				if diff := cmp.Diff([]any{c.Namespace, c.Namespace, c.Namespace}, got); diff != "" {
					t.Errorf("namespaces of %s:\n%s", c.Name, diff)
				}
			}
		})
	}
}

// formDocument is a document of a form.
type formDocument struct {
	path string
	tree map[string]any
}

// documents reads all YAML that forms write.
func documents(t *testing.T, b *bundle.Bundle) []formDocument {
	t.Helper()
	var all []formDocument
	for _, f := range b.Files {
		if path.Ext(f.Path) != ".yaml" {
			continue
		}
		var tree map[string]any
		if err := yaml.Unmarshal(f.Content, &tree); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		all = append(all, formDocument{f.Path, tree})
	}
	return all
}

// at returns what is at a path whose names may hold dots.
func at(tree map[string]any, names ...string) any {
	var value any = tree
	for _, name := range names {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	return value
}

// stepNames lists the steps that a list names, in a field of its items or behind a
// namespace.
func stepNames(list any, field string) []string {
	items, _ := list.([]any)
	var all []string
	for _, item := range items {
		text, isText := item.(string)
		if !isText {
			text, _ = item.(map[string]any)[field].(string)
		}
		all = append(all, path.Base(text))
	}
	return all
}

func number(t *testing.T, text string) int {
	t.Helper()
	var n int
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFormsDeleteNothing by themselves: neither by pruning nor by a cascade.
func TestFormsDeleteNothing(t *testing.T) {
	t.Parallel()
	for _, d := range documents(t, render(t, formed(t, "self-managed-h100-rdma"))) {
		metadata, _ := d.tree["metadata"].(map[string]any)
		if _, has := metadata["finalizers"]; has {
			t.Errorf("%s has a finalizer", d.path)
		}
		switch {
		case d.tree["kind"] == "Application":
			if at(d.tree, "spec", "syncPolicy", "automated", "prune") != false {
				t.Errorf("%s prunes", d.path)
			}
			keeps := strings.HasSuffix(d.path, "-definitions.yaml") || strings.HasSuffix(d.path, "-namespaces.yaml")
			options, _ := at(d.tree, "spec", "syncPolicy", "syncOptions").([]any)
			if keeps != slices.Contains(options, any("Prune=false")) || keeps != slices.Contains(options, any("Delete=false")) || !slices.Contains(options, any("ServerSideApply=true")) {
				t.Errorf("%s has the options %v", d.path, options)
			}
		case strings.HasPrefix(d.path, "flux/stack/"):
			if at(d.tree, "spec", "prune") != false {
				t.Errorf("%s prunes", d.path)
			}
		case d.tree["kind"] == "HelmRelease":
			for _, action := range []string{"install", "upgrade"} {
				if at(d.tree, "spec", action, "strategy", "name") != "RetryOnFailure" || at(d.tree, "spec", action, "remediation") != nil {
					t.Errorf("%s remediates a failed %s", d.path, action)
				}
			}
		}
	}
}

// TestDefinitionsHaveOneOwner: each is brought by one Application at most, and by a
// release of Flux that replaces it.
func TestDefinitionsHaveOneOwner(t *testing.T) {
	t.Parallel()
	recipe := withOptions(t, "self-managed", map[string]string{"node_feature_discovery": "true"})
	both := bundle.Request{Recipe: recipe, Formats: []string{"argocd", "flux"}, GitOps: &form.GitOps{Repository: "git@git.example.com:platform/gpu.git"}}
	files := contents(render(t, both))
	const folder = "charts/node-feature-discovery/crds"
	if text := files["argocd/apps/gpu-operator-definitions.yaml"]; !strings.Contains(text, "include: crds/*") || strings.Contains(text, folder) {
		t.Errorf("the operator installs the definitions of another release:\n%s", text)
	}
	for _, step := range []string{"gpu-operator", "node-feature-discovery"} {
		if text := files["flux/steps/"+step+"/release.yaml"]; strings.Count(text, "crds: CreateReplace") != 2 {
			t.Errorf("%s does not bring its definitions:\n%s", step, text)
		}
		if _, has := files["argocd/apps/"+step+"-definitions.yaml"]; !has {
			t.Errorf("no Application has the definitions of %s", step)
		}
	}
	alone := contents(render(t, formed(t, "eks-h100-training")))
	if text := alone["argocd/apps/gpu-operator-definitions.yaml"]; !strings.Contains(text, folder) {
		t.Errorf("nobody brings the definitions of the part:\n%s", text)
	}
	if text := alone["flux/steps/aws-efa-k8s-device-plugin/release.yaml"]; strings.Count(text, "crds: Skip") != 2 {
		t.Errorf("a chart without definitions:\n%s", text)
	}
}

// TestObjectsAreNoTemplates: Helm renders the charts that hold objects, and what looks
// like a template in an object is text.
func TestObjectsAreNoTemplates(t *testing.T) {
	t.Parallel()
	const hostile = "{{ fail \"no\" }} and {{`{{` and }}"
	req := formed(t, "self-managed-h100-rdma")
	req.Formats, req.GitOps = []string{"helmfile", "kustomize"}, nil
	req.ObjectOverrides = map[string]string{"network-operator/nicclusterpolicy": "metadata: {annotations: {text: '" + hostile + "'}}"}
	files := contents(render(t, req))
	checked := 0
	for name, text := range files {
		in, ok := strings.CutPrefix(name, "helmfile/charts/network-operator-after/templates/")
		if !ok {
			continue
		}
		parsed, err := template.New(name).Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var rendered strings.Builder
		if err := parsed.Execute(&rendered, nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := files["kustomize/network-operator-after/"+in]; rendered.String() != want || want == "" {
			t.Errorf("%s becomes\n%s\nwant\n%s", name, rendered.String(), want)
		}
		checked++
	}
	if checked == 0 {
		t.Error("no objects were checked")
	}
}
