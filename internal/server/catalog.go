// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// listing is the answer to GET /v1/catalog.
type listing struct {
	Version    string              `json:"version"`
	Values     map[string][]string `json:"values"` // of os, service, gpu and intent
	Platforms  []platform          `json:"platforms"`
	Overlays   []overlay           `json:"overlays"`
	Components []releases          `json:"components"`
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

// releases are those of a component's chart, of which a recipe chooses one.
type releases struct {
	Component string    `json:"component"`
	Title     string    `json:"title"`
	Releases  []release `json:"releases"` // oldest first
}

type release struct {
	Version    string            `json:"version"`
	Kubernetes string            `json:"kubernetes,omitempty"` // that it supports; "" for any
	Tags       map[string]string `json:"tags,omitempty"`       // of its components, by key of K8s/image
}

func newListing(c *recipe.Catalog) (listing, error) {
	l := listing{
		Version: c.Version(), Values: map[string][]string{},
		Platforms: []platform{}, Overlays: []overlay{}, Components: []releases{},
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
	components, err := c.Components()
	for _, e := range components {
		l.Components = append(l.Components, newReleases(e))
	}
	return l, err
}

func newPlatform(p recipe.Platform) platform {
	listed := platform{Service: p.Service, OS: orEmpty(p.OS), GPUs: []platformGPU{}}
	for _, g := range p.GPUs {
		listed.GPUs = append(listed.GPUs, platformGPU{GPU: g.GPU, Fabric: g.Fabric, InstanceTypes: orEmpty(g.InstanceTypes)})
	}
	return listed
}

func newReleases(e component.Entry) releases {
	listed := releases{Component: e.Name, Title: e.Title, Releases: []release{}}
	for _, r := range e.Releases {
		listed.Releases = append(listed.Releases, release{Version: r.Version, Kubernetes: r.Kubernetes, Tags: r.Tags})
	}
	return listed
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
