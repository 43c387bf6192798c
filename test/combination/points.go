// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// NoMIG is the strategy of a point without MIG.
const NoMIG = "none"

// Point is one combination. Options are always stated, so that no default of
// the catalog decides them.
type Point struct {
	document.Query
	MIG       string // the strategy
	RDMA, GDS bool
	Driver    string // who brings the driver; "" leaves it to the catalog
	Addresses bool   // pods get addresses on the RDMA network
	Bundler   string // the only bundler, by name; "" takes those that the platform needs
	Options   string // other options of K8s/config, as YAML; "" for none
	Network   string // options of K8s/network-config, as YAML; "" for none
}

// String names the point, with what is on and stated beyond the platform.
func (p Point) String() string {
	words := []string{p.Service, p.OS, p.GPU, p.Intent, p.K8s}
	for _, stated := range []struct {
		yes  bool
		word string
	}{
		{p.OSVersion != "", "osv=" + p.OSVersion},
		{p.Kernel != "", "kernel=" + p.Kernel},
		{p.MIG != NoMIG, "mig=" + p.MIG},
		{p.RDMA, "rdma"},
		{p.GDS, "gds"},
		{p.Driver != "", "driver=" + p.Driver},
		{p.Addresses, "addresses"},
		{p.Bundler != "", "bundler=" + p.Bundler},
		{p.Options != "", p.Options},
		{p.Network != "", p.Network},
	} {
		if stated.yes {
			words = append(words, stated.word)
		}
	}
	return strings.Join(words, " ")
}

// overlay is the user's overlay with the options.
func (p Point) overlay() string {
	config := fmt.Sprintf("mig: %t, mig_strategy: %s, rdma: %t, gds: %t", p.MIG != NoMIG, p.MIG, p.RDMA, p.GDS)
	if p.Driver != "" {
		config += ", driver_source: " + p.Driver
	}
	if p.Options != "" {
		config += ", " + p.Options
	}
	text := "types:\n  - type: K8s\n    subtypes:\n" + subtype("config", config)
	if p.Addresses {
		text += subtype("network-config", "ip_range: 192.168.0.0/16, master_interface: ens1f0")
	}
	if p.Network != "" {
		text += subtype("network-config", p.Network)
	}
	return text
}

func subtype(name, data string) string {
	return "      - {subtype: " + name + ", data: {" + data + "}}\n"
}

// Points lists every point once, in an order that never changes: the matrix of
// platforms, Kubernetes versions and options, then what changes one thing more
// on plain platforms.
func (p *Pipeline) Points() []Point {
	return slices.Concat(p.matrix(), p.systemVersions(), p.driverSources(), p.addressPools(), p.namedBundlers(), p.askedFor(), p.networks())
}

// matrix crosses platforms with MIG, RDMA and GDS.
func (p *Pipeline) matrix() []Point {
	_, strategies := p.readers("K8s/config/mig_strategy")
	points := cross(p.platforms(p.catalog.Values("intent")...), strategies, func(p *Point, v string) { p.MIG = v })
	points = cross(points, []bool{false, true}, func(p *Point, v bool) { p.RDMA = v })
	return cross(points, []bool{false, true}, func(p *Point, v bool) { p.GDS = v })
}

// platforms crosses services, operating systems, GPUs, intents and Kubernetes
// versions, whether somebody sells them or not.
func (p *Pipeline) platforms(intents ...string) []Point {
	points := []Point{{MIG: NoMIG}}
	for _, field := range []string{"service", "os", "gpu"} {
		points = cross(points, p.catalog.Values(field), func(p *Point, v string) { *p.Field(field) = v })
	}
	points = cross(points, intents, func(p *Point, v string) { p.Intent = v })
	return cross(points, p.minors(), func(p *Point, v string) { p.K8s = v })
}

// minors are the Kubernetes versions that there are recipes for.
func (p *Pipeline) minors() []string {
	const most = 100
	var minors []string
	for i := range most {
		q := document.Query{K8s: fmt.Sprintf("1.%d", i)}
		if _, err := p.catalog.Build(context.Background(), recipe.Request{Query: q}); err == nil {
			minors = append(minors, q.K8s)
		}
	}
	return minors
}

// plain are the platforms with one intent.
func (p *Pipeline) plain() []Point { return p.platforms("training") }

// systemVersions are releases and kernels of the operating systems at which
// something changes, and one older than all.
func (p *Pipeline) systemVersions() []Point {
	var points []Point
	for _, platform := range p.plain() {
		versions, kernels := p.bounds("osv", platform.OS), p.bounds("kernel", platform.OS)
		versions = append(versions, p.driverSystems(platform.OS)...)
		slices.Sort(versions)
		points = append(points, cross([]Point{platform}, slices.Compact(versions), func(p *Point, v string) { p.OSVersion = v })...)
		points = append(points, cross([]Point{platform}, kernels, func(p *Point, v string) { p.Kernel = v })...)
	}
	return points
}

// driverSystems are the versions of an operating system that some release has
// driver containers for.
func (p *Pipeline) driverSystems(os string) []string {
	var versions []string
	for _, e := range p.set.Entries() {
		for _, known := range e.Releases {
			if release, err := p.set.Facts.Release(e.Name, known.Version); err == nil { // a test reads them all
				versions = append(versions, release.Systems(os)...)
			}
		}
	}
	return versions
}

// bounds are the versions that overlays for an operating system name in their
// constraints about a field, and one below all; nothing where they name none of
// kernels.
func (p *Pipeline) bounds(field, os string) []string {
	var bounds []string
	for _, overlay := range p.catalog.Overlays() {
		for _, c := range overlay.Constraints {
			if c.Field == field && overlay.Key.OS == os {
				bounds = append(bounds, regexp.MustCompile(`[0-9.]+`).FindAllString(c.Range, -1)...)
			}
		}
	}
	if len(bounds) > 0 || field == "osv" {
		bounds = append(bounds, "1")
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}

// driverSources say who brings the driver, whatever is usual on the platform.
func (p *Pipeline) driverSources() []Point {
	_, sources := p.readers("K8s/config/driver_source")
	points := cross(p.plain(), sources, func(p *Point, v string) { p.Driver = v })
	return cross(points, []bool{false, true}, func(p *Point, v bool) { p.GDS = v })
}

// addressPools give pods addresses on the RDMA network, where the platform needs
// the component for it and where it is named.
func (p *Pipeline) addressPools() []Point {
	bundlers, _ := p.readers("K8s/network-config/ip_range")
	return cross(p.plain(), append(bundlers, ""), func(p *Point, v string) { p.RDMA, p.Addresses, p.Bundler = true, true, v })
}

// namedBundlers render one component alone, whether the platform needs it or not.
// Every point above has those that each platform needs.
func (p *Pipeline) namedBundlers() []Point {
	var names []string
	for _, e := range p.set.Entries() {
		if len(e.Needed) > 0 {
			names = append(names, e.Name)
		}
	}
	return cross(p.plain(), names, func(p *Point, v string) { p.Bundler = v })
}

// askedFor state the options by which somebody asks for the components that no
// platform needs: all at once, and again for each further value of an option.
func (p *Pipeline) askedFor() []Point {
	all, others := map[string]any{}, map[string][]any{}
	for _, e := range p.set.Entries() {
		for _, clause := range slices.Concat(e.Needed...) {
			kind, _, path := clause.Operand.Parts()
			if !e.Optional || kind != component.RecipeKey || measurement.ParsePath(path).Subtype != "config" {
				continue
			}
			key := measurement.ParsePath(path).Key
			if first, stated := all[key]; !stated {
				all[key] = clause.Test
			} else if first != clause.Test {
				others[key] = append(others[key], clause.Test)
			}
		}
	}
	text := func(options map[string]any) string {
		var stated []string
		for _, key := range slices.Sorted(maps.Keys(options)) {
			stated = append(stated, fmt.Sprintf("%s: %v", key, options[key]))
		}
		return strings.Join(stated, ", ")
	}
	options := []string{text(all)}
	for _, key := range slices.Sorted(maps.Keys(others)) {
		for _, value := range others[key] {
			changed := maps.Clone(all)
			changed[key] = value
			options = append(options, text(changed))
		}
	}
	return cross(p.plain(), options, func(p *Point, v string) { p.Options = v })
}

// networks state, one at a time, the options of the network by which somebody asks for
// a component. Each is for few platforms, on the newest Kubernetes.
func (p *Pipeline) networks() []Point {
	var options []string
	for _, e := range p.set.Entries() {
		for _, clause := range slices.Concat(e.Needed...) {
			kind, _, path := clause.Operand.Parts()
			if key := measurement.ParsePath(path); e.Optional && kind == component.RecipeKey && key.Subtype == "network-config" {
				options = append(options, fmt.Sprintf("%s: %v", key.Key, clause.Test))
			}
		}
	}
	minors := p.minors()
	newest := slices.DeleteFunc(p.plain(), func(p Point) bool { return p.K8s != minors[len(minors)-1] })
	return cross(newest, options, func(p *Point, v string) { p.Network = v })
}

// readers are the bundlers that read a recipe key, and the values that it takes.
func (p *Pipeline) readers(key string) (bundlers, values []string) {
	for _, name := range p.renderer.Bundlers() {
		for _, known := range p.renderer.Keys(name) {
			if known.Path != key {
				continue
			}
			bundlers, values = append(bundlers, name), known.Values
			if known.Bool {
				values = []string{"false", "true"}
			}
		}
	}
	return bundlers, values
}

// cross returns each point with each value, set by a function.
func cross[V any](points []Point, values []V, set func(*Point, V)) []Point {
	crossed := make([]Point, 0, len(points)*len(values))
	for _, p := range points {
		for _, v := range values {
			with := p
			set(&with, v)
			crossed = append(crossed, with)
		}
	}
	return crossed
}
