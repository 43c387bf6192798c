// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestEveryCombination takes every point through the pipeline. Each is rendered
// as strictly as the charts and the API server take it, or refused for a reason
// that is stated.
func TestEveryCombination(t *testing.T) {
	t.Parallel()
	j := newJudge(t)
	report := &report{rendered: map[Point]string{}, counts: map[string]int{}, failures: map[string][]string{}}
	points := j.Points()
	err := j.RunAll(t.Context(), points, func(o Outcome) error {
		wrong := j.judge(o)
		if sampled(o.Point) {
			wrong = append(wrong, j.vary(t.Context(), o)...)
		}
		report.add(o, wrong)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, point := range points {
		report.compare(point)
	}
	report.show(t)
	report.checkSizes(t, j)
}

// sampled picks about one point in 31 for what takes a rendering more.
func sampled(p Point) bool {
	const every = 31
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(p.String())) // a hash never fails to write
	return hash.Sum32()%every == 0
}

// report counts outcomes and keeps what is wrong with them.
type report struct {
	mu       sync.Mutex
	rendered map[Point]string // sha256 of the bundle
	counts   map[string]int
	failures map[string][]string // points by what is wrong with them
}

func (r *report) add(o Outcome, wrong []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range wrong {
		r.failures[w] = append(r.failures[w], o.String())
	}
	r.counts["points"]++
	if o.Bundle == nil {
		for _, reason := range reasons(o.Err) {
			r.counts["refused: "+reason]++
		}
		return
	}
	r.rendered[o.Point] = o.Bundle.SHA256
	for _, field := range enumerated() {
		r.counts["rendered: "+field+" "+*o.Field(field)]++
	}
	for _, c := range o.Bundle.Components {
		r.counts["rendered: "+c.Name+" "+c.Version]++
	}
}

func enumerated() []string { return []string{"service", "os", "gpu", "intent", "k8s"} }

// compare holds a point against those in which an option is off: if it is
// rendered they are, and MIG and GPUDirect Storage change the bundle.
func (r *report) compare(with Point) {
	sum, rendered := r.rendered[with]
	off := map[string]Point{}
	for option, turn := range map[string]func(*Point){
		"MIG":  func(p *Point) { p.MIG = NoMIG },
		"GDS":  func(p *Point) { p.GDS = false },
		"RDMA": func(p *Point) { p.RDMA, p.Addresses = false, false },
	} {
		without := with
		if turn(&without); without != with {
			off[option] = without
		}
	}
	for option, without := range off {
		other, also := r.rendered[without]
		switch {
		case rendered && !also:
			r.failures["refused without "+option] = append(r.failures["refused without "+option], with.String())
		case rendered && sum == other && option != "RDMA": // which is the provider's own on some services
			r.failures[option+" changes nothing"] = append(r.failures[option+" changes nothing"], with.String())
		}
	}
}

// checkSizes fails where the matrix misses something that there is.
func (r *report) checkSizes(t *testing.T, j *judge) {
	t.Helper()
	const least = 7 // percent that are rendered
	if len(r.rendered)*100 < least*r.counts["points"] {
		t.Errorf("%d points of %d are rendered", len(r.rendered), r.counts["points"])
	}
	for _, field := range enumerated()[:4] {
		for _, value := range j.catalog.Values(field) {
			if r.counts["rendered: "+field+" "+value] == 0 {
				t.Errorf("nothing is rendered with the %s %s", field, value)
			}
		}
	}
	for _, e := range j.set.Entries() {
		newest := e.Newest("").Version // which is not a candidate
		if r.counts["rendered: "+e.Name+" "+newest] == 0 {
			t.Errorf("%s %s is never rendered", e.Name, newest)
		}
	}
}

// show prints the counts, and fails with what is wrong, most frequent first.
func (r *report) show(t *testing.T) {
	t.Helper()
	t.Logf("%6d rendered", len(r.rendered))
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
	points := map[Point]bool{}
	names := map[string]bool{}
	for _, p := range newJudge(t).Points() {
		if points[p] || names[p.String()] {
			t.Errorf("%s occurs twice", p)
		}
		points[p], names[p.String()] = true, true
	}
	t.Logf("%d points", len(points))
}
