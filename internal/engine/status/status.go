// SPDX-License-Identifier: Apache-2.0

// Package status says whether what a bundle installs is there: whether its objects
// are ready, which of their fields have drifted, what Helm has installed, and how the
// nodes with GPUs are. It changes nothing in the cluster. What it may not read is named, and leaves the rest
// as it is.
package status

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

// DefaultTimeout is how long looking at a cluster may take unless somebody says
// otherwise.
const DefaultTimeout = time.Minute

// parallel is how many calls are made at a time.
const parallel = 10

// Report is what a cluster says of a bundle.
type Report struct {
	// Ready says that every object is there and ready, and that Helm has every release
	// whose record may be read and was not stopped half-way.
	Ready    bool      `json:"ready"`
	Objects  []Object  `json:"objects"`  // by component and object
	Drift    []Drift   `json:"drift"`    // by component, object and path
	Releases []Release `json:"releases"` // by component
	Nodes    []Node    `json:"nodes"`    // by name; they do not count for Ready
	// Problems are the parts that could not be read.
	Problems []Problem `json:"problems"`
}

// Object is an object of a component, or a workload of its release.
type Object struct {
	Component string `json:"component"`
	Object    string `json:"object"` // such as `Deployment.apps "x" in namespace "y"`
	State     string `json:"state"`  // as objects.Status has it
	Ready     bool   `json:"ready"`
	Message   string `json:"message,omitempty"`
}

// Drift is a field of an object that has another value than the bundle says. Want and
// Have are nil where the field is not there.
type Drift struct {
	Component string  `json:"component"`
	Object    string  `json:"object"`
	Path      string  `json:"path"`
	Want      *string `json:"want"`
	Have      *string `json:"have"`
}

// Node is a node with GPUs. Wrong also says where its driver is not the recipe's.
type Node = objects.Node

// Problem is something that could not be read.
type Problem struct {
	Verb      string `json:"verb,omitempty"` // "" where it is not a call that failed
	Resource  string `json:"resource,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Message   string `json:"message"`
}

// Reader looks at what some components install.
type Reader struct {
	connection *cluster.Connection
	objects    *objects.Client
	components []bundle.Component
	targets    []target
	recipe     document.Recipe
}

// target is an object to look at; without fields it is not compared.
type target struct {
	component string
	objects.Object
}

// New returns a reader, which holds the nodes against a recipe; an empty one says
// nothing of them. The error joins an *objects.Error for each manifest that
// cannot be read; its key is that of the component, a slash and that of the manifest.
func New(ctx context.Context, connection *cluster.Connection, set *component.Set, components []bundle.Component, recipe document.Recipe) (*Reader, error) {
	client, err := objects.New(connection, "")
	if err != nil {
		return nil, err
	}
	if client.States, err = set.States(); err != nil {
		return nil, err
	}
	r := &Reader{connection: connection, objects: client, components: slices.Clone(components), recipe: recipe}
	slices.SortFunc(r.components, func(a, b bundle.Component) int { return strings.Compare(a.Name, b.Name) })
	var errs []error
	for _, c := range r.components {
		errs = append(errs, r.add(ctx, c))
	}
	if len(components) == 0 {
		errs = append(errs, errors.New("there are no components to look at"))
	}
	return r, errors.Join(errs...)
}

// add adds the objects of a component. One that several have counts for the first.
func (r *Reader) add(ctx context.Context, c bundle.Component) error {
	_, named := objects.NewReference("v1", "Secret", c.Namespace, c.ReleaseName)
	if named != nil {
		named = fmt.Errorf("%s: the namespace or the name of the release: %w", c.Name, named)
	}
	manifests := map[string]string{}
	for _, all := range []map[string]string{c.Manifests, c.ChartManifests} {
		for path, manifest := range all {
			manifests[c.Name+"/"+path] = manifest
		}
	}
	list, err := objects.Parse(ctx, manifests)
	var notNamed error
	if c.Ready != nil {
		var ref objects.Reference
		ref, notNamed = objects.NewReference(c.Ready.APIVersion, c.Ready.Kind, "", c.Ready.Name())
		list = append(list, objects.Object{Reference: ref})
	}
	for _, o := range list {
		if !slices.ContainsFunc(r.targets, func(t target) bool { return t.ID == o.ID }) {
			r.targets = append(r.targets, target{c.Name, o})
		}
	}
	return errors.Join(named, err, notNamed)
}

// Await waits until the objects are ready or the context ends. Whether they are is
// what Read says.
func (r *Reader) Await(ctx context.Context) {
	var list []objects.Reference
	for _, t := range r.targets {
		list = append(list, t.Reference)
	}
	for _, c := range r.components {
		if c.ReleaseName == "" {
			continue
		}
		workloads, _ := r.objects.Workloads(ctx, c.Namespace, c.ReleaseName) // Read says what it may not
		for _, w := range workloads {
			list = append(list, w.Reference)
		}
	}
	_, _ = r.objects.Await(ctx, list)
}

// finding is what one look at the cluster gives.
type finding struct {
	objects  []Object
	drift    []Drift
	releases []Release
	nodes    []Node
	err      error
}

// Read looks at the cluster. The error joins why, where nothing could be read.
func (r *Reader) Read(ctx context.Context) (Report, error) {
	looks := []func() finding{func() finding { return r.nodes(ctx) }}
	for _, t := range r.targets {
		looks = append(looks, func() finding { return r.look(ctx, t) })
	}
	for _, c := range r.components {
		if c.ReleaseName != "" {
			looks = append(looks, func() finding { return r.workloads(ctx, c) }, func() finding { return r.release(ctx, c) })
		}
	}
	found := make([]finding, len(looks))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, look := range looks {
		group.Go(func() error {
			found[i] = look()
			return nil
		})
	}
	_ = group.Wait() // the errors are in the findings
	return newReport(found)
}

func (r *Reader) look(ctx context.Context, t target) finding {
	s, changes, err := r.objects.Look(ctx, t.Object)
	if err != nil && s.State == objects.Unread {
		s.Message = "it could not be read"
	}
	found := finding{objects: []Object{newObject(t.component, s)}, err: err}
	for _, c := range changes {
		found.drift = append(found.drift, Drift{t.component, t.String(), c.Path, c.Want, c.Have})
	}
	return found
}

func newObject(component string, s objects.Status) Object {
	return Object{Component: component, Object: s.String(), State: s.State, Ready: s.Ready, Message: s.Message}
}

func (r *Reader) workloads(ctx context.Context, c bundle.Component) finding {
	list, err := r.objects.Workloads(ctx, c.Namespace, c.ReleaseName)
	found := finding{err: err}
	for _, s := range list {
		found.objects = append(found.objects, newObject(c.Name, s))
	}
	return found
}

// newReport puts findings together.
func newReport(all []finding) (Report, error) {
	r := Report{Ready: true, Objects: []Object{}, Drift: []Drift{}, Releases: []Release{}, Nodes: []Node{}, Problems: []Problem{}}
	var errs []error
	answered := false
	for _, f := range all {
		r.Objects, r.Drift, r.Releases = append(r.Objects, f.objects...), append(r.Drift, f.drift...), append(r.Releases, f.releases...)
		r.Nodes = append(r.Nodes, f.nodes...)
		errs = append(errs, joined.Errors(f.err)...)
		answered = answered || len(joined.Errors(f.err)) == 0
	}
	if !answered {
		return Report{}, errors.Join(errs...)
	}
	for _, o := range r.Objects {
		r.Ready = r.Ready && o.Ready
	}
	for _, release := range r.Releases {
		r.Ready = r.Ready && release.Status == deployed
	}
	slices.SortStableFunc(r.Objects, func(a, b Object) int {
		return strings.Compare(a.Component+"\x00"+a.Object, b.Component+"\x00"+b.Object)
	})
	slices.SortStableFunc(r.Drift, func(a, b Drift) int { return strings.Compare(a.Component+"\x00"+a.Object, b.Component+"\x00"+b.Object) })
	slices.SortStableFunc(r.Releases, func(a, b Release) int { return strings.Compare(a.Component, b.Component) })
	r.Problems = problems(errs)
	return r, nil
}

// problems are errors, one for each right that is missing.
func problems(errs []error) []Problem {
	list := []Problem{}
	for _, err := range errs {
		p := Problem{Message: err.Error()}
		var failed *cluster.CallError
		if errors.As(err, &failed) {
			p.Verb, p.Resource, p.Namespace = failed.Call.Verb, failed.Call.Resource, failed.Call.Namespace
			if failed.Call.Group != "" {
				p.Resource += "." + failed.Call.Group
			}
		}
		same := func(other Problem) bool {
			return p.Message == other.Message || p.Verb != "" && p.Verb == other.Verb && p.Resource == other.Resource && p.Namespace == other.Namespace
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Resource, b.Resource), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Verb, b.Verb))
	})
	return list
}
