// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/added"
)

func testEngine(t *testing.T) engine {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return engine{catalog, bundle.NewRendererOf(set), set}
}

// Where a key ends up follows from values, terms, objects, images, notes and
// hooks.
func TestPlaces(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	for name, want := range map[string]map[string]string{
		"gpu-operator": {
			"K8s/config/mig":                  "`values.yaml`: `migManager.enabled`, `migManager.env`",
			"K8s/config/mig_profile":          "README.md",
			"K8s/config/critical_pod_quota":   "`manifests/resourcequota.yaml`",
			"K8s/config/kernel_module_params": "`manifests/kernel-module-params.yaml`: `data.\"nvidia.conf\"`; `values.yaml`: `driver.kernelModuleConfig.name`",
			"K8s/config/rdma":                 "`values.yaml`: `driver.rdma.enabled`, `driver.rdma.useHostMofed`",
			"K8s/image/k8s-device-plugin":     "`values.yaml`: `devicePlugin.version`, `gfd.version`",
			"K8s/image/gpu-operator":          "chart version",
			"K8s/server/version":              "checks only",
		},
		"network-operator": {
			"K8s/image/mofed-driver":              "`manifests/nicclusterpolicy.yaml`: `spec.ofedDriver.version`",
			"K8s/network-config/deploy_ofed":      "`manifests/nicclusterpolicy.yaml`: `spec.nodeAffinity`, `spec.ofedDriver`",
			"K8s/network-config/master_interface": "`manifests/network.yaml`: `spec.master`",
			"K8s/network-config/use_host_mofed":   "checks only",
		},
		"nvidia-dra-driver-gpu": {"K8s/config/compute_domains": "whether a bundle has the component"},
	} {
		d, err := e.set.Description(name)
		if err != nil {
			t.Fatal(err)
		}
		places := e.places(d)
		for key, want := range want {
			if got := listed(places[key]); got != want {
				t.Errorf("%s: %s ends up in %s, want %s", name, key, got, want)
			}
		}
		if name == "network-operator" && !slices.Contains(places["K8s/network-config/ip_range"], "manifests/ippool.yaml") {
			t.Errorf("the pool is missing in %q", places["K8s/network-config/ip_range"])
		}
	}
}

func TestTableEscapesCells(t *testing.T) {
	t.Parallel()
	p := newPage("T", "D")
	p.table([]string{"a"}, [][]string{{"x|y"}})
	if !strings.HasSuffix(p.String(), "\n| a |\n| --- |\n| x\\|y |\n") {
		t.Errorf("got %q", p.String())
	}
}

// The compatibility page has a row for each component, chart release, product and
// GPU; the page of rules one for each rule, below its component.
func TestPagesAreComplete(t *testing.T) {
	t.Parallel()
	checkPages(t, testEngine(t))
}

// TestModule holds the blocks of the module to the components: each has one, none
// comes before what it requires, and nothing is named that is not there.
func TestModule(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	text, err := e.module()
	if err != nil {
		t.Fatal(err)
	}
	place := func(of string) int { return strings.Index(text, of) }
	for _, entry := range e.set.Entries() {
		id := strings.ReplaceAll(entry.Name, "-", "_")
		own := place("contains(keys(local.components), \"" + entry.Name + "\")")
		if own < 0 {
			t.Errorf("%s has no block", entry.Name)
		}
		for _, required := range entry.Requires {
			if place("contains(keys(local.components), \""+required+"\")") > own {
				t.Errorf("%s comes before %s, which it requires", id, required)
			}
		}
	}
	blocks := map[string]bool{"eidos_manifests.namespaces": true}
	for _, m := range regexp.MustCompile(`resource "(\w+)" "(\w+)"`).FindAllStringSubmatch(text, -1) {
		blocks[m[1]+"."+m[2]] = true
	}
	for _, name := range regexp.MustCompile(`(?m)^    ((?:helm_release|eidos_manifests)\.\w+),$`).FindAllStringSubmatch(text, -1) {
		if !blocks[name[1]] {
			t.Errorf("no block is %s, which another one depends on", name[1])
		}
	}
}

// TestFilesAdd makes the pages of a component, a GPU and a service that are files.
func TestFilesAdd(t *testing.T) {
	t.Parallel()
	catalog, set := added.Load(t)
	e := engine{catalog, bundle.NewRendererOf(set), set}
	pages := checkPages(t, e)
	for page, rows := range map[string][]string{
		"compatibility.md": {"| x900 | Kubernetes `>= 1.32`, driver `>= 575` | open |", "| skyport | x900 | gpudirect | `sky.x900` |", "| skyport | flatrock |", "| [skyport-gate](bundler-skyport-gate.md) | - | `v1.0.0` |"},
		"options.md":       {"### gate_mode\n\nWho may pass.\n\n| Value | On | Changes |\n| --- | --- | --- |\n| `closed` | skyport, ubuntu, h100 | `skyport-gate`: `mode` is `\"closed\"` |"},
		"rules.md":         {"## Skyport Gate\n\n| Rule | Severity | What it finds | What to do |\n| --- | --- | --- | --- |\n| <a id=\"gate-is-closed\"></a>`gate-is-closed` | error | Nobody gets through a closed gate. | open it |"},
		"bundler-skyport-gate.md": {
			"chart `skyport-gate` of https://charts.skyport.example, installed into the namespace `skyport-gate`. Releases with facts: `v1.0.0`, `v1.1.0`.",
			"| `K8s/config/gate_mode` | Who may pass. | `open`, `closed` | `values.yaml`: `mode` |",
			"| `K8s/image/gatekeeper` | The image tag of the gatekeeper, which the release fixes. | string | `values.yaml`: `keeper.tag` |",
		},
	} {
		for _, row := range rows {
			if !strings.Contains(pages[page], row) {
				t.Errorf("%s lacks %s", page, row)
			}
		}
	}
}

func checkPages(t *testing.T, e engine) map[string]string {
	t.Helper()
	pages, err := e.pages()
	if err != nil {
		t.Fatal(err)
	}
	wanted := e.catalog.Values("gpu")
	for _, entry := range e.set.Entries() {
		wanted = append(wanted, "["+entry.Name+"](bundler-"+entry.Name+".md)")
		for _, release := range entry.Releases {
			row := entry.Name + " | `" + release.Version + "`"
			if release.Candidate {
				row += " (candidate)"
			}
			wanted = append(wanted, row)
		}
		for _, key := range e.renderer.Keys(entry.Name) {
			if !strings.Contains(pages["bundler-"+entry.Name+".md"], "\n| `"+key.Path+"` |") {
				t.Errorf("the page of %s has no row of %s", entry.Name, key.Path)
			}
		}
	}
	for _, start := range wanted {
		if !strings.Contains(pages["compatibility.md"], "\n| "+start+" |") {
			t.Errorf("the compatibility page has no row %q", start)
		}
	}
	options, err := e.set.Options()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range options {
		if !strings.Contains(pages["options.md"], "\n### "+option.Name()+"\n\n"+option.About+"\n\n") {
			t.Errorf("the page of options lacks %s", option.Name())
		}
	}
	for _, rule := range e.renderer.Rules() {
		title := cmp.Or(e.renderer.Title(rule.Component), "Recipes and all components")
		_, section, _ := strings.Cut(pages["rules.md"], "\n## "+title+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		if !strings.Contains(section, "\n| "+anchored(rule.Name)+" | "+string(rule.Severity)+" |") {
			t.Errorf("the page of rules lacks %s of %q", rule.Name, rule.Component)
		}
	}
	return pages
}

func TestRunReportsAnOutDirectoryThatIsNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(file, "pages"), map[string]string{"a.md": "a"}); err == nil {
		t.Error("want an error")
	}
}

// TestOptionsChange: a row of the page says what a bundle has with the option and not
// without it.
func TestOptionsChange(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	q := document.Query{Service: "eks", OS: "ubuntu", GPU: "h100", K8s: "1.35"}
	before, err := e.platformBundle(q, nil)
	if err != nil {
		t.Fatal(err)
	}
	for option, want := range map[string][]string{
		"gds=true":                {"`gpu-operator`: `gds.enabled` is `true`"},
		"gdrcopy=false":           {"`gpu-operator`: `gdrcopy.enabled` is the chart's default"},
		"scheduler=kueue":         {"installs [`kueue`](bundler-kueue.md)"},
		"fabric=none":             {"leaves out `aws-efa-k8s-device-plugin`"},
		"critical_pod_quota=true": {"adds `gpu-operator/manifests/resourcequota.yaml`"},
	} {
		name, value, _ := strings.Cut(option, "=")
		after, err := e.platformBundle(q, map[string]string{name: value})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := before.changes(after); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s changes %q, want %q (%v)", option, got, want, err)
		}
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	q := func(service, os, gpu string) document.Query {
		return document.Query{Service: service, OS: os, GPU: gpu}
	}
	every := []document.Query{q("a", "x", "1"), q("a", "x", "2"), q("a", "y", "1"), q("a", "y", "2"), q("b", "x", "1")}
	for want, some := range map[string][]document.Query{
		"a, b":        every,
		"a (x)":       every[:2],
		"a (x: 1)":    every[:1],
		"a (x, y: 2)": {every[1], every[3]},
		"a (x; y: 1)": every[:3],
		"a (y), b":    every[2:],
	} {
		if got := together(some, every); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
