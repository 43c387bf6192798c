// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// The tests of this file hold the embedded catalog against itself: their lists
// are taken from the data, so that no new file of it needs a change here.

func embeddedCatalog(t *testing.T) *recipe.Catalog {
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
	r, err := c.Build(t.Context(), recipe.Request{Query: q, IgnoreFindings: advised()})
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func value(r *recipe.Result, t measurement.Type, subtype, key string) string {
	return r.Recipe.Measurements.Text(t, subtype, key)
}

func config(r *recipe.Result, key string) string { return value(r, measurement.K8s, "config", key) }

func network(r *recipe.Result, key string) string {
	return value(r, measurement.K8s, "network-config", key)
}

// when returns the text under a condition, else nothing.
func when(condition bool, text string) string {
	if !condition {
		return ""
	}
	return text
}

// kubernetesMinors returns the minors at which the catalog changes its mind,
// the one before the first of them, and "" for none stated.
func kubernetesMinors(c *recipe.Catalog) []string {
	var minors []int
	for _, o := range c.Overlays() {
		ranges := o.Key.K8s
		for _, constraint := range o.Constraints {
			if constraint.Field == "k8s" {
				ranges += " " + constraint.Range
			}
		}
		for _, match := range regexp.MustCompile(`\b1\.(\d+)`).FindAllStringSubmatch(ranges, -1) {
			if minor, err := strconv.Atoi(match[1]); err == nil {
				minors = append(minors, minor-1, minor)
			}
		}
	}
	slices.Sort(minors)
	all := []string{""}
	for _, minor := range slices.Compact(minors) {
		all = append(all, "1."+strconv.Itoa(minor))
	}
	return all
}

// products calls a function with a query of everything that the platform table
// says is sold.
func products(c *recipe.Catalog, do func(document.Query, recipe.PlatformGPU)) {
	for _, p := range c.Platforms() {
		for _, os := range p.OS {
			for _, g := range p.GPUs {
				for _, intent := range c.Values("intent") {
					do(document.Query{Service: p.Service, OS: os, GPU: g.GPU, Intent: intent, Context: true}, g)
				}
			}
		}
	}
}

func TestCatalogCoversEveryProduct(t *testing.T) {
	t.Parallel()
	checkProducts(t, embeddedCatalog(t))
}

// checkProducts checks the recipes of everything that is sold, for every minor
// of Kubernetes that makes a difference.
func checkProducts(t *testing.T, c *recipe.Catalog) {
	t.Helper()
	built := 0
	products(c, func(q document.Query, _ recipe.PlatformGPU) {
		for _, q.K8s = range kubernetesMinors(c) {
			r, err := c.Build(t.Context(), recipe.Request{Query: q, IgnoreFindings: advised()})
			if err != nil {
				// Hardware may need more than the oldest line.
				if slices.ContainsFunc(recipe.Errors(err), func(e *recipe.Error) bool { return e.Field != "k8s" || !strings.Contains(e.Error(), " demands k8s ") }) {
					t.Errorf("%+v: %v", q, err)
				}
				continue
			}
			built++
			for _, problem := range problemsOf(c, r) {
				t.Errorf("%+v: %s", q, problem)
			}
		}
	})
	if built == 0 {
		t.Error("no recipe was built")
	}
}

// problemsOf returns what is wrong with a recipe of the catalog's own.
func problemsOf(c *recipe.Catalog, r *recipe.Result) []string {
	problems := unexplained(r)
	for _, w := range r.Findings {
		problems = append(problems, "warning: "+w.Message)
	}
	q := r.Recipe.Request
	for _, field := range []string{"os", "service", "gpu"} {
		if rule := field + "=" + *q.Field(field); !slices.Contains(r.Recipe.MatchedRules, rule) {
			problems = append(problems, "no overlay is for "+rule)
		}
	}
	truth := func(t measurement.Type, subtype, key string) bool {
		text := value(r, t, subtype, key)
		if text != "true" && text != "false" {
			problems = append(problems, string(t)+"/"+subtype+"/"+key+" is "+strconv.Quote(text))
		}
		return text == "true"
	}
	for _, key := range []string{"managed", "own-fabric", "control-plane-visible"} {
		truth(measurement.K8s, "service", key)
	}
	for _, key := range []string{"mig-capable", "nvswitch", "nvlink-spans-nodes", "coherent-memory", "confidential-computing", "nvlsm"} {
		truth(measurement.GPU, "device", key)
	}
	for what, broken := range map[string]bool{
		"MIG on a GPU that cannot be partitioned":           !truth(measurement.GPU, "device", "mig-capable") && (config(r, "mig") != "false" || config(r, "mig_profile") != ""),
		"MIG resources exactly where they can exist":        truth(measurement.GPU, "device", "mig-capable") == (config(r, "mig_strategy") == "none"),
		"proprietary modules on a GPU that needs open ones": value(r, measurement.GPU, "driver", "kernel-module") == "open" && config(r, "use_open_kernel_module") != "true",
		"compute domains only where NVLink spans nodes":     (config(r, "compute_domains") == "true") != truth(measurement.GPU, "device", "nvlink-spans-nodes"),
		"GPUDirect Storage next to coherent memory":         truth(measurement.GPU, "device", "coherent-memory") && config(r, "gds") != "false",
		"NVLSM without NVSwitch":                            truth(measurement.GPU, "device", "nvlsm") && !truth(measurement.GPU, "device", "nvswitch"),
		"Mellanox components on a provider's own fabric":    truth(measurement.K8s, "service", "own-fabric") && usesMellanox(r),
		"GDRCopy goes with the operator's driver":           (config(r, "gdrcopy") == "true") != (config(r, "driver_source") == "operator"),
		"its module goes with GDRCopy":                      config(r, "gdrcopy") != "true" && value(r, measurement.OS, "kmod", "gdrdrv") != "",
		"huge pages on the command line and by sysctl":      value(r, measurement.OS, "grub", "hugepages") != value(r, measurement.OS, "sysctl", "/proc/sys/vm/nr_hugepages"),
		"another server version":                            value(r, measurement.K8s, "server", "version") != q.K8s,
		"no GPU Operator":                                   value(r, measurement.K8s, "image", "gpu-operator") == "",
		"an os-release that is not the system's":            c.Extract(document.Snapshot{Measurements: r.Recipe.Measurements}).Query.OS != q.OS,
		"no constraint for the oldest driver":               !slices.Contains(r.Recipe.Constraints, document.Constraint{Field: "driver", Range: ">= " + value(r, measurement.GPU, "driver", "minimum-version"), Layer: "gpu=" + q.GPU}),
	} {
		if broken {
			problems = append(problems, what)
		}
	}
	return problems
}

func usesMellanox(r *recipe.Result) bool {
	return config(r, "rdma") == "true" || network(r, "deploy_ofed") == "true" || network(r, "enable_sriov") == "true"
}

// unexplained lists the values that do not say why they are there.
func unexplained(r *recipe.Result) []string {
	var problems []string
	for _, m := range r.Recipe.Measurements {
		for _, s := range m.Subtypes {
			for key := range s.Data {
				if s.Context[key] == "" {
					problems = append(problems, string(m.Type)+"/"+s.Name+"/"+key+" has no context")
				}
			}
		}
	}
	return problems
}

func TestCatalogRefusesEveryOtherPair(t *testing.T) {
	t.Parallel()
	checkPairs(t, embeddedCatalog(t))
}

// checkPairs checks that a service takes exactly what the platform table offers.
func checkPairs(t *testing.T, c *recipe.Catalog) {
	t.Helper()
	for _, p := range c.Platforms() {
		gpus := map[string]bool{}
		for _, g := range p.GPUs {
			gpus[g.GPU] = true
		}
		for _, os := range c.Values("os") {
			checkPair(t, c, document.Query{Service: p.Service, OS: os, GPU: p.GPUs[0].GPU}, "os", os, p.OS)
		}
		for _, gpu := range c.Values("gpu") {
			checkPair(t, c, document.Query{Service: p.Service, OS: p.OS[0], GPU: gpu}, "gpu", gpu, slices.Collect(maps.Keys(gpus)))
		}
	}
}

// checkPair checks one pair, and that a refusal names it and all that is
// offered.
func checkPair(t *testing.T, c *recipe.Catalog, q document.Query, field, value string, offered []string) {
	t.Helper()
	_, err := c.Build(t.Context(), recipe.Request{Query: q, IgnoreFindings: advised()})
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
	r, err := c.Build(t.Context(), recipe.Request{Query: q, AllowUncovered: true, IgnoreFindings: advised()})
	if err != nil || len(r.Findings) != 1 || r.Findings[0].Field != field {
		t.Errorf("%+v, uncovered allowed: got %v, %v, want one warning about %s", q, r, err, field)
	}
}

func TestCatalogLayersDoNotFight(t *testing.T) {
	t.Parallel()
	for _, conflict := range embeddedCatalog(t).Conflicts() {
		t.Error(conflict)
	}
}

// TestCatalogConstraintsHold asks for a version that is older than any
// constraint allows.
func TestCatalogConstraintsHold(t *testing.T) {
	t.Parallel()
	const old = "0.0.1"
	c := embeddedCatalog(t)
	for _, o := range c.Overlays() {
		for _, constraint := range o.Constraints {
			request := recipe.Request{Query: o.Key, AllowUncovered: true}
			request.Query.K8s, request.Query.OSVersion, request.Query.Kernel = "", "", ""
			if field := request.Query.Field(constraint.Field); field != nil {
				*field = old
			} else {
				request.Overlays = []string{`types: [{type: K8s, subtypes: [{subtype: image, data: {driver: "` + old + `"}}]}]`}
			}
			_, err := c.Build(t.Context(), request)
			if want := o.Name + " demands " + constraint.Field + " " + constraint.Range; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: got %v, want %q", request.Query, err, want)
			}
		}
	}
}

func TestCatalogInstanceTypesTellTheGPU(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	owner := map[string]string{}
	for _, p := range c.Platforms() {
		fabrics := map[string][]string{}
		for _, g := range p.GPUs {
			r := recipeFor(t, c, document.Query{Service: p.Service, GPU: g.GPU})
			// Some GPUs of a service are attached to machine types that it sells without GPUs too.
			if managed := value(r, measurement.K8s, "service", "managed") == "true"; managed != (len(g.InstanceTypes) > 0) && g.Fabric != "none" {
				t.Errorf("%s %s has instance types %v", p.Service, g.GPU, g.InstanceTypes)
			}
			for _, instance := range g.InstanceTypes {
				if other, taken := owner[instance]; taken {
					t.Errorf("%s is listed for %s and %s", instance, other, g.GPU)
				}
				owner[instance] = g.GPU
				if !c.GPUInstanceType(instance) {
					t.Errorf("%s is not taken for one with GPUs", instance)
				}
			}
			fabrics[g.GPU] = append(fabrics[g.GPU], g.Fabric)
		}
		for gpu, known := range fabrics {
			r := recipeFor(t, c, document.Query{Service: p.Service, GPU: gpu})
			if fabric := network(r, "fabric"); !slices.Contains(known, fabric) {
				t.Errorf("%s %s: the recipe says %q, the platform table %q", p.Service, gpu, fabric, known)
			}
		}
	}
}

// TestCatalogFollowsInstanceTypes makes a recipe from a snapshot of every
// instance type of the platform table.
func TestCatalogFollowsInstanceTypes(t *testing.T) {
	t.Parallel()
	checkInstances(t, embeddedCatalog(t))
}

// checkInstances checks recipes from snapshots that tell the instance type.
func checkInstances(t *testing.T, c *recipe.Catalog) {
	t.Helper()
	products(c, func(q document.Query, g recipe.PlatformGPU) {
		for _, instance := range g.InstanceTypes {
			s := snapshotOf(map[string]string{"K8s/node/provider": q.Service, "K8s/node/instance-type": instance})
			stated := document.Query{OS: q.OS, Intent: q.Intent, Context: true}
			r := buildRecipe(t, c, recipe.Request{Query: stated, Snapshot: &s})
			if got := r.Recipe.Request.GPU; got != g.GPU {
				t.Errorf("%s: GPU %s, want %s", instance, got, g.GPU)
			}
			if got := network(r, "fabric"); got != g.Fabric {
				t.Errorf("%s: fabric %q, want %q", instance, got, g.Fabric)
			}
			if g.Fabric == "none" && usesMellanox(r) {
				t.Errorf("%s has no fabric, and the recipe uses Mellanox NICs", instance)
			}
			for _, problem := range problemsOf(c, r) {
				t.Errorf("%s: %s", instance, problem)
			}
		}
	})
}
