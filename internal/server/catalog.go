// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// listing is the answer to GET /v1/catalog.
type listing struct {
	Version      string              `json:"version"`
	Values       map[string][]string `json:"values"` // of os, service, gpu and intent
	Platforms    []platform          `json:"platforms"`
	Overlays     []overlay           `json:"overlays"`
	ReleaseLines []releaseLine       `json:"releaseLines"`
}

type platform struct {
	Service string        `json:"service"`
	OS      []string      `json:"os"`
	GPUs    []platformGPU `json:"gpus"`
}

type platformGPU struct {
	GPU           string   `json:"gpu"`
	Fabric        string   `json:"fabric,omitempty"`
	InstanceTypes []string `json:"instanceTypes"`
}

type overlay struct {
	Name        string            `json:"name"`
	Key         map[string]string `json:"key"` // the fields that a query must satisfy
	Constraints map[string]string `json:"constraints"`
}

// releaseLine is a layer that chooses the release of a component.
type releaseLine struct {
	Component string            `json:"component"`
	Layer     string            `json:"layer"` // base, or the name of an overlay
	Key       map[string]string `json:"key"`
	Version   *string           `json:"version"` // null where no release fits
}

func newListing(c *recipe.Catalog, components []string) listing {
	l := listing{
		Version: c.Version(), Values: map[string][]string{},
		Platforms: []platform{}, Overlays: []overlay{}, ReleaseLines: []releaseLine{},
	}
	for _, field := range document.QueryFields() {
		if values := c.Values(field); len(values) > 0 {
			l.Values[field] = values
		}
	}
	for _, p := range c.Platforms() {
		l.Platforms = append(l.Platforms, newPlatform(p))
	}
	for _, o := range c.Overlays() {
		constraints := map[string]string{}
		for _, c := range o.Constraints {
			constraints[c.Field] = c.Range
		}
		l.Overlays = append(l.Overlays, overlay{Name: o.Name, Key: stated(o.Key), Constraints: constraints})
	}
	for _, component := range components {
		l.ReleaseLines = append(l.ReleaseLines, releaseLines(c, component)...)
	}
	return l
}

func newPlatform(p recipe.Platform) platform {
	listed := platform{Service: p.Service, OS: orEmpty(p.OS), GPUs: []platformGPU{}}
	for _, g := range p.GPUs {
		listed.GPUs = append(listed.GPUs, platformGPU{GPU: g.GPU, Fabric: g.Fabric, InstanceTypes: orEmpty(g.InstanceTypes)})
	}
	return listed
}

// releaseLines lists the layers that choose a component's release, or none.
func releaseLines(c *recipe.Catalog, component string) []releaseLine {
	var lines []releaseLine
	for _, s := range c.Settings(measurement.Path{Type: measurement.K8s, Subtype: "image", Key: component}) {
		line := releaseLine{Component: component, Layer: s.Layer, Key: stated(s.Key)}
		if s.Value != nil {
			version := s.Value.String()
			line.Version = &version
		}
		lines = append(lines, line)
	}
	return lines
}

// stated returns the fields of a query that are not empty.
func stated(q document.Query) map[string]string {
	fields := map[string]string{}
	for _, name := range document.QueryFields() {
		if text := *q.Field(name); text != "" {
			fields[name] = text
		}
	}
	return fields
}

// orEmpty makes an empty list of nil, which JSON would show as null.
func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// getCatalog answers GET /v1/catalog.
func (s *Server) getCatalog(w http.ResponseWriter, r *http.Request) error {
	s.catalogs.current.Load().listing.write(w, r)
	return nil
}
