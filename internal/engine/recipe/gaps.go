// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// KubernetesVersions lists the minor versions of Kubernetes for which there are
// releases of all components that a recipe always has, oldest first: of those within
// the ranges that releases state with both ends. A catalog without components has none.
func (c *Catalog) KubernetesVersions(ctx context.Context) ([]string, error) {
	components, err := c.Components()
	if err != nil {
		return nil, err
	}
	var versions []string
	for _, e := range components {
		for _, r := range e.Published() {
			if span, err := version.ParseRange(r.Kubernetes); err == nil {
				versions = append(versions, span.Steps()...)
			}
		}
	}
	slices.SortFunc(versions, version.Compare)
	versions = slices.DeleteFunc(slices.Compact(versions), func(v string) bool {
		return c.refusal(ctx, document.Query{K8s: v}) != ""
	})
	return versions, ctx.Err()
}

// Gap is a choice of which each part is possible alone, but not all of it together, or
// a real system or service that no recipe is for.
type Gap struct {
	Key    document.Query // the fields that a query states
	Reason string
}

// Name is the gap's key, in the form of an overlay's name.
func (g Gap) Name() string {
	var conditions []condition
	for i, field := range document.QueryFields() {
		if value := *g.Key.Field(field); value != "" {
			conditions = append(conditions, condition{field: field, index: i, value: value})
		}
	}
	return keyName(conditions, nil)
}

// Gaps lists what cannot be chosen, each with the fewest fields that say so: services
// and systems without recipes, services, systems and GPUs that do not go together, and
// versions of Kubernetes that one of them refuses. It takes as long as some hundred
// recipes.
func (c *Catalog) Gaps(ctx context.Context) ([]Gap, error) {
	versions, err := c.KubernetesVersions(ctx)
	if err != nil {
		return nil, err
	}
	var gaps []Gap
	for _, g := range slices.Concat(c.withoutRecipes(), c.platformGaps(ctx), c.kubernetesGaps(ctx, versions)) {
		if !slices.ContainsFunc(gaps, func(smaller Gap) bool { return only(g.Key, statedFields(smaller.Key)) == smaller.Key }) {
			gaps = append(gaps, g)
		}
	}
	return gaps, ctx.Err()
}

// withoutRecipes are the real services and systems that the data says this of.
func (c *Catalog) withoutRecipes() []Gap {
	var gaps []Gap
	for _, s := range c.services {
		if s.Without != "" {
			gaps = append(gaps, Gap{document.Query{Service: s.Service}, s.Without})
		}
	}
	for _, s := range c.values.systems {
		if s.Without != "" {
			gaps = append(gaps, Gap{document.Query{OS: s.OS}, s.Without})
		}
	}
	return gaps
}

// platformGaps are the services, systems and GPUs that have no recipe, whatever else is
// stated or left open, those of one field first.
func (c *Catalog) platformGaps(ctx context.Context) []Gap {
	refused := map[document.Query]string{}
	open := map[document.Query]bool{{}: true}
	for _, service := range append(c.Values("service"), "") {
		for _, system := range append(c.Values("os"), "") {
			for _, gpu := range append(c.Values("gpu"), "") {
				q := document.Query{Service: service, OS: system, GPU: gpu}
				if refused[q] = c.refusal(ctx, q); refused[q] != "" {
					continue
				}
				for _, fields := range parts(platformFields()) {
					open[only(q, fields)] = true
				}
			}
		}
	}
	var gaps []Gap
	for _, q := range slices.SortedFunc(maps.Keys(refused), inOrder) {
		if !open[q] {
			gaps = append(gaps, Gap{q, refused[q]})
		}
	}
	return gaps
}

// kubernetesGaps are the versions of Kubernetes that a layer refuses, or for which a
// component that a platform needs has no release.
func (c *Catalog) kubernetesGaps(ctx context.Context, versions []string) []Gap {
	var keys []document.Query
	for _, field := range platformFields() {
		for _, value := range c.Values(field) {
			var key document.Query
			*key.Field(field) = value
			keys = append(keys, key)
		}
	}
	for _, l := range c.overlays {
		if slices.ContainsFunc(l.demands(), func(d demand) bool { return d.field == "k8s" }) {
			keys = append(keys, only(l.key(), enumFields()))
		}
	}
	slices.SortStableFunc(keys, inOrder)
	var gaps []Gap
	for _, key := range keys {
		for _, key.K8s = range versions {
			if reason := c.refusal(ctx, key); reason != "" {
				gaps = append(gaps, Gap{key, reason})
			}
		}
	}
	return gaps
}

// refusal says why no recipe is for a query, "" where one is.
func (c *Catalog) refusal(ctx context.Context, q document.Query) string {
	if s, err := newSubject(q); err == nil { // Build says the same, and takes longer
		for _, field := range []string{"os", "gpu"} {
			if err := c.pairProblem(s, field, *q.Field(field), nil); err != nil {
				return err.Error()
			}
		}
	}
	made, err := c.Build(ctx, Request{Query: q, AllowUncovered: true})
	if err != nil {
		return Errors(err)[0].Err.Error()
	}
	for _, f := range made.Findings {
		if f.Rule == ruleNotCovered || f.Rule == ruleNoRelease {
			return f.Message
		}
	}
	return ""
}

func platformFields() []string { return []string{"service", "os", "gpu"} }

// parts are all choices of some of the fields.
func parts(fields []string) [][]string {
	all := [][]string{nil}
	for _, field := range fields {
		for _, part := range all {
			all = append(all, append(slices.Clone(part), field))
		}
	}
	return all
}

// only returns the query with these fields alone.
func only(q document.Query, fields []string) document.Query {
	var rest document.Query
	for _, field := range fields {
		*rest.Field(field) = *q.Field(field)
	}
	return rest
}

func statedFields(q document.Query) []string {
	return slices.DeleteFunc(document.QueryFields(), func(field string) bool { return *q.Field(field) == "" })
}

// inOrder puts queries that state fewer fields first.
func inOrder(a, b document.Query) int {
	return cmp.Or(cmp.Compare(len(statedFields(a)), len(statedFields(b))), cmp.Compare(a.Service, b.Service), cmp.Compare(a.OS, b.OS), cmp.Compare(a.GPU, b.GPU))
}
