// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// recipeFile makes a recipe whose platform needs two components.
func recipeFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recipe.yaml")
	must(t, "recipe", "--service", "aks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "-o", file)
	return file
}

// rendered is what the engine makes of a recipe document.
func rendered(t *testing.T, file string, change func(*bundle.Request)) *bundle.Bundle {
	t.Helper()
	request := bundle.Request{Recipe: decodeRecipe(t, contents(t, file))}
	if change != nil {
		change(&request)
	}
	b, err := bundle.NewRenderer().Render(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// holds fails unless the directory has exactly the files of the bundle.
func holds(t *testing.T, dir string, b *bundle.Bundle) {
	t.Helper()
	want := map[string]bool{outdir.MarkerName: true}
	for _, f := range b.Files {
		want[f.Path] = true
		equal(t, string(f.Content), contents(t, filepath.Join(dir, filepath.FromSlash(f.Path))))
	}
	equal(t, want, names(t, dir))
}

// listing is what the command prints for changes of these files.
func listing(verb, dir string, paths []string) string {
	var text strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&text, "%s %s\n", verb, filepath.Join(dir, filepath.FromSlash(path)))
	}
	return text.String()
}

func paths(b *bundle.Bundle) []string {
	var all []string
	for _, f := range b.Files {
		all = append(all, f.Path)
	}
	return all
}

func TestBundle(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "deep", "out")
	whole := rendered(t, recipe, nil)
	flags := []string{"bundle", "--recipe", recipe, "--output", dir}
	all := listing("written", dir, paths(whole))

	equal(t, listing("would write", dir, paths(whole)), must(t, append(flags, "--dry-run")...))
	if _, err := os.Stat(filepath.Dir(dir)); err == nil {
		t.Error("--dry-run made the directory")
	}
	equal(t, all, must(t, flags...))
	holds(t, dir, whole)

	marker := contents(t, filepath.Join(dir, outdir.MarkerName))
	equal(t, "", must(t, flags...))
	equal(t, marker, contents(t, filepath.Join(dir, outdir.MarkerName)))

	one := append(slices.Clone(flags), "--bundlers", "gpu-operator", "--ignore-findings", "recipe-key-ignored")
	reduced := rendered(t, recipe, func(r *bundle.Request) { r.Bundlers = []string{"gpu-operator"} })
	preview := must(t, append(one, "--dry-run")...)
	holds(t, dir, whole)
	equal(t, strings.NewReplacer("would remove ", "removed ", "would write ", "written ").Replace(preview), must(t, one...))
	holds(t, dir, reduced)
	if !strings.Contains(preview, "would remove "+filepath.Join(dir, "network-operator", "values.yaml")+"\n") {
		t.Errorf("the preview removes no file of the network operator:\n%s", preview)
	}
}

func TestBundleFromPipe(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	session{stdin: contents(t, recipe)}.run(t, "bundle", "--recipe", "-", "-o", dir).check(t, cli.ExitOK)
	holds(t, dir, rendered(t, recipe, nil))
}

func TestBundleWithoutOutput(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	printed := must(t, "bundle", "--recipe", recipe)
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	components := rendered(t, recipe, nil).Components
	equal(t, len(components)+1, len(lines))
	for i, c := range components {
		equal(t, []string{c.Name, c.Chart, c.Version, c.Namespace, c.Repository}, strings.Fields(lines[i+1]))
	}
}

func TestBundleSettings(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	files := plant(t, map[string]string{
		"one.yaml": "driver:\n  version: 570.1.2\n  startupProbe: {timeoutSeconds: 61}\ntoolkit: {enabled: no}\n",
		"two.yaml": "toolkit:\n  enabled: yes\n",
	})
	o := run(t, "bundle", "--recipe", recipe, "--output", dir, "--bundlers", "network-operator,gpu-operator",
		"--values", "gpu-operator="+filepath.Join(files, "one.yaml"), "--values", "gpu-operator="+filepath.Join(files, "two.yaml"),
		"--set", `gpu-operator:driver.version="580.126.20"`, "--set", "gpu-operator:driver.startupProbe.initialDelaySeconds=7",
		"--set", `gpu-operator:daemonsets.labels.example\.com/gpu='yes'`, "--ignore-findings", "chart-kubernetes,driver-tag",
		"--namespace", "gpu-operator=gpus", "--namespace", "network-operator=nets")
	o.check(t, cli.ExitOK)
	holds(t, dir, rendered(t, recipe, func(r *bundle.Request) {
		r.Overrides = map[string]string{"gpu-operator": `
driver:
  version: "580.126.20"
  startupProbe: {timeoutSeconds: 61, initialDelaySeconds: 7}
daemonsets: {labels: {example.com/gpu: "yes"}}
toolkit: {enabled: true}
`}
		r.Namespaces = map[string]string{"gpu-operator": "gpus", "network-operator": "nets"}
		r.IgnoreFindings = []string{"chart-kubernetes", "driver-tag"}
	}))
}

func TestBundleSite(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	files := plant(t, map[string]string{
		"placement.yaml": "system:\n  node_selector: {pool: system}\n",
		"registry.yaml":  "mirror: registry.example.com\npackages: {gpu_config_map: packages, doca_config_map: doca}\n",
	})
	site := []string{"bundle", "--recipe", recipe, "--placement", filepath.Join(files, "placement.yaml"), "--registry", filepath.Join(files, "registry.yaml")}
	run(t, append(site, "--output", dir)...).check(t, cli.ExitOK)
	want := rendered(t, recipe, func(r *bundle.Request) {
		r.Placement = &bundle.Placement{System: bundle.Pool{NodeSelector: map[string]string{"pool": "system"}}}
		r.Registry = &bundle.Registry{Mirror: "registry.example.com", Packages: bundle.Packages{GPUConfigMap: "packages", DOCAConfigMap: "doca"}}
	})
	holds(t, dir, want)

	var images []string
	for _, c := range want.Components {
		images = append(images, c.Images...)
	}
	slices.Sort(images)
	o := run(t, append(site, "--images")...)
	o.check(t, cli.ExitOK, "network-operator: an image is left out: registry.example.com/nvidia/mellanox/doca-driver: its tag holds osv, which the recipe does not set")
	equal(t, strings.Join(slices.Compact(images), "\n")+"\n", o.stdout)
	o = run(t, append(site, "--images=skopeo")...)
	o.check(t, cli.ExitOK)
	var sources map[string]struct{ Images map[string][]string }
	if err := yaml.Unmarshal([]byte(o.stdout), &sources); err != nil {
		t.Fatal(err)
	}
	equal(t, []string{"v26.7.0"}, sources["registry.example.com"].Images["nvidia/gpu-operator"])
}

func TestBundleExisting(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	must(t, "bundle", "--recipe", recipe, "--output", dir, "--existing", "gpu-operator")
	holds(t, dir, rendered(t, recipe, func(r *bundle.Request) { r.Existing = []string{"gpu-operator"} }))
}

// TestBundleSnapshot holds a bundle against what a snapshot shows of the cluster.
func TestBundleSnapshot(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	const shows = "kind: Snapshot\napiVersion: snapshot.dgxc.io/v1\nmeasurements:\n- type: K8s\n  subtypes:\n  - subtype: component\n    data:\n      gpu-operator: "
	files := plant(t, map[string]string{"own.yaml": shows + "gpu-operator/gpu-operator\n", "other.yaml": shows + "gpus/gpu-operator-1699\n", "none.yaml": shows + "none\n"})
	with := func(file string, flags ...string) []string {
		return append([]string{"bundle", "--recipe", recipe, "--output", dir, "--snapshot", filepath.Join(files, file)}, flags...)
	}
	o := run(t, with("other.yaml")...)
	o.check(t, cli.ExitUsage, "--snapshot "+filepath.Join(files, "other.yaml"), "the cluster has gpu-operator already, as the Helm release gpu-operator-1699 in the namespace gpus", "(rule installed-elsewhere)")
	run(t, with("none.yaml", "--existing", "gpu-operator")...).check(t, cli.ExitUsage, "--existing: gpu-operator: the snapshot does not show gpu-operator", "(rule existing-absent)")
	run(t, with("other.yaml", "--ignore-findings", "installed-elsewhere")...).check(t, cli.ExitOK, "an error but for --ignore-findings installed-elsewhere")
	run(t, with("own.yaml")...).check(t, cli.ExitOK)
	holds(t, dir, rendered(t, recipe, func(*bundle.Request) {}))
}

func TestBundleObjects(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	files := plant(t, map[string]string{
		"one.yaml":  "metadata: {labels: {team: one, more: \"yes\"}}\n",
		"two.yaml":  "metadata: {labels: {team: two}}\n",
		"list.yaml": "- a\n",
	})
	one, two := filepath.Join(files, "one.yaml"), filepath.Join(files, "two.yaml")
	flags := []string{"bundle", "--recipe", recipe, "--output", dir}
	run(t, append(flags, "--object", "gpu-operator/namespace="+one, "--object", "gpu-operator/namespace="+two)...).check(t, cli.ExitOK)
	holds(t, dir, rendered(t, recipe, func(r *bundle.Request) {
		r.ObjectOverrides = map[string]string{"gpu-operator/namespace": `metadata: {labels: {team: two, more: "yes"}}`}
	}))
	for given, want := range map[string]string{
		"gpu-operator/namespace":                                      "want COMPONENT/MANIFEST=FILE",
		"gpu-operator/namespac=" + one:                                `--object gpu-operator/namespac: unknown manifest "namespac"`,
		"gpu-operator/clusterpolicy=" + one:                           "--object gpu-operator/clusterpolicy: the chart itself creates",
		"gpu-operator/namespace=" + filepath.Join(files, "list.yaml"): "got a list, want a mapping",
	} {
		run(t, append(flags, "--object", given)...).check(t, cli.ExitUsage, want)
	}
}

func TestBundleFindings(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	b := rendered(t, recipe, func(r *bundle.Request) { r.Overrides = map[string]string{"gpu-operator": "driver: {enabled: false}"} })
	if len(b.Findings) == 0 {
		t.Fatal("the fixture has no finding")
	}
	finding := b.Findings[0]
	flags := []string{"bundle", "--recipe", recipe, "--set", "gpu-operator:driver.enabled=false"}
	run(t, flags...).check(t, cli.ExitOK, "eidos bundle: warning: ", finding.Path+": ", "(--ignore-findings "+finding.Rule+" silences this)")
	run(t, append(flags, "--ignore-findings", "no-such-rule")...).check(t, cli.ExitOK, `warning: --ignore-findings: there is no rule "no-such-rule"`)
	silenced := run(t, append(flags, "--ignore-findings", finding.Rule)...)
	silenced.check(t, cli.ExitOK)
	if strings.Contains(silenced.stderr, finding.Rule) {
		t.Errorf("the finding is not silenced:\n%s", silenced.stderr)
	}
}

func TestBundleRefusesDirectories(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	foreign := plant(t, map[string]string{"notes.txt": "mine", "sub/file": "x"})
	edited := filepath.Join(t.TempDir(), "out")
	must(t, "bundle", "--recipe", recipe, "-o", edited)
	values := filepath.Join(edited, "gpu-operator", "values.yaml")
	if err := os.WriteFile(values, []byte("edited: true\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ dir, text string }{
		"foreign": {foreign, `holds "notes.txt", which this bundle did not write`},
		"edited":  {edited, `its file "gpu-operator/values.yaml" has been changed since`},
		"a file":  {filepath.Join(foreign, "notes.txt"), "is a file"},
	} {
		before := names(t, filepath.Dir(test.dir))
		for _, more := range [][]string{nil, {"--dry-run"}} {
			o := run(t, append([]string{"bundle", "--recipe", recipe, "-o", test.dir}, more...)...)
			o.check(t, cli.ExitUsage, "eidos bundle: error: output directory ", test.text)
			o.silent(t)
		}
		if after := names(t, filepath.Dir(test.dir)); len(after) != len(before) {
			t.Errorf("%s: files changed: %v, %v", name, before, after)
		}
	}
	equal(t, "edited: true\n", contents(t, values))
}

func TestBundleErrors(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	dir := plant(t, map[string]string{
		"broken.yaml":   "a: [",
		"snapshot.yaml": snapshotDocument,
		"list.yaml":     "- a\n",
		"mirror.yaml":   "mirror: https://registry.example.com\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	given := []string{"--recipe", recipe}
	for name, test := range map[string]struct {
		args  []string
		code  int
		texts []string
	}{
		"no recipe":              {nil, cli.ExitUsage, []string{"--recipe is missing"}},
		"dry run of nothing":     {append(given, "--dry-run"), cli.ExitUsage, []string{"--dry-run needs --output"}},
		"stream":                 {append(given, "-o", "-"), cli.ExitUsage, []string{"--output -: a bundle is written to a directory"}},
		"ConfigMap":              {append(given, "-o", "cm://ns/name"), cli.ExitUsage, []string{"a bundle is written to a directory"}},
		"missing recipe":         {[]string{"--recipe", at("none")}, cli.ExitFailure, []string{"--recipe: reading " + at("none")}},
		"a snapshot":             {[]string{"--recipe", at("snapshot.yaml")}, cli.ExitUsage, []string{"--recipe: " + at("snapshot.yaml") + ": line 1", "snapshot.dgxc.io/v1"}},
		"unknown component":      {append(given, "--bundlers", "gpu-operater"), cli.ExitUsage, []string{`--bundlers: unknown component "gpu-operater"`, "gpu-operator"}},
		"namespace":              {append(given, "--namespace", "gpu-operator"), cli.ExitUsage, []string{`--namespace "gpu-operator": want COMPONENT=NAMESPACE`}},
		"bad namespace":          {append(given, "--namespace", "gpu-operator=A_b"), cli.ExitUsage, []string{"--namespace of gpu-operator: "}},
		"setting":                {append(given, "--set", "a=b", "--set", "gpu-operator:=x"), cli.ExitUsage, []string{`--set "a=b": want COMPONENT:PATH=VALUE`, `--set "gpu-operator:=x": the path has an empty key`}},
		"setting's YAML":         {append(given, "--set", "gpu-operator:driver.env=[a"), cli.ExitUsage, []string{`the value is not YAML: line 1`}},
		"unknown key":            {append(given, "--set", "gpu-operator:driver.versoin=1"), cli.ExitUsage, []string{"--set or --values of gpu-operator: ", "driver.versoin", "driver.version"}},
		"wrong type":             {append(given, "--set", "gpu-operator:driver.version=580.1"), cli.ExitUsage, []string{"--set or --values of gpu-operator: ", "driver.version"}},
		"values":                 {append(given, "--values", "gpu-operator="), cli.ExitUsage, []string{"want COMPONENT=FILE"}},
		"missing values":         {append(given, "--values", "gpu-operator="+at("none")), cli.ExitFailure, []string{"--values: reading " + at("none")}},
		"broken values":          {append(given, "--values", "gpu-operator="+at("broken.yaml")), cli.ExitUsage, []string{"--values: " + at("broken.yaml") + ": line 1"}},
		"values of a list":       {append(given, "--values", "gpu-operator="+at("list.yaml")), cli.ExitUsage, []string{"want a mapping"}},
		"form of images":         {append(given, "--images=json"), cli.ExitUsage, []string{"--images json: want list or skopeo"}},
		"images to files":        {append(given, "--images", "-o", "out"), cli.ExitUsage, []string{"--images prints, and --output writes"}},
		"missing placement":      {append(given, "--placement", at("none")), cli.ExitFailure, []string{"--placement: reading " + at("none")}},
		"broken placement":       {append(given, "--placement", at("broken.yaml")), cli.ExitUsage, []string{"--placement " + at("broken.yaml") + ": line 1"}},
		"a list as registry":     {append(given, "--registry", at("list.yaml")), cli.ExitUsage, []string{"--registry " + at("list.yaml") + ": line 1", "want a mapping"}},
		"a mirror with a scheme": {append(given, "--registry", at("mirror.yaml")), cli.ExitUsage, []string{"--registry " + at("mirror.yaml") + ": mirror: got"}},
		"extra argument":         {append(given, "out"), cli.ExitUsage, []string{`unexpected argument "out"`}},
		"unknown existing":       {append(given, "--existing", "gpu-operater"), cli.ExitUsage, []string{`--existing: unknown component "gpu-operater"`, "gpu-operator"}},
		"no snapshot":            {append(given, "--snapshot", at("none")), cli.ExitFailure, []string{"--snapshot: reading " + at("none")}},
		"a list as snapshot":     {append(given, "--snapshot", at("list.yaml")), cli.ExitUsage, []string{"--snapshot: " + at("list.yaml") + ": line 1"}},
		"two on standard input":  {[]string{"--recipe", "-", "--snapshot", "-"}, cli.ExitUsage, []string{"--recipe - and --snapshot -: standard input is one document"}},
		"existing and named":     {append(given, "--existing", "gpu-operator", "--bundlers", "gpu-operator"), cli.ExitUsage, []string{"--existing: gpu-operator is to be rendered, too"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, append([]string{"bundle"}, test.args...)...)
			o.check(t, test.code, test.texts...)
			o.silent(t)
		})
	}
}
