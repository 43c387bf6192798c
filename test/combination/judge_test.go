// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// judge holds outcomes against what is true of every one.
type judge struct {
	*Pipeline
	inspector
	severities map[string]bundle.Severity // of rules
	offers     map[string]recipe.Platform // by service
}

func newJudge(t *testing.T) *judge {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	j := &judge{Pipeline: p, inspector: inspector{facts: p.set.Facts}, severities: map[string]bundle.Severity{}, offers: map[string]recipe.Platform{}}
	for _, rule := range p.renderer.Rules() {
		j.severities[rule.Name] = rule.Severity
	}
	for _, platform := range p.catalog.Platforms() {
		j.offers[platform.Service] = platform
	}
	return j
}

// judge returns what is wrong with an outcome.
func (j *judge) judge(o Outcome) []string {
	if o.Bundle == nil {
		return append(j.unstated(o), j.unsold(o)...)
	}
	wrong := append(j.unsold(o), j.findings(o)...)
	return append(append(wrong, j.components(o)...), j.inspect(o)...)
}

// unstated returns the parts of an error that are not a reason: a field of the
// query that the point states, the driver that follows from a Kubernetes version that
// is refused, a rule of severity error, or a bundler that is named and has no release
// for the cluster.
func (j *judge) unstated(o Outcome) []string {
	var wrong []string
	for _, err := range joined.Errors(o.Err) {
		var input *recipe.Error
		var rule *bundle.RuleError
		stated := false
		switch {
		case errors.As(err, &rule):
			stated = j.severities[rule.Rule] == bundle.SeverityError
		case errors.As(err, &input):
			field := o.Field(input.Field)
			stated = field != nil && *field != "" || input.Field == "" && refusesKubernetes(o.Err)
		case o.Recipe != nil && o.Bundler != "":
			stated = o.Recipe.Recipe.Measurements.Get(measurement.K8s, "image", o.Bundler) == nil &&
				strings.Contains(err.Error(), "K8s/image/"+o.Bundler+" is missing")
		}
		if !stated {
			wrong = append(wrong, "refused without a reason: "+err.Error())
		}
	}
	return wrong
}

func refusesKubernetes(err error) bool { return slices.Contains(reasons(err), "query k8s") }

// reasons names the parts of an error.
func reasons(err error) []string {
	var all []string
	for _, e := range joined.Errors(err) {
		var input *recipe.Error
		var rule *bundle.RuleError
		reason := "no release"
		switch {
		case errors.As(e, &rule):
			reason = rule.Rule
		case errors.As(e, &input):
			reason = "query " + input.Field
		}
		all = append(all, reason)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unsold compares with what the service offers: whatever it lacks is refused,
// and the error names what there is.
func (j *judge) unsold(o Outcome) []string {
	offers := map[string][]string{"os": j.offers[o.Service].OS}
	for _, gpu := range j.offers[o.Service].GPUs {
		offers["gpu"] = append(offers["gpu"], gpu.GPU)
	}
	var wrong []string
	for field, offered := range offers {
		sold, refused := slices.Contains(offered, *o.Field(field)), slices.Contains(reasons(o.Err), "query "+field)
		if sold == refused {
			wrong = append(wrong, fmt.Sprintf("the service offers the %s: %t, it is refused: %t", field, sold, refused))
		}
		for _, offer := range offered {
			if refused && !strings.Contains(o.Err.Error(), offer) {
				wrong = append(wrong, fmt.Sprintf("the error does not name %s: %v", offer, o.Err))
			}
		}
	}
	return wrong
}

// findings returns those that nothing of the catalog's own may cause: errors,
// rules that there are not, and what is unknown.
func (j *judge) findings(o Outcome) []string {
	var wrong []string
	for _, f := range o.Bundle.Findings {
		if j.severities[f.Rule] != bundle.SeverityWarning || strings.HasPrefix(f.Rule, "unknown-") || f.Message == "" || f.Path == "" {
			wrong = append(wrong, fmt.Sprintf("finding %s at %q: %s", f.Rule, f.Path, f.Message))
		}
	}
	return wrong
}

// components returns what is wrong with the choice: a named one stands alone,
// others come with what they require, unless somebody has to ask for that.
func (j *judge) components(o Outcome) []string {
	names := namesOf(o.Bundle)
	if o.Bundler != "" && !slices.Equal(names, []string{o.Bundler}) {
		return []string{fmt.Sprintf("components: got %q, want %s", names, o.Bundler)}
	}
	var wrong []string
	for _, c := range o.Bundle.Components {
		entry, _ := j.set.Entry(c.Name)
		required := slices.DeleteFunc(slices.Sorted(slices.Values(entry.Requires)), func(name string) bool {
			other, _ := j.set.Entry(name)
			return o.Bundler != "" || other.Optional && !slices.Contains(names, name)
		})
		if !slices.Equal(c.Requires, required) {
			wrong = append(wrong, fmt.Sprintf("%s requires %q, want %q", c.Name, c.Requires, required))
		}
		for _, name := range c.Requires {
			if !slices.Contains(names, name) {
				wrong = append(wrong, fmt.Sprintf("%s requires %s, which the bundle lacks", c.Name, name))
			}
		}
	}
	return wrong
}

func namesOf(b *bundle.Bundle) []string {
	var names []string
	for _, c := range b.Components {
		names = append(names, c.Name)
	}
	return names
}

// vary takes a point through the pipeline again, alike and in other words.
func (j *judge) vary(ctx context.Context, o Outcome) []string {
	switch {
	case o.Recipe == nil:
		return nil
	case o.Bundle == nil:
		return j.ignore(ctx, o)
	}
	var wrong []string
	if again := j.Run(ctx, o.Point); again.Bundle == nil || again.Bundle.SHA256 != o.Bundle.SHA256 {
		wrong = append(wrong, "the second rendering differs")
	}
	if o.Bundler == "" {
		wrong = append(wrong, j.name(ctx, o)...)
	}
	return wrong
}

// ignore ignores the rules that refuse a point: each becomes a finding, and no
// other error appears.
func (j *judge) ignore(ctx context.Context, o Outcome) []string {
	request := o.request()
	request.IgnoreFindings = reasons(o.Err)
	if slices.Contains(request.IgnoreFindings, "no release") {
		return nil
	}
	b, err := j.renderer.Render(ctx, request)
	if err != nil {
		return []string{"refused for another reason when that is ignored: " + err.Error()}
	}
	var wrong []string
	for _, rule := range request.IgnoreFindings {
		if !slices.ContainsFunc(b.Findings, func(f bundle.Finding) bool { return f.Rule == rule }) {
			wrong = append(wrong, "the ignored error is no finding: "+rule)
		}
	}
	return wrong
}

// name names the components that the platform needs, which changes nothing, and
// then others too, which takes none of them away.
func (j *judge) name(ctx context.Context, o Outcome) []string {
	request := o.request()
	request.Bundlers = namesOf(o.Bundle)
	if b, err := j.renderer.Render(ctx, request); err != nil || b.SHA256 != o.Bundle.SHA256 {
		return []string{fmt.Sprintf("naming what the platform needs changes the bundle; error: %v", err)}
	}
	var wrong []string
	for _, name := range j.renderer.Bundlers() {
		if slices.Contains(request.Bundlers, name) {
			continue
		}
		more := request
		more.Bundlers = append(slices.Clone(request.Bundlers), name)
		b, err := j.renderer.Render(ctx, more)
		if err != nil {
			other := Outcome{Point: o.Point, Recipe: o.Recipe, Err: err}
			other.Bundler = name
			wrong = append(wrong, j.unstated(other)...)
			continue
		}
		if want := slices.Sorted(slices.Values(more.Bundlers)); !slices.Equal(want, namesOf(b)) {
			wrong = append(wrong, fmt.Sprintf("naming %s makes the components %q", name, namesOf(b)))
		}
	}
	return wrong
}

// kubernetes is the version of the point's cluster as it reports it.
func kubernetes(q document.Query, r document.Recipe) string {
	version := q.K8s + ".0"
	if suffix := r.Measurements.Get(measurement.K8s, "service", "version-suffix"); suffix != nil && suffix.Any() == true {
		version += "-suffix-0"
	}
	return version
}
