// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/combination"
)

// TestEveryCombination takes every point through the pipeline. Each is rendered
// as strictly as the charts and the API server take it, or refused for the
// reasons, all of them and no others, that the tables of platforms_test.go give.
func TestEveryCombination(t *testing.T) {
	t.Parallel()
	pipeline, err := combination.New()
	if err != nil {
		t.Fatal(err)
	}
	report := &report{counts: map[string]int{}, failures: map[string][]string{}}
	inspector := newInspector()
	err = pipeline.RunAll(t.Context(), combination.Points(), func(o combination.Outcome) error {
		report.add(o, judge(o, inspector))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	report.show(t)
	if diff := cmp.Diff(wantCounts(), report.counts); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

// judge returns what is wrong with an outcome.
func judge(o combination.Outcome, i *inspector) []string {
	want := expect(o.Point)
	if got := refusals(o); !slices.Equal(want.refusals, got) {
		return []string{fmt.Sprintf("refused: want %q, got %q", want.refusals, got)}
	}
	if o.Bundle == nil {
		return unhelpful(o)
	}
	got := map[string]string{}
	for _, c := range o.Bundle.Components {
		got[c.Name] = c.Version
	}
	var wrong []string
	if !maps.Equal(want.components, got) {
		wrong = append(wrong, fmt.Sprintf("components: want %v, got %v", want.components, got))
	}
	if rules := decided(o); !slices.Equal(want.findings, rules) {
		wrong = append(wrong, fmt.Sprintf("findings: want %q, got %q", want.findings, rules))
	}
	return append(wrong, i.inspect(o)...)
}

// unhelpful returns what the error about a system or a GPU that the service does
// not sell fails to offer instead.
func unhelpful(o combination.Outcome) []string {
	s := services()[o.Service]
	var offers []string
	if _, sold := s.images[o.OS]; !sold {
		offers = slices.AppendSeq(offers, maps.Keys(s.images))
	}
	if _, sold := s.fabrics[o.GPU]; !sold {
		offers = slices.AppendSeq(offers, maps.Keys(s.fabrics))
	}
	var wrong []string
	for _, offer := range offers {
		if !strings.Contains(o.Err.Error(), offer) {
			wrong = append(wrong, fmt.Sprintf("the error does not name %s: %v", offer, o.Err))
		}
	}
	return wrong
}

// refusals returns why a point was refused, with one word for a bundler that is
// named and has no release.
func refusals(o combination.Outcome) []string {
	missing := "recipe: K8s/image/" + o.Bundler + " is missing: "
	reasons := o.Refusals()
	for i, reason := range reasons {
		if strings.HasPrefix(reason, missing) {
			reasons[i] = noRelease
		}
	}
	return reasons
}

// decided returns the rules of the findings that the tables decide, each once.
func decided(o combination.Outcome) []string {
	var rules []string
	for _, f := range o.Bundle.Findings {
		if slices.Contains(decidedFindings(), f.Rule) {
			rules = append(rules, f.Rule)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// report counts outcomes and keeps what is wrong with them.
type report struct {
	mu       sync.Mutex
	counts   map[string]int
	failures map[string][]string // points by what is wrong with them
}

func (r *report) add(o combination.Outcome, wrong []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts["points"]++
	for _, w := range wrong {
		r.failures[w] = append(r.failures[w], o.String())
	}
	if o.Bundle != nil {
		r.counts["rendered"]++
		return
	}
	r.counts["refused"]++
	for _, reason := range refusals(o) {
		r.counts["refused: "+reason]++
	}
}

// show prints the counts, and fails with what is wrong, most frequent first.
func (r *report) show(t *testing.T) {
	t.Helper()
	for _, what := range slices.Sorted(maps.Keys(r.counts)) {
		t.Logf("%6d %s", r.counts[what], what)
	}
	wrong := slices.SortedFunc(maps.Keys(r.failures), func(a, b string) int {
		if n := len(r.failures[b]) - len(r.failures[a]); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	const most, examples = 20, 3
	for i, w := range wrong {
		if i == most {
			t.Errorf("and %d more", len(wrong)-most)
			break
		}
		points := r.failures[w]
		slices.Sort(points)
		t.Errorf("%d points, such as\n\t%s\n%s", len(points), strings.Join(points[:min(examples, len(points))], "\n\t"), w)
	}
}

func TestPointsAreDistinct(t *testing.T) {
	t.Parallel()
	points := map[combination.Point]bool{}
	names := map[string]bool{}
	for _, p := range combination.Points() {
		if points[p] || names[p.String()] {
			t.Errorf("%s occurs twice", p)
		}
		points[p], names[p.String()] = true, true
	}
}

// wantCounts are the sizes of the matrix. A point may be refused for several
// reasons.
func wantCounts() map[string]int {
	return map[string]int{
		"points":   48160,
		"rendered": 9293,
		"refused":  38867,

		"refused: query os":     28616,
		"refused: query gpu":    9632,
		"refused: query k8s":    2580,
		"refused: query osv":    448,
		"refused: query kernel": 8,

		"refused: gds-needs-operator-driver":  2498,
		"refused: mig-unsupported-gpu":        1152,
		"refused: cdmm-excludes-mig":          800,
		"refused: cdmm-excludes-gds":          700,
		"refused: no release":                 651,
		"refused: rdma-os-unsupported":        624,
		"refused: driver-no-container-for-os": 254,
		"refused: rdma-not-mellanox":          135,
		"refused: os-not-of-release":          72,
	}
}
