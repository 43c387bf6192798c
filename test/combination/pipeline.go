// SPDX-License-Identifier: Apache-2.0

// Package combination enumerates what users can combine, platforms, cluster
// versions and options, and takes each point through the pipeline as a user
// would: a query and an overlay make a recipe, the recipe makes a bundle. It
// also enumerates what no vendor sells. What can be combined is what the catalog
// and the components say. It judges nothing: its tests hold the outcomes against
// invariants, and those of test/cluster give the manifests to an API server.
package combination

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Pipeline makes bundles of points. It is safe for concurrent use.
type Pipeline struct {
	catalog  *recipe.Catalog
	set      *component.Set
	renderer *bundle.Renderer

	mu      sync.Mutex
	queries map[document.Query]error // those asked before, and why they are refused
}

// New returns the pipeline that users get: the embedded catalog and all bundlers.
func New() (*Pipeline, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return nil, err
	}
	set, err := component.Embedded()
	if err != nil {
		return nil, err
	}
	return &Pipeline{catalog: catalog, set: set, renderer: bundle.NewRendererOf(set), queries: map[document.Query]error{}}, nil
}

// Outcome is what became of a point: a recipe and a bundle, or an error of one
// of the two stages.
type Outcome struct {
	Point
	Recipe *recipe.Result // nil when the query was refused
	Bundle *bundle.Bundle // nil when the query or the recipe was refused
	Err    error
}

// Run takes one point through the pipeline.
func (p *Pipeline) Run(ctx context.Context, point Point) Outcome {
	o := Outcome{Point: point}
	if o.Err = p.refuses(ctx, point.Query); o.Err != nil {
		return o
	}
	request := recipe.Request{Query: point.Query, Overlays: []string{point.overlay()}}
	if o.Recipe, o.Err = p.catalog.Build(ctx, request); o.Err != nil {
		return o
	}
	o.Bundle, o.Err = p.renderer.Render(ctx, o.request())
	return o
}

// request is what the bundle of a point is rendered from.
func (o Outcome) request() bundle.Request {
	request := bundle.Request{Recipe: o.Recipe.Recipe}
	if o.Options != "" { // some components act on the nodes that are named alone
		request.Placement = &bundle.Placement{GPU: bundle.Pool{NodeSelector: map[string]string{"pool": "gpu"}}}
	}
	if o.Bundler != "" {
		request.Bundlers = []string{o.Bundler}
	}
	return request
}

// refuses returns why a query is refused whatever the options, or nil: options
// decide which components need a release for the Kubernetes version. Points share
// their queries, so each is asked once.
func (p *Pipeline) refuses(ctx context.Context, q document.Query) error {
	p.mu.Lock()
	err, known := p.queries[q]
	p.mu.Unlock()
	if known {
		return err
	}
	_, err = p.catalog.Build(ctx, recipe.Request{Query: q})
	if !slices.ContainsFunc(recipe.Errors(err), func(e *recipe.Error) bool { return e.Field != "k8s" }) {
		err = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queries[q] = err
	return err
}

// RunAll runs the points on all cores and gives each outcome to visit, from
// several goroutines and in no order. It stops at the first error of visit.
func (p *Pipeline) RunAll(ctx context.Context, points []Point, visit func(Outcome) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, point := range points {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { return visit(p.Run(ctx, point)) })
	}
	return group.Wait()
}
