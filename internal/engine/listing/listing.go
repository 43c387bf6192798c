// SPDX-License-Identifier: Apache-2.0

// Package listing says what a person or a portal can choose from: services and what
// they offer, options, components with their releases, and the rules that judge the
// choice.
package listing

import (
	"cmp"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Listing is the catalog of recipes, and the components of bundles.
type Listing struct {
	Version    string              `json:"version"`
	Values     map[string][]string `json:"values"` // of os, service, gpu and intent
	Platforms  []Platform          `json:"platforms"`
	Overlays   []Overlay           `json:"overlays"`
	Options    []Option            `json:"options"`    // by name
	Components []Component         `json:"components"` // by name
	Rules      []Rule              `json:"rules"`      // by name
}

// Platform is what a service offers.
type Platform struct {
	Service string   `json:"service"`
	OS      []string `json:"os"`
	GPUs    []GPU    `json:"gpus"`
}

// GPU is one that a service offers. One may occur several times: other instance
// types, wired with another fabric.
type GPU struct {
	GPU           string   `json:"gpu"`
	Fabric        string   `json:"fabric,omitempty"` // "" where it is not known
	InstanceTypes []string `json:"instanceTypes"`
}

// Overlay is a layer of the catalog.
type Overlay struct {
	Name        string            `json:"name"`
	Key         map[string]string `json:"key"` // the fields that a query must satisfy
	Constraints map[string]string `json:"constraints"`
}

// Option is what a request for a recipe may wish for.
type Option struct {
	Name   string   `json:"name"`
	Key    string   `json:"key"`              // where recipes hold it
	Type   string   `json:"type"`             // bool, enum, string, or the form of a string
	Values []string `json:"values,omitempty"` // of an enum or a bool
	About  string   `json:"about"`
}

// Component is one that bundles can have, with the releases of its chart, of which
// a recipe chooses one.
type Component struct {
	Component  string `json:"component"`
	Title      string `json:"title"`
	Chart      string `json:"chart"`      // of the newest release
	Repository string `json:"repository"` // of the newest release
	Namespace  string `json:"namespace"`  // where it is installed by default
	// Optional says that somebody has to ask for it, by an option or by name.
	Optional bool      `json:"optional"`
	Requires []string  `json:"requires"` // to install first, where they are in the bundle
	Wave     int       `json:"wave"`
	Releases []Release `json:"releases"` // oldest first
}

// Release is one of a chart.
type Release struct {
	Version    string            `json:"version"`
	Candidate  bool              `json:"candidate,omitempty"`  // for a release; no recipe chooses it by itself
	Kubernetes string            `json:"kubernetes,omitempty"` // that it supports; "" for any
	Tags       map[string]string `json:"tags,omitempty"`       // of its components, by key of K8s/image
}

// Rule is a check of recipes or bundles.
type Rule struct {
	Name      string `json:"name"`
	Of        string `json:"of"` // recipe or bundle
	Component string `json:"component,omitempty"`
	Severity  string `json:"severity"`
	Summary   string `json:"summary"`
	// Cases are the ways to break it, as far as their texts are data.
	Cases []Case `json:"cases,omitempty"`
}

// Case is a way to break a rule. Its texts hold ${operand}, which a finding fills in.
type Case struct {
	Message string `json:"message"` // what is wrong and why
	Advice  string `json:"advice"`  // what to do
}

// New lists a catalog, and the rules of a renderer.
func New(c *recipe.Catalog, r *bundle.Renderer) (*Listing, error) {
	l := &Listing{
		Version: c.Version(), Values: map[string][]string{},
		Platforms: []Platform{}, Overlays: []Overlay{}, Options: []Option{}, Components: []Component{},
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
		l.Overlays = append(l.Overlays, Overlay{Name: o.Name, Key: stated(o.Key), Constraints: constraints})
	}
	options, err := c.Options()
	if err != nil {
		return nil, err
	}
	for _, k := range options {
		l.Options = append(l.Options, Option{Name: k.Name(), Key: k.Key, Type: cmp.Or(string(k.Type), "string"), Values: k.Values(), About: k.About})
	}
	components, err := c.Components()
	if err != nil {
		return nil, err
	}
	for i := range components {
		l.Components = append(l.Components, newComponent(&components[i]))
	}
	l.Rules = rules(c, r)
	return l, nil
}

func newPlatform(p recipe.Platform) Platform {
	listed := Platform{Service: p.Service, OS: orEmpty(p.OS), GPUs: []GPU{}}
	for _, g := range p.GPUs {
		listed.GPUs = append(listed.GPUs, GPU{GPU: g.GPU, Fabric: g.Fabric, InstanceTypes: orEmpty(g.InstanceTypes)})
	}
	return listed
}

func newComponent(e *component.Entry) Component {
	listed := Component{
		Component: e.Name, Title: e.Title, Namespace: e.Chart.Namespace,
		Optional: e.Optional, Requires: orEmpty(e.Requires), Wave: e.Wave, Releases: []Release{},
	}
	listed.Chart, listed.Repository = e.Source(e.Newest("").Version)
	for _, r := range e.Releases {
		listed.Releases = append(listed.Releases, Release{Version: r.Version, Candidate: r.Candidate, Kubernetes: r.Kubernetes, Tags: r.Tags})
	}
	return listed
}

func rules(c *recipe.Catalog, r *bundle.Renderer) []Rule {
	var all []Rule
	for _, info := range c.Rules() {
		all = append(all, Rule{Name: info.Name, Of: "recipe", Severity: info.Severity, Summary: info.Summary, Cases: cases(info.Cases)})
	}
	for _, info := range r.Rules() {
		all = append(all, Rule{Name: info.Name, Of: "bundle", Component: info.Component, Severity: string(info.Severity), Summary: info.Summary, Cases: cases(info.Cases)})
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// cases leaves out those that a Go function judges and words.
func cases(known []component.Case) []Case {
	var all []Case
	for _, c := range known {
		if c.Message != "" {
			all = append(all, Case{Message: c.Message, Advice: c.Advice})
		}
	}
	return all
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
