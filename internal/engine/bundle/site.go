// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/toleration"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Placement says where the pods of all components run. It adds to the values of
// components, by the paths that their data names; an override replaces it.
type Placement struct {
	// System is the pool of operators and controllers, GPU that of GPU nodes. Without
	// tolerations, pods on GPU nodes tolerate the taints of the recipe.
	System       Pool   `json:"system,omitzero"`
	GPU          Pool   `json:"gpu,omitzero"`
	StorageClass string `json:"storage_class,omitempty"` // of the volumes that components claim
}

// Pool is how pods get to the nodes of a pool.
type Pool struct {
	NodeSelector map[string]string   `json:"node_selector,omitempty"`
	Tolerations  []corev1.Toleration `json:"tolerations,omitempty"`
}

// Registry says where a site without the internet takes images, charts and packages
// from.
type Registry struct {
	// Mirror takes the place of the host in the references of images, as
	// registry.example.com:5000 or registry.example.com/mirror.
	Mirror      string   `json:"mirror,omitempty"`
	PullSecrets []string `json:"pull_secrets,omitempty"` // in the namespace of each component
	// ChartRepositories maps a component, or AllComponents, to the repository that has
	// its chart, an https, http or oci URL.
	ChartRepositories map[string]string `json:"chart_repositories,omitempty"`
	Packages          Packages          `json:"packages,omitzero"`
}

// AllComponents is the key of the repository of those that have no other.
const AllComponents = "*"

// Packages names ConfigMaps from which driver containers learn where packages are.
type Packages struct {
	GPUConfigMap  string `json:"gpu_config_map,omitempty"`  // package sources for the GPU driver
	DOCAConfigMap string `json:"doca_config_map,omitempty"` // package sources for the DOCA driver
	CertConfigMap string `json:"cert_config_map,omitempty"` // certificates that both trust
}

// ParsePlacement reads a placement from YAML or JSON.
func ParsePlacement(ctx context.Context, text []byte) (*Placement, error) {
	p := &Placement{}
	return p, parseSite(ctx, text, p)
}

// ParseRegistry reads a registry from YAML or JSON.
func ParseRegistry(ctx context.Context, text []byte) (*Registry, error) {
	r := &Registry{}
	return r, parseSite(ctx, text, r)
}

func parseSite(ctx context.Context, text []byte, into any) error {
	root, err := document.Parse(ctx, text)
	if err != nil {
		return err
	}
	members, err := root.Tree()
	if err != nil {
		return err
	}
	read, err := json.Marshal(members)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(read))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// site is what a request says of the place where components run, checked.
type site struct {
	registry *Registry
	fields   map[string]any // placement and registry, as operands name them
	vendored bool           // the bundle holds the charts
}

func (r *Renderer) site(ctx context.Context, req Request) (site, error) {
	s := site{registry: req.Registry, fields: map[string]any{}, vendored: req.Charts != nil}
	var errs []error
	add := func(field string, stated any, found []error) {
		for _, err := range found {
			errs = append(errs, &InputError{Field: field, Err: err})
		}
		fields, err := plain(ctx, stated)
		if err != nil {
			errs = append(errs, err)
			return
		}
		if len(fields) == 0 {
			errs = append(errs, &InputError{Field: field, Err: errors.New("it says nothing; leave it out, or set something")})
		}
		s.fields[field] = fields
	}
	if p := req.Placement; p != nil {
		add("placement", p, p.check())
	}
	if g := req.Registry; g != nil {
		add("registry", g, g.check(r.set))
		if len(g.PullSecrets) > 0 {
			var references []any
			for _, name := range g.PullSecrets {
				references = append(references, map[string]any{"name": name})
			}
			tree.Set(s.fields, "registry.pull_secret_references", references)
		}
	}
	return s, errors.Join(errs...)
}

// plain turns a struct into the tree that its JSON is.
func plain(ctx context.Context, v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	root, err := document.Parse(ctx, text)
	if err != nil {
		return nil, err
	}
	return root.Tree()
}

func (p *Placement) check() []error {
	found := slices.Concat(p.System.check("system"), p.GPU.check("gpu"))
	return append(found, checkNames("storage_class", validation.IsDNS1123Subdomain, p.StorageClass)...)
}

func (p Pool) check(pool string) []error {
	var found []error
	for _, key := range slices.Sorted(maps.Keys(p.NodeSelector)) {
		for _, problem := range slices.Concat(validation.IsQualifiedName(key), validation.IsValidLabelValue(p.NodeSelector[key])) {
			found = append(found, fmt.Errorf("%s: the node selector %s=%s is not a label: %s", pool, key, p.NodeSelector[key], problem))
		}
	}
	for i, t := range p.Tolerations {
		for _, problem := range toleration.Problems(t) {
			found = append(found, fmt.Errorf("%s: toleration %d: %s", pool, i+1, problem))
		}
	}
	return found
}

func (g *Registry) check(set *component.Set) []error {
	var found []error
	if host, _, _ := strings.Cut(g.Mirror, "/"); g.Mirror != "" && (!isHost(host) || !isReference(g.Mirror)) {
		found = append(found, fmt.Errorf("mirror: got %q, want a registry and no scheme, such as registry.example.com:5000 or registry.example.com/mirror", g.Mirror))
	}
	found = append(found, checkNames("pull_secrets", validation.IsDNS1123Subdomain, g.PullSecrets...)...)
	found = append(found, checkNames("packages", validation.IsDNS1123Subdomain, g.Packages.GPUConfigMap, g.Packages.DOCAConfigMap, g.Packages.CertConfigMap)...)
	for _, name := range slices.Sorted(maps.Keys(g.ChartRepositories)) {
		switch e, known := set.Entry(name); {
		case name == AllComponents:
		case !known:
			found = append(found, fmt.Errorf("chart_repositories: there is no component %q%s; %q stands for all that have no other", name, suggest.Question(name, set.Names()), AllComponents))
		case !e.HasChart():
			found = append(found, fmt.Errorf("chart_repositories: %s has no chart; leave it out", name))
		}
		u, err := url.Parse(g.ChartRepositories[name])
		if err != nil || u.Host == "" || u.User != nil || !slices.Contains([]string{"https", "http", "oci"}, u.Scheme) {
			found = append(found, fmt.Errorf("chart_repositories: that of %s is not an https, http or oci URL without a password, such as oci://registry.example.com/charts", name))
		}
	}
	return found
}

// isHost reports whether the first part of an image's reference is the host of a
// registry, as container runtimes tell it from a name on Docker Hub.
func isHost(first string) bool { return strings.ContainsAny(first, ".:") || first == "localhost" }

func isReference(mirror string) bool {
	return strings.Trim(mirror, "/") == mirror && !strings.Contains(mirror, "//") &&
		!strings.ContainsFunc(mirror, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789.-_/:", r)
		})
}

// checkNames finds names that Kubernetes refuses; an empty one is not stated.
func checkNames(field string, check func(string) []string, names ...string) []error {
	var found []error
	for _, name := range names {
		if problems := check(name); name != "" && len(problems) > 0 {
			found = append(found, fmt.Errorf("%s: %q: %s", field, name, strings.Join(problems, "; ")))
		}
	}
	return found
}

// has reports whether the request states a field.
func (s site) has(field, name string) bool {
	_, stated := tree.Lookup(s.fields, field+"."+name)
	return stated
}

// source returns the name of the chart and where it comes from.
func (s site) source(e component.Entry, release string) (name, repository string) {
	name, repository = e.Source(release)
	if s.vendored && e.HasChart() {
		return name, component.Vendored
	}
	if s.registry != nil && e.HasChart() {
		for _, key := range []string{e.Name, AllComponents} {
			if own, ok := s.registry.ChartRepositories[key]; ok {
				return name, own
			}
		}
	}
	return name, repository
}

// sited returns what the request says of the site. Pods on GPU nodes tolerate the
// taints of the recipe where it says nothing.
func (d *draft) sited(field, name string) any {
	d.unsure = d.unsure || field == "placement" && d.job.pending.Placement || field == "registry" && d.job.pending.Registry
	value, stated := tree.Lookup(d.job.site.fields, field+"."+name)
	if !stated && component.Operand(field+" "+name) == component.GPUTolerations {
		return d.reading(component.NodeTaints)
	}
	return value
}

// extendedBy appends a list to a list, what it has already left out, or lays a map
// over a map.
func extendedBy(there, more any) any {
	if over, isMap := more.(map[string]any); isMap {
		below, _ := there.(map[string]any)
		return tree.Merge(below, over)
	}
	list, _ := there.([]any)
	added, _ := more.([]any)
	list = slices.Clone(list)
	for _, item := range added {
		if !slices.ContainsFunc(list, func(have any) bool { return reflect.DeepEqual(have, item) }) {
			list = append(list, item)
		}
	}
	return list
}
