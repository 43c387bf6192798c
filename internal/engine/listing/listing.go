// SPDX-License-Identifier: Apache-2.0

// Package listing says what a person or a portal can choose from: services and what
// they offer, options, components with their releases, and the rules that judge the
// choice.
package listing

import (
	"cmp"
	"context"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Listing is the catalog of recipes, and the components of bundles.
type Listing struct {
	Version    string              `json:"version"`
	Values     map[string][]string `json:"values"`     // of os, service, gpu and intent
	Kubernetes []Kubernetes        `json:"kubernetes"` // oldest first
	Platforms  []Platform          `json:"platforms"`
	Gaps       []Gap               `json:"gaps"` // empty until FindGaps
	Overlays   []Overlay           `json:"overlays"`
	Options    []Option            `json:"options"`    // by name
	Components []Component         `json:"components"` // by name
	Formats    []string            `json:"formats"`    // of a bundle's files
	Rules      []Rule              `json:"rules"`      // by name
}

// Kubernetes is a minor version, with the newest release of each component that
// supports it.
type Kubernetes struct {
	Version  string            `json:"version"`
	Releases map[string]string `json:"releases"`
}

// Gap is a choice that no recipe is for: a query that states all of Key.
type Gap struct {
	Key    map[string]string `json:"key"`
	Reason string            `json:"reason"`
	// Name is the key in one line, such as service=eks,gpu=l40.
	Name string `json:"-"`
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
	// Default is what the base of the catalog says, "" where it says nothing. Overlays
	// say something else for the platforms that they are for.
	Default    string   `json:"default,omitempty"`
	Components []string `json:"components"` // that read it
	About      string   `json:"about"`
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
	// Cases are the ways in which it is broken, where these are texts.
	Cases []Case `json:"cases"`
}

// Case is what a broken rule says. ${...} in its texts stands for what the request, the
// recipe or the values say.
type Case struct {
	At      []string `json:"at"` // where it is broken: the first of these that somebody set
	Message string   `json:"message"`
	Advice  string   `json:"advice"`
}

// New lists a catalog, and the rules of a renderer, without the gaps.
func New(ctx context.Context, c *recipe.Catalog, r *bundle.Renderer) (*Listing, error) {
	l := &Listing{
		Version: c.Version(), Values: map[string][]string{}, Kubernetes: []Kubernetes{}, Gaps: []Gap{},
		Platforms: []Platform{}, Overlays: []Overlay{}, Options: []Option{}, Components: []Component{}, Formats: bundle.Formats(),
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
	components, err := c.Components()
	if err != nil {
		return nil, err
	}
	for i := range components {
		l.Components = append(l.Components, newComponent(&components[i]))
	}
	if l.Options, err = options(c, components); err != nil {
		return nil, err
	}
	if l.Kubernetes, err = kubernetes(ctx, c, components); err != nil {
		return nil, err
	}
	l.Rules = rules(c, r)
	return l, nil
}

// FindGaps adds the gaps of the catalog, which takes as long as some hundred recipes.
func (l *Listing) FindGaps(ctx context.Context, c *recipe.Catalog) error {
	found, err := c.Gaps(ctx)
	for _, g := range found {
		l.Gaps = append(l.Gaps, Gap{stated(g.Key), g.Reason, g.Name()})
	}
	return err
}

func options(c *recipe.Catalog, components []component.Entry) ([]Option, error) {
	keys, err := c.Options()
	listed := []Option{}
	for _, k := range keys {
		o := Option{Name: k.Name(), Key: k.Key, Type: cmp.Or(string(k.Type), "string"), Values: k.Values(), About: k.About, Components: []string{}}
		if value := c.BaseValue(k.Path()); value != nil {
			o.Default = value.String()
		}
		for _, e := range components {
			if slices.Contains(e.KeyNames, k.Key) {
				o.Components = append(o.Components, e.Name)
			}
		}
		listed = append(listed, o)
	}
	return listed, err
}

func kubernetes(ctx context.Context, c *recipe.Catalog, components []component.Entry) ([]Kubernetes, error) {
	versions, err := c.KubernetesVersions(ctx)
	listed := []Kubernetes{}
	for _, v := range versions {
		k := Kubernetes{v, map[string]string{}}
		for _, e := range components {
			if newest := e.Newest(v); newest != nil {
				k.Releases[e.Name] = newest.Version
			}
		}
		listed = append(listed, k)
	}
	return listed, err
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

// cases are those with a text: of others a function makes it.
func cases(known []component.Case) []Case {
	listed := []Case{}
	for _, c := range known {
		if c.Message != "" {
			listed = append(listed, Case{orEmpty(c.At), c.Message, c.Advice})
		}
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
