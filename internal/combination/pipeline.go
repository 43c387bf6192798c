// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Pipeline makes bundles of points. It is safe for concurrent use.
type Pipeline struct {
	catalog  *recipe.Catalog
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
	return &Pipeline{catalog: catalog, renderer: bundle.NewRenderer(), queries: map[document.Query]error{}}, nil
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
	if o.Err = p.refuses(point.Query()); o.Err != nil {
		return o
	}
	request := recipe.Request{Query: point.Query(), Overlays: []string{point.Overlay()}}
	if o.Recipe, o.Err = p.catalog.Build(request); o.Err != nil {
		return o
	}
	var bundlers []string
	if point.Bundler != "" {
		bundlers = []string{point.Bundler}
	}
	o.Bundle, o.Err = p.renderer.Render(ctx, bundle.Request{Recipe: o.Recipe.Recipe, Bundlers: bundlers})
	return o
}

// refuses returns why a query is refused whatever the options, or nil. Points
// share their queries, so each is asked once.
func (p *Pipeline) refuses(q document.Query) error {
	p.mu.Lock()
	err, known := p.queries[q]
	p.mu.Unlock()
	if known {
		return err
	}
	_, err = p.catalog.Build(recipe.Request{Query: q})
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

// Refusals returns why the point was refused, sorted and each once: "query " and
// the field of the query to blame, the name of a bundle's rule, or else the
// error's text.
func (o Outcome) Refusals() []string {
	var reasons []string
	for _, err := range joined.Errors(o.Err) {
		var input *recipe.Error
		var rule *bundle.RuleError
		switch {
		case errors.As(err, &rule):
			reasons = append(reasons, rule.Rule)
		case errors.As(err, &input):
			reasons = append(reasons, "query "+input.Field)
		default:
			reasons = append(reasons, err.Error())
		}
	}
	slices.Sort(reasons)
	return slices.Compact(reasons)
}
