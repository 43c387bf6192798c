// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// image says who brings driver and container toolkit on a node image.
type image struct {
	os              string
	driver, toolkit string // operator or image
}

// product is what a service sells: every GPU with the fabric of its nodes, on
// every node image. It is written from the vendors' pages, not from the data.
type product struct {
	service string
	images  []image
	fabrics map[string]string // by GPU
}

func products() []product {
	return []product{
		{
			service: "eks",
			images:  []image{{"ubuntu", "operator", "operator"}, {"amazonlinux", "image", "image"}, {"rhel", "operator", "operator"}},
			fabrics: map[string]string{"a100": "efa", "h100": "efa", "h200": "efa", "b200": "efa", "gb200": "efa", "l40s": "efa"},
		},
		{
			service: "gke",
			images:  []image{{"cos", "image", "operator"}, {"ubuntu", "operator", "operator"}},
			fabrics: map[string]string{"a100": "none", "h100": "gpudirect", "h200": "gpudirect", "b200": "gpudirect", "gb200": "gpudirect"},
		},
		{
			service: "aks",
			images:  []image{{"ubuntu", "operator", "operator"}},
			fabrics: map[string]string{"a100": "infiniband", "h100": "infiniband", "h200": "infiniband", "gb200": "infiniband"},
		},
		{
			service: "oke",
			images:  []image{{"ubuntu", "image", "operator"}, {"oraclelinux", "image", "operator"}},
			fabrics: map[string]string{"a100": "roce", "h100": "roce", "h200": "roce", "b200": "roce", "gb200": "roce", "l40s": "none"},
		},
		{
			service: "self-managed",
			images:  []image{{"ubuntu", "operator", "operator"}, {"rhel", "operator", "operator"}},
			// Nothing is known of their NICs.
			fabrics: map[string]string{"a100": "", "h100": "", "h200": "", "b200": "", "gb200": "", "l40": "", "l40s": ""},
		},
	}
}

func allSystems() []string { return []string{"amazonlinux", "cos", "oraclelinux", "rhel", "ubuntu"} }

func allGPUs() []string { return []string{"a100", "b200", "gb200", "h100", "h200", "l40", "l40s"} }

func allIntents() []string { return []string{"inference", "training"} }

func embeddedCatalogue(t *testing.T) *recipe.Catalog {
	t.Helper()
	c, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recipeFor builds a recipe that says why.
func recipeFor(t *testing.T, c *recipe.Catalog, q document.Query) *recipe.Result {
	t.Helper()
	q.Context = true
	r, err := c.Build(recipe.Request{Query: q})
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func config(r *recipe.Result, key string) string {
	return r.Recipe.Measurements.Text(measurement.K8s, "config", key)
}

func network(r *recipe.Result, key string) string {
	return r.Recipe.Measurements.Text(measurement.K8s, "network-config", key)
}

func TestCatalogueNamesEveryValue(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	var services []string
	for _, p := range products() {
		services = append(services, p.service)
	}
	slices.Sort(services)
	for field, want := range map[string][]string{"os": allSystems(), "service": services, "gpu": allGPUs(), "intent": allIntents()} {
		if diff := cmp.Diff(want, c.Values(field)); diff != "" {
			t.Errorf("values of %s (-want +got):\n%s", field, diff)
		}
	}
	if c.Version() != "2026.11.1" {
		t.Errorf("version %q, want 2026.11.1", c.Version())
	}
}

func TestCatalogueCoversEveryProduct(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	for _, p := range products() {
		for _, image := range p.images {
			for gpu, fabric := range p.fabrics {
				for _, intent := range allIntents() {
					t.Run(strings.Join([]string{p.service, image.os, gpu, intent}, "-"), func(t *testing.T) {
						t.Parallel()
						r := recipeFor(t, c, document.Query{Service: p.service, OS: image.os, GPU: gpu, Intent: intent, K8s: "1.35"})
						checkProduct(t, r, p.service, image, fabric)
						checkGPU(t, r)
						checkNetwork(t, r)
						checkComplete(t, r)
					})
				}
			}
		}
	}
}

func checkProduct(t *testing.T, r *recipe.Result, service string, image image, fabric string) {
	t.Helper()
	vendorImage := slices.Contains([]string{"cos", "amazonlinux", "oraclelinux"}, image.os) || service == "oke"
	googles := when(image.os == "cos", "/home/kubernetes/bin/nvidia")
	for key, want := range map[string]string{
		"driver_source":                 image.driver,
		"toolkit_source":                image.toolkit,
		"driver_install_dir":            googles,
		"toolkit_install_dir":           googles,
		"toolkit_runtime_config_source": when(image.os == "cos", "file"),
		"runtime_class":                 "",
		"critical_pod_quota":            strconv.FormatBool(service == "gke"),
		"mig_with_reboot":               strconv.FormatBool(service == "eks" || service == "gke" || service == "aks"),
		"gdrcopy":                       strconv.FormatBool(!vendorImage),
		"gds":                           "false",
		"cdi":                           "true",
		"secure_boot":                   "false",
		"vgpu":                          "false",
		"confidential_computing":        "false",
	} {
		if got := config(r, key); got != want {
			t.Errorf("K8s/config/%s is %q, want %q", key, got, want)
		}
	}
	if got := network(r, "fabric"); got != fabric {
		t.Errorf("fabric is %q, want %q", got, fabric)
	}
	if got, want := r.Recipe.Measurements.Subtype(measurement.OS, "grub") != nil, image.os == "ubuntu"; got != want {
		t.Errorf("kernel command line is tuned: %t, want %t on %s", got, want, image.os)
	}
	if got, want := r.Recipe.Measurements.Text(measurement.OS, "kmod", "gdrdrv"), when(!vendorImage, "true"); got != want {
		t.Errorf("module gdrdrv is %q, want %q", got, want)
	}
	if got, want := r.Recipe.Measurements.Text(measurement.K8s, "image", "aws-efa-k8s-device-plugin"), when(service == "eks", "v0.5.30"); got != want {
		t.Errorf("EFA plugin is %q, want %q", got, want)
	}
}

// checkGPU checks what depends on the GPU, whatever it is built into.
func checkGPU(t *testing.T, r *recipe.Result) {
	t.Helper()
	q := r.Recipe.Request
	grace, noMIG := q.GPU == "gb200", slices.Contains([]string{"gb200", "l40", "l40s"}, q.GPU)
	hopper := q.GPU == "h100" || q.GPU == "h200"
	strategy, modules := "single", "any"
	if noMIG {
		strategy = "none"
	}
	if grace || q.GPU == "b200" {
		modules = "open"
	}
	for key, want := range map[string]string{
		"mig":                    "false",
		"mig_strategy":           strategy,
		"mig_profile":            when(!noMIG, "all-disabled"),
		"use_open_kernel_module": strconv.FormatBool(grace || q.GPU == "b200" || q.Intent == "training" && (hopper || q.GPU == "a100" && q.Service == "eks")),
		"compute_domains":        strconv.FormatBool(grace),
		"kernel_module_params":   when(grace && q.Service == "eks" && q.OS != "amazonlinux", "NVreg_GrdmaPciTopoCheckOverride=1"),
	} {
		if got := config(r, key); got != want {
			t.Errorf("K8s/config/%s is %q, want %q", key, got, want)
		}
	}
	gpu := func(subtype, key string) string { return r.Recipe.Measurements.Text(measurement.GPU, subtype, key) }
	if got, want := gpu("device", "mig-capable"), strconv.FormatBool(!noMIG); got != want {
		t.Errorf("mig-capable is %q, want %q", got, want)
	}
	if got, want := gpu("driver", "kernel-module"), modules; got != want {
		t.Errorf("kernel-module is %q, want %q", got, want)
	}
	demand := document.Constraint{Field: "driver", Range: ">= " + gpu("driver", "minimum-version"), Layer: "gpu=" + q.GPU}
	if !slices.Contains(r.Recipe.Constraints, demand) {
		t.Errorf("constraints %v lack %v", r.Recipe.Constraints, demand)
	}
	numa := r.Recipe.Measurements.Text(measurement.OS, "sysctl", "/proc/sys/kernel/numa_balancing")
	if want := when(grace, "0"); numa != want {
		t.Errorf("NUMA balancing is %q, want %q", numa, want)
	}
}

// checkNetwork checks that only training on InfiniBand and RoCE nodes uses
// RDMA through the Network Operator.
func checkNetwork(t *testing.T, r *recipe.Result) {
	t.Helper()
	q := r.Recipe.Request
	azure := q.Service == "aks" && q.Intent == "training"
	oracle := q.Service == "oke" && q.OS == "ubuntu" && q.Intent == "training" && slices.Contains([]string{"a100", "h100", "h200", "b200"}, q.GPU)
	if got, want := config(r, "rdma"), strconv.FormatBool(azure || oracle); got != want {
		t.Errorf("rdma is %q, want %q", got, want)
	}
	for key, want := range map[string]bool{"deploy_ofed": azure, "enable_sriov": oracle, "use_host_mofed": false} {
		if got := network(r, key); got != strconv.FormatBool(want) {
			t.Errorf("K8s/network-config/%s is %q, want %t", key, got, want)
		}
	}
}

// checkComplete checks that every value says why it is there.
func checkComplete(t *testing.T, r *recipe.Result) {
	t.Helper()
	if len(r.Warnings) > 0 {
		t.Errorf("warnings %v, want none", r.Warnings)
	}
	count := 0
	for _, m := range r.Recipe.Measurements {
		for _, s := range m.Subtypes {
			count += len(s.Data)
			for key := range s.Data {
				if s.Context[key] == "" {
					t.Errorf("%s/%s/%s has no context", m.Type, s.Name, key)
				}
			}
		}
	}
	if count < 70 || count > 130 {
		t.Errorf("the recipe has %d values, want 70 to 130", count)
	}
	grub := r.Recipe.Measurements.Text(measurement.OS, "grub", "hugepages")
	if sysctl := r.Recipe.Measurements.Text(measurement.OS, "sysctl", "/proc/sys/vm/nr_hugepages"); grub != sysctl {
		t.Errorf("huge pages: %q on the command line, %q by sysctl", grub, sysctl)
	}
}

// when returns the text under a condition, else nothing.
func when(condition bool, text string) string {
	if !condition {
		return ""
	}
	return text
}

func TestCatalogueRefusesEveryOtherPair(t *testing.T) {
	t.Parallel()
	c := embeddedCatalogue(t)
	for _, p := range products() {
		gpus := slices.Sorted(maps.Keys(p.fabrics))
		var systems []string
		for _, image := range p.images {
			systems = append(systems, image.os)
		}
		for _, os := range allSystems() {
			checkPair(t, c, document.Query{Service: p.service, OS: os, GPU: gpus[0]}, "os", os, systems)
		}
		for _, gpu := range allGPUs() {
			checkPair(t, c, document.Query{Service: p.service, OS: systems[0], GPU: gpu}, "gpu", gpu, gpus)
		}
	}
}

// checkPair checks that a service takes exactly the values that it offers, and
// that a refusal names the pair and all that is offered.
func checkPair(t *testing.T, c *recipe.Catalog, q document.Query, field, value string, offered []string) {
	t.Helper()
	_, err := c.Build(recipe.Request{Query: q})
	if slices.Contains(offered, value) {
		if err != nil {
			t.Errorf("%+v: %v", q, err)
		}
		return
	}
	problems := recipe.Errors(err)
	if len(problems) != 1 || problems[0].Field != field {
		t.Errorf("%+v: got %v, want one error about %s", q, err, field)
		return
	}
	for _, word := range append([]string{q.Service, field + " " + value}, offered...) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%+v: the error %q does not name %s", q, err, word)
		}
	}
	r, err := c.Build(recipe.Request{Query: q, AllowUncovered: true})
	if err != nil || len(r.Warnings) != 1 || r.Warnings[0].Field != field {
		t.Errorf("%+v, uncovered allowed: got %v, %v, want one warning about %s", q, r, err, field)
	}
}

func TestCatalogueLayersDoNotFight(t *testing.T) {
	t.Parallel()
	for _, conflict := range embeddedCatalogue(t).Conflicts() {
		t.Error(conflict)
	}
}
