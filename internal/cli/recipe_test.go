// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

const snapshotDocument = `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
measurements:
- type: K8s
  subtypes:
  - {subtype: server, data: {version: v1.33.5-eks-3025e55}}
  - {subtype: node, data: {provider: eks, os-image: Ubuntu 24.04.2 LTS, kernel-version: 6.8.0-1028-aws}}
- type: GPU
  subtypes:
  - {subtype: smi, data: {model: NVIDIA H100 80GB HBM3}}
`

const driverOverlay = `key: {gpu: h100}
types:
- type: K8s
  subtypes:
  - {subtype: image, data: {driver: 580.126.20}}
`

// TestRecipe compares with what the engine makes of the same query.
func TestRecipe(t *testing.T) {
	t.Parallel()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	result, err := catalog.Build(t.Context(), recipe.Request{Query: document.Query{
		OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1028-aws", Service: "eks", K8s: "1.34", GPU: "h100", Intent: "training", Context: true,
	}})
	if err != nil {
		t.Fatal(err)
	}
	result.Recipe.Metadata.Created = created
	flags := []string{"recipe", "--os", "Ubuntu", "--osv=24.04", "--kernel", "6.8.0-1028-aws", "--service", "eks", "--k8s", "1.34", "--gpu", "H100", "--intent", "training", "--context"}
	for _, format := range document.Formats() {
		want, err := result.Recipe.Encode(document.Format(format))
		if err != nil {
			t.Fatal(err)
		}
		o := run(t, append(flags, "--format", format)...)
		o.check(t, cli.ExitOK)
		equal(t, string(want), o.stdout)
	}
}

func TestRecipeFromSnapshot(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{"snapshot.yaml": snapshotDocument})
	file := filepath.Join(dir, "snapshot.yaml")
	want := document.Query{OS: "ubuntu", OSVersion: "24.04", Kernel: "6.8.0-1028-aws", Service: "eks", K8s: "v1.33.5-eks-3025e55", GPU: "h100"}

	read := run(t, "recipe", "--snapshot", file)
	read.check(t, cli.ExitOK)
	equal(t, want, decodeRecipe(t, read.stdout).Request)

	piped := session{stdin: snapshotDocument}.run(t, "recipe", "--snapshot", "-")
	piped.check(t, cli.ExitOK)
	equal(t, read.stdout, piped.stdout)

	stated := run(t, "recipe", "--snapshot", file, "--k8s", "1.34", "--intent", "inference", "--kernel", "any")
	stated.check(t, cli.ExitOK)
	want.K8s, want.Intent, want.Kernel = "1.34", "inference", ""
	equal(t, want, decodeRecipe(t, stated.stdout).Request)
}

func TestRecipeOverlays(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{
		"one.yaml": driverOverlay,
		"two.json": `{"key":{"gpu":"h100"},"types":[{"type":"K8s","subtypes":[{"subtype":"image","data":{"driver":"570.1.2"}}]}]}`,
		"b200.yml": "key: {gpu: b200}\ntypes:\n- type: K8s\n  subtypes:\n  - {subtype: image, data: {driver: 1.2.3}}\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	driver := func(o outcome) string {
		o.check(t, cli.ExitOK)
		return decodeRecipe(t, o.stdout).Measurements.Text(measurement.K8s, "image", "driver")
	}
	flags := []string{"recipe", "--service", "eks", "--k8s", "1.34", "--gpu", "h100"}
	equal(t, "580.126.20", driver(run(t, append(flags, "--overlay", at("two.json"), "--overlay", at("one.yaml"))...)))
	equal(t, "570.1.2", driver(run(t, append(flags, "--overlay", at("one.yaml"), "--overlay", at("two.json"))...)))

	o := run(t, append(flags, "--overlay", at("one.yaml"), "--overlay", at("b200.yml"))...)
	o.check(t, cli.ExitOK, "eidos recipe: warning: --overlay "+at("b200.yml")+": user:gpu=b200 does not apply")
	equal(t, "580.126.20", driver(o))
}

func TestRecipeCatalog(t *testing.T) {
	t.Parallel()
	const base = "version: \"7\"\nbase: [{type: K8s, subtypes: [{subtype: image, data: {driver: base}}]}]\n"
	const overlay = "overlays: [{key: {gpu: x1}, types: [{type: K8s, subtypes: [{subtype: image, data: {driver: x}}]}]}]\n"
	dir := plant(t, map[string]string{"parts/base.yaml": base, "parts/gpu/x1.yaml": overlay, "whole.yaml": base + overlay})
	for _, name := range []string{"parts", "whole.yaml"} {
		made := decodeRecipe(t, must(t, "recipe", "--catalog", filepath.Join(dir, name), "--gpu", "x1"))
		equal(t, document.RecipeMetadata{Version: "7", Created: created}, made.Metadata)
		equal(t, "x", made.Measurements.Text(measurement.K8s, "image", "driver"))
	}
}

func TestRecipeExplain(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{
		"catalog.yaml": "base: [{type: K8s, subtypes: [{subtype: image, data: {driver: base, dcgm: 4}}]}, {type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}, context: {nvidia: The driver}}]}]\n" +
			"overlays: [{key: {gpu: h100}}]\n",
		"ours.yaml": driverOverlay,
	})
	args := []string{"recipe", "--catalog", filepath.Join(dir, "catalog.yaml"), "--overlay", filepath.Join(dir, "ours.yaml"), "--gpu", "h100", "--k8s", "1.34", "--explain"}
	equal(t, `PATH                 VALUE        LAYER           REASON
K8s/image/dcgm       4            base            -
K8s/image/driver     580.126.20   user:gpu=h100   -
K8s/server/version   1.34         request         The Kubernetes version that the recipe was asked for
OS/kmod/nvidia       true         base            The driver
`, must(t, args...))
	type value struct {
		Path, Layer, Reason string
		Value               any
	}
	want := []value{
		{"K8s/image/dcgm", "base", "", 4.0},
		{"K8s/image/driver", "user:gpu=h100", "", "580.126.20"},
		{"K8s/server/version", "request", "The Kubernetes version that the recipe was asked for", "1.34"},
		{"OS/kmod/nvidia", "base", "The driver", true},
	}
	for _, format := range []string{"json", "yaml"} {
		var got []value
		if err := yaml.Unmarshal([]byte(must(t, append(args, "--format", format)...)), &got); err != nil {
			t.Fatal(err)
		}
		equal(t, want, got)
	}
	run(t, append(args, "--format", "xml")...).check(t, cli.ExitUsage, `--format: unknown format "xml"`)
	run(t, append(args, "--output", "cm://a/b")...).check(t, cli.ExitUsage, "--output cm://a/b: a ConfigMap holds a recipe, and --explain writes none")
}

// TestRecipeExplainToFile writes what the name of a file promises, and else a table.
func TestRecipeExplainToFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"recipe", "--service", "eks", "--k8s", "1.34", "--explain", "--output"}
	table := must(t, append(args, "-")...)
	for _, name := range []string{"a", "a.txt", "a.conf"} {
		must(t, append(args, filepath.Join(dir, name))...)
		equal(t, table, contents(t, filepath.Join(dir, name)))
	}
	for name, format := range map[string]string{"b.yaml": "yaml", "b.YML": "yaml", "b.json": "json"} {
		file := filepath.Join(dir, name)
		must(t, append(args, file)...)
		equal(t, must(t, append(args, "-", "--format", format)...), contents(t, file))
		must(t, append(args, file, "--format", "table")...)
		equal(t, table, contents(t, file))
	}
}

func TestRecipeUncovered(t *testing.T) {
	t.Parallel()
	flags := []string{"recipe", "--service", "aks", "--gpu", "b200"}
	o := run(t, flags...)
	o.check(t, cli.ExitUsage, "eidos recipe: error: --gpu: ", "aks")
	o.silent(t)
	run(t, append(flags, "--allow-uncovered")...).check(t, cli.ExitOK, "eidos recipe: warning: --gpu: ")
}

func TestRecipeOutput(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{"kept.yaml": "kept"})
	flags := []string{"recipe", "--service", "eks", "--k8s", "1.34", "--output"}
	yaml := must(t, append(flags, "-")...)
	json := must(t, append(flags, "-", "--format", "json")...)
	for name, want := range map[string]string{"a": yaml, "a.yaml": yaml, "a.yml": yaml, "a.json": json} {
		file := filepath.Join(dir, name)
		o := run(t, append(flags, file)...)
		o.check(t, cli.ExitOK)
		o.silent(t)
		equal(t, "eidos recipe: wrote "+file+"\n", o.stderr)
		equal(t, want, contents(t, file))
	}
	odd := filepath.Join(dir, "a.conf")
	must(t, append(flags, odd, "--format", "json")...)
	equal(t, json, contents(t, odd))

	kept := filepath.Join(dir, "kept.yaml")
	run(t, "recipe", "--service", "nowhere", "--output", kept).check(t, cli.ExitUsage)
	equal(t, "kept", contents(t, kept))
}

// TestCreated: the same content has the same bytes for those who ask for it.
func TestCreated(t *testing.T) {
	t.Parallel()
	flags := []string{"recipe", "--service", "eks", "--k8s", "1.34"}
	for name, test := range map[string]struct {
		epoch string
		flags []string
		want  string
	}{
		"now":                {want: "  created: \"" + created + "\"\n"},
		"epoch":              {epoch: "86400", want: "  created: \"1970-01-02T00:00:00Z\"\n"},
		"left out":           {epoch: "86400", flags: []string{"--created=false"}},
		"left out next to -": {flags: []string{"--created=false", "-o", "-"}},
	} {
		s := session{env: map[string]string{"SOURCE_DATE_EPOCH": test.epoch}}
		got := s.run(t, append(flags, test.flags...)...)
		got.check(t, cli.ExitOK)
		if !strings.Contains(got.stdout, test.want) || test.want == "" && strings.Contains(got.stdout, "created") {
			t.Errorf("%s: got\n%s", name, got.stdout)
		}
	}
	session{env: map[string]string{"SOURCE_DATE_EPOCH": "soon"}}.run(t, flags...).check(t, cli.ExitUsage, `SOURCE_DATE_EPOCH: "soon" is not a number of seconds since 1970`)
}

func TestRecipeErrors(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{
		"broken.yaml":  "kind: [",
		"recipe.yaml":  "apiVersion: recipe.dgxc.io/v1\nkind: Recipe\nmeasurements: []\n",
		"odd-os.yaml":  strings.Replace(snapshotDocument, "Ubuntu 24.04.2 LTS", "Plan 9", 1),
		"overlay.yaml": "key: {gpu: h100}\ntpyes: []\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, test := range map[string]struct {
		args  []string
		code  int
		texts []string
	}{
		"flag of another tool": {[]string{"--accelerator", "h100"}, cli.ExitUsage, []string{"unknown flag: --accelerator; did you mean --gpu? See eidos recipe --help"}},
		"flag of Terraform":    {[]string{"--kubernetes_version", "1.34"}, cli.ExitUsage, []string{"did you mean --k8s?"}},
		"misspelled flag":      {[]string{"--overlya", "x"}, cli.ExitUsage, []string{"did you mean --overlay?"}},
		"unknown flag":         {[]string{"--color"}, cli.ExitUsage, []string{"unknown flag: --color; see eidos recipe --help"}},
		"flag without value":   {[]string{"--gpu"}, cli.ExitUsage, []string{"flag needs an argument: --gpu"}},
		"extra argument":       {[]string{"snapshot.yaml"}, cli.ExitUsage, []string{`unexpected argument "snapshot.yaml"`}},
		"unknown values":       {[]string{"--gpu", "h10", "--service", "eky"}, cli.ExitUsage, []string{`--gpu: unknown gpu "h10"`, `--service: unknown service "eky"`, `did you mean "h100"?`}},
		"malformed version":    {[]string{"--k8s", "1.x"}, cli.ExitUsage, []string{"--k8s: "}},
		"blank value":          {[]string{"--os", " "}, cli.ExitUsage, []string{"--os: the value is blank"}},
		"unknown format":       {[]string{"--format", "xml"}, cli.ExitUsage, []string{`--format: unknown format "xml"; expected yaml, json or table`}},
		"format as output":     {[]string{"-o", "json"}, cli.ExitUsage, []string{"--output json names a file; write --format json"}},
		"unknown extension":    {[]string{"-o", at("a.xml")}, cli.ExitUsage, []string{`the extension ".xml" names no format`, "set the format with --format"}},
		"unknown scheme":       {[]string{"-o", "s3://bucket/key"}, cli.ExitUsage, []string{`--output: unknown scheme "s3"`}},
		"read-only scheme":     {[]string{"-o", "https://u:p@example.com/a.yaml"}, cli.ExitUsage, []string{"--output: https://example.com/a.yaml cannot be written to"}},
		"table in ConfigMap":   {[]string{"-o", "cm://ns/name", "--format", "table"}, cli.ExitUsage, []string{"--format table: a ConfigMap holds a document"}},
		"force without need":   {[]string{"--force"}, cli.ExitUsage, []string{"--force is about ConfigMaps"}},
		"no cluster":           {[]string{"--snapshot", "cm://ns/name"}, cli.ExitUsage, []string{"--snapshot: no cluster is configured: set --kubeconfig"}},
		"snapshot scheme":      {[]string{"--snapshot", "ftp://a/b"}, cli.ExitUsage, []string{`--snapshot: unknown scheme "ftp"`}},
		"missing snapshot":     {[]string{"--snapshot", at("none.yaml")}, cli.ExitFailure, []string{"--snapshot: reading " + at("none.yaml") + ": no such file or directory"}},
		"broken snapshot":      {[]string{"--snapshot", at("broken.yaml")}, cli.ExitUsage, []string{"--snapshot: " + at("broken.yaml") + ": line 1"}},
		"a recipe":             {[]string{"--snapshot", at("recipe.yaml")}, cli.ExitUsage, []string{`apiVersion: got "recipe.dgxc.io/v1"`}},
		"empty standard input": {[]string{"--snapshot", "-"}, cli.ExitFailure, []string{"standard input is empty: did the command before the pipe fail?"}},
		"snapshot's fault":     {[]string{"--snapshot", at("odd-os.yaml")}, cli.ExitUsage, []string{"--snapshot " + at("odd-os.yaml") + ": os: ", "Plan 9"}},
		"missing overlay":      {[]string{"--overlay", at("none.yaml")}, cli.ExitFailure, []string{"--overlay: reading " + at("none.yaml")}},
		"broken overlay":       {[]string{"--overlay", at("overlay.yaml")}, cli.ExitUsage, []string{"--overlay " + at("overlay.yaml") + ": line 2, column 1: tpyes: unknown field"}},
		"missing catalog":      {[]string{"--catalog", at("none")}, cli.ExitFailure, []string{"--catalog: ", "no such file"}},
		"broken catalog":       {[]string{"--catalog", at("broken.yaml")}, cli.ExitUsage, []string{"--catalog: " + at("broken.yaml") + ": line 1"}},
		"unwritable":           {[]string{"--service", "eks", "--k8s", "1.34", "-o", at("none/a.yaml")}, cli.ExitFailure, []string{"writing " + at("none/a.yaml") + ": "}},
		"a directory":          {[]string{"--service", "eks", "--k8s", "1.34", "-o", dir, "--format", "yaml"}, cli.ExitFailure, []string{"it is a directory"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, append([]string{"recipe"}, test.args...)...)
			o.check(t, test.code, test.texts...)
			o.silent(t)
			for line := range strings.Lines(o.stderr) {
				if !strings.HasPrefix(line, "eidos recipe: error: ") {
					t.Errorf("a line has no prefix: %q", line)
				}
			}
		})
	}
}

// broken is a standard output that fails.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestBrokenOutput(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"recipe", "--service", "eks", "--k8s", "1.34"}, {"version"}} {
		session{stdout: broken{}}.run(t, args...).check(t, cli.ExitFailure, "no space left")
	}
}

func TestRecipeArguments(t *testing.T) {
	t.Parallel()
	flags := []string{"recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--k8s", "1.34"}
	o := run(t, append(flags, "--option", "gds=true", "--option", "mig_strategy=mixed", "--release", "gpu-operator=26.3.3", "--driver", "580.126.20", "--explain")...)
	o.check(t, cli.ExitOK)
	for _, want := range []string{`gds +true +argument`, `mig_strategy +mixed +argument`, `gpu-operator +v26.3.3 +argument`, `driver +580.126.20 +argument`, `container-toolkit +v1.19.1 +release:gpu-operator v26.3.3`} {
		if !regexp.MustCompile(want).MatchString(o.stdout) {
			t.Errorf("%s is not in\n%s", want, o.stdout)
		}
	}
	run(t, append(flags, "--option", "rdm=true", "--option", "gds", "--option", "gds=no", "--release", "gpu-operator=v26.3.3", "--release", "gpu-operator=v26.7.0")...).
		check(t, cli.ExitUsage, `--option "gds": want NAME=VALUE`, `--release "gpu-operator=v26.7.0": gpu-operator is given twice`)
	run(t, append(flags, "--option", "rdm=true", "--option", "gds=no", "--release", "gpu-operater=v1.2.3", "--driver", "R1")...).
		check(t, cli.ExitUsage, `--option rdm: there is no option "rdm"`, `--option gds: got "no", want true or false`, `--release gpu-operater: there is no component`, `--driver: got "R1"`)
	run(t, "recipe", "--service", "gke", "--gpu", "v100", "--k8s", "1.3").check(t, cli.ExitUsage, "or go on without data with --allow-uncovered", "did you mean 1.30?")
	run(t, "recipe", "--service", "eks", "--gpu", "h100").check(t, cli.ExitOK, "set --k8s (--ignore-findings kubernetes-version-unknown silences this)")
	silenced := run(t, "recipe", "--service", "eks", "--gpu", "h100", "--ignore-findings", "kubernetes-version-unknown:k8s")
	if silenced.check(t, cli.ExitOK); silenced.stderr != "" {
		t.Errorf("standard error has %q", silenced.stderr)
	}
	for flag, want := range map[string]string{"--option": "mig_strategy=mixed\n", "--release": "network-operator=26.4.1\n", "--ignore-findings": "overlay-not-applied\n"} {
		if o := run(t, "__complete", "recipe", flag, ""); !strings.Contains(o.stdout, want) {
			t.Errorf("%s completes to\n%s", flag, o.stdout)
		}
	}
}
