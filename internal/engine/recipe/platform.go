// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Platform says what one service offers.
type Platform struct {
	Service string
	OS      []string
	GPUs    []PlatformGPU
}

// PlatformGPU is a GPU on a service. One GPU may occur several times: other
// instance types, wired with another fabric.
type PlatformGPU struct {
	GPU           string
	InstanceTypes []string // as nodes are labeled; empty where a service has none
	// Sizes are the numbers of GPUs of instance types, where they are known.
	Sizes  map[string]int
	Fabric string // what connects the nodes; "" when unknown
	// Prefix is what a service of the platform puts before the names of instance
	// types, such as ml. for SageMaker HyperPod.
	Prefix string
	// Types are what a recipe sets for these instance types above what the
	// overlays set for the GPU. They are shared: do not change them.
	Types settings
}

func (g *PlatformGPU) has(instanceType string) bool { return g.find(instanceType) != "" }

// find returns an instance type as it is listed, whatever its case and with or
// without the prefix, or "".
func (g *PlatformGPU) find(instanceType string) string {
	instanceType = strings.TrimPrefix(instanceType, g.Prefix)
	if i := slices.IndexFunc(g.InstanceTypes, func(s string) bool { return strings.EqualFold(s, instanceType) }); i >= 0 {
		return g.InstanceTypes[i]
	}
	return ""
}

// platformTable is nil for a catalog without one.
type platformTable []Platform

// row returns the platform of that service, nothing where the table lacks it.
func (t platformTable) row(service string) (row Platform, found bool) {
	i := slices.IndexFunc(t, func(p Platform) bool { return p.Service == service })
	if i < 0 {
		return Platform{}, false
	}
	return t[i], true
}

// values returns what the platform offers in a field, os or gpu, sorted.
func (p Platform) values(field string) []string {
	var values []string
	if field == "os" {
		values = slices.Clone(p.OS)
	} else {
		for _, g := range p.GPUs {
			values = append(values, g.GPU)
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// gpuOf returns the GPU that an instance type has, or "" when the table lacks
// the type or gives it several GPUs.
func (t platformTable) gpuOf(instanceType string) string {
	gpu := ""
	for _, p := range t {
		for _, g := range p.GPUs {
			if !g.has(instanceType) {
				continue
			}
			if gpu != "" && gpu != g.GPU {
				return ""
			}
			gpu = g.GPU
		}
	}
	return gpu
}

// gpus returns the rows of a service with a GPU.
func (t platformTable) gpus(service, gpu string) []PlatformGPU {
	p, _ := t.row(service)
	return slices.DeleteFunc(slices.Clone(p.GPUs), func(g PlatformGPU) bool { return g.GPU != gpu })
}

// instance returns the row of an instance type of a service with that GPU, or
// nil.
func (t platformTable) instance(service, gpu, instanceType string) *PlatformGPU {
	p, _ := t.row(service)
	i := slices.IndexFunc(p.GPUs, func(g PlatformGPU) bool { return g.GPU == gpu && g.has(instanceType) })
	if i < 0 {
		return nil
	}
	return &p.GPUs[i]
}

// pairProblem explains why a service does not go with a value of a field (os or
// gpu), or returns nil when it does.
func (t platformTable) pairProblem(service, field, value string) error {
	p, found := t.row(service)
	advice := fmt.Sprintf("where it has one, add an overlay of your own for service=%s,%s=%s", service, field, value)
	if !found {
		return fmt.Errorf("service %s is not in the platform table, so nothing is known of %s %s there; %s", service, field, value, advice)
	}
	switch offered := p.values(field); {
	case slices.Contains(offered, value):
		return nil
	case len(offered) == 0:
		return fmt.Errorf("service %s has no %s %s: the platform table lists no %s for it; %s", service, field, value, field, advice)
	default:
		return fmt.Errorf("service %s has no %s %s; it has %s", service, field, value, words.And(offered))
	}
}

// Instance is what the platform table says of an instance type.
type Instance struct {
	GPU    string
	Count  int    // of GPUs, 0 when it is not known
	Fabric string // what connects the nodes; "" when unknown
}

// InstanceType returns what the platform table says of an instance type of a
// service. Unknown names are errors that name the nearest.
func (c *Catalog) InstanceType(service, name string) (Instance, error) {
	service = c.values.normal("service", service)
	p, known := c.platforms.row(service)
	if !known {
		var services []string
		for _, row := range c.platforms {
			services = append(services, row.Service)
		}
		return Instance{}, &Error{Field: "service", Err: fmt.Errorf("unknown service %s; the platform table has %s%s", words.Quote(service), words.And(services), suggest.Question(service, services))}
	}
	var names []string
	for i := range p.GPUs {
		g := &p.GPUs[i]
		if listed := g.find(strings.TrimSpace(name)); listed != "" {
			return Instance{GPU: g.GPU, Count: g.Sizes[listed], Fabric: g.Fabric}, nil
		}
		names = append(names, g.InstanceTypes...)
	}
	return Instance{}, &Error{Field: "name", Err: fmt.Errorf("the platform table has no instance type %s of %s%s", words.Quote(name), service, suggest.Question(name, names))}
}

// GPUInstanceType reports whether the platform table knows an instance type as
// one with GPUs, for snapshots of nodes that carry no label that says so.
func (c *Catalog) GPUInstanceType(name string) bool {
	for _, platform := range c.platforms {
		if slices.ContainsFunc(platform.GPUs, func(g PlatformGPU) bool { return g.has(name) }) {
			return true
		}
	}
	return false
}

func (l *loader) addPlatform(v document.Value) error {
	o := v.Object([]string{"service"}, []string{"os", "gpus", "prefix"})
	p := Platform{
		Service: document.Get(o, "service", l.names.name("service")),
		OS:      document.Get(o, "os", document.List(l.names.name("os"))),
		GPUs:    document.Get(o, "gpus", document.List(l.platformGPU)),
	}
	for i := range p.GPUs {
		p.GPUs[i].Prefix = document.Get(o, "prefix", document.Value.Text)
	}
	if _, twice := l.platforms.row(p.Service); twice && o.Err() == nil {
		return v.Errorf("the service %s is given twice", words.Quote(p.Service))
	}
	l.platforms = append(l.platforms, p)
	return o.Err()
}

func (l *loader) platformGPU(v document.Value) (PlatformGPU, error) {
	o := v.Object([]string{"gpu"}, []string{"instanceTypes", "fabric", "types"})
	row := PlatformGPU{
		GPU:    document.Get(o, "gpu", l.names.name("gpu")),
		Fabric: document.Get(o, "fabric", document.Value.Text),
	}
	o.Read("instanceTypes", row.readInstanceTypes)
	o.Read("types", row.Types.decode)
	return row, o.Err()
}

// readInstanceTypes reads a list of names, or a mapping of names to numbers of
// GPUs.
func (g *PlatformGPU) readInstanceTypes(v document.Value) (err error) {
	fields, notAMapping := v.Fields()
	if notAMapping != nil {
		g.InstanceTypes, err = texts(v)
		return err
	}
	g.Sizes = make(map[string]int, len(fields))
	for _, f := range fields {
		g.InstanceTypes = append(g.InstanceTypes, f.Key)
		if g.Sizes[f.Key], err = f.Value.Count(); err != nil {
			return err
		}
	}
	return nil
}
