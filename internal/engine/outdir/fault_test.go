// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// scenario is one operation that meets a fault on its way from the content
// before (nil: no directory) to the content after (nil: removed).
type scenario struct {
	before, after map[string]string
	// drift is planted on top of before; only an owner may repair it.
	drift map[string]string
	// newcomer writes without a claim: it takes the directory over.
	newcomer bool
}

func scenarios() map[string]scenario {
	small := map[string]string{"gpu/values.yaml": "580", "gpu/run.sh": "#!/bin/sh", "net/values.yaml": "ofed"}
	changed := map[string]string{"gpu/values.yaml": "590", "gpu/run.sh": "#!/bin/sh", "net": "was a directory", "new/x": "new"}
	return map[string]scenario{
		"create":            {after: small},
		"update":            {before: small, after: changed},
		"update back":       {before: changed, after: small},
		"update of drift":   {before: small, after: changed, drift: map[string]string{"gpu/run.sh": "edited"}},
		"takeover":          {before: small, after: changed, newcomer: true},
		"takeover as it is": {before: small, after: small, newcomer: true},
		"remove":            {before: small},
	}
}

// TestFaults stops every operation at every one of its steps, in every way,
// and repairs with every claim that the caller may have then.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, s := range scenarios() {
		for _, kind := range []faultKind{failBefore, failAfter, kill} {
			for _, heir := range []string{"earlier claim", "returned claim", "no claim"} {
				if (s.drift != nil && heir == "no claim") || (kind == kill && heir == "returned claim") {
					continue // a newcomer may not lose edits, a killed run returns nothing
				}
				t.Run(fmt.Sprintf("%s/%d/%s", name, kind, heir), func(t *testing.T) {
					t.Parallel()
					steps := 0
					for s.fault(t, kind, steps, heir) {
						steps++
					}
					if steps < 5 {
						t.Errorf("only %d steps were met", steps)
					}
				})
			}
		}
	}
}

// fault runs the scenario with a fault at one step and checks what is left
// behind. It returns false when the operation has fewer steps.
func (s scenario) fault(t *testing.T, kind faultKind, at int, heir string) bool {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	var earlier Claim
	if s.before != nil {
		earlier, _ = write(t, quickWriter(), dir, Claim{}, s.before)
		plant(t, dir, s.drift)
	}
	if s.newcomer {
		earlier = Claim{}
	}
	w, d := faultyWriter(at)
	d.kind = kind
	returned, err := s.run(t, w, dir, earlier)
	if d.steps <= at {
		noError(t, err)
		equal(t, "directory", tree(t, dir), s.after)
		return false
	}
	s.checkWhole(t, dir)
	claims := map[string]Claim{"earlier claim": earlier, "returned claim": returned, "no claim": {}}
	s.repair(t, dir, at, claims[heir])
	return !t.Failed()
}

// run returns the claim that a caller keeps, whatever the outcome.
func (s scenario) run(t *testing.T, w *Writer, dir string, claim Claim) (Claim, error) {
	t.Helper()
	if s.after == nil {
		left, err := w.Remove(dir, claim)
		if err == nil && len(left) > 0 && len(tree(t, dir)) > 0 {
			t.Errorf("removed without an error, but left %v", left)
		}
		return claim, err
	}
	result, err := w.Write(dir, claim, text(s.after))
	if err != nil && !errors.Is(err, errFault) {
		t.Errorf("unexpected error: %v", err)
	}
	if err != nil && result.Owner == "" {
		return claim, err
	}
	return Claim{Owner: result.Owner, Files: result.Files}, err
}

// checkWhole checks that each file has a content it had or was to have.
func (s scenario) checkWhole(t *testing.T, dir string) {
	t.Helper()
	present := tree(t, dir)
	for name, content := range present {
		known := []string{s.before[name], s.after[name], s.drift[name]}
		if !isTemp(name) && name[len(name)-1] != '/' && !slices.Contains(known, content) {
			t.Errorf("%s has the content %q, neither old nor new", name, content)
		}
	}
	observed, err := quickWriter().Observe(dir, sums(s.before), sums(s.after))
	noError(t, err)
	for name := range observed {
		if observed[name] != sumOf([]byte(present[name])) {
			t.Errorf("Observe is wrong about %s", name)
		}
	}
}

// repair lets the next run finish the job.
func (s scenario) repair(t *testing.T, dir string, at int, claim Claim) {
	t.Helper()
	want := s.after
	if want == nil {
		want = s.before
	}
	w := quickWriter()
	if err := w.Check(dir, claim, text(want)...); err != nil {
		t.Fatalf("step %d: Check: %v", at, err)
	}
	write(t, w, dir, claim, want)
	content, err := os.ReadFile(filepath.Join(dir, MarkerName))
	noError(t, err)
	m, err := decodeMarker(content)
	noError(t, err)
	equal(t, fmt.Sprintf("step %d: marker", at), [2]map[string]string{m.Files, m.Pending}, [2]map[string]string{sums(want), nil})
	equal(t, fmt.Sprintf("step %d: repaired directory", at), tree(t, dir), want)
}

// TestFaultsInARow kills every run once, each at a later step than the one
// before, until one comes through.
func TestFaultsInARow(t *testing.T) {
	t.Parallel()
	for name, s := range scenarios() {
		if s.after == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "out")
			var claim Claim
			if s.before != nil {
				claim, _ = write(t, quickWriter(), dir, Claim{}, s.before)
				plant(t, dir, s.drift)
			}
			for at := 0; ; at++ {
				w, d := faultyWriter(at)
				d.kind = kill
				result, err := w.Write(dir, claim, text(s.after))
				if err == nil {
					equal(t, "directory", tree(t, dir), s.after)
					equal(t, "files", result.Files, sums(s.after))
					return
				}
				s.checkWhole(t, dir)
			}
		})
	}
}

// TestTwoKills stops a run at every step and its successor at every step; the
// directory of a file that is no longer wanted must go all the same.
func TestTwoKills(t *testing.T) {
	t.Parallel()
	killedAt := func(dir string, at int) (met bool) {
		w, d := faultyWriter(at)
		d.kind = kill
		_, err := w.Write(dir, Claim{}, nil)
		return err != nil
	}
	for first, more := 0, true; more; first++ {
		for second, again := 0, true; again; second++ {
			dir := t.TempDir()
			write(t, quickWriter(), dir, Claim{}, map[string]string{"a/x": "x"})
			more = killedAt(dir, first)
			again = killedAt(dir, second)
			write(t, quickWriter(), dir, Claim{}, nil)
			equal(t, fmt.Sprintf("kills at %d and %d", first, second), tree(t, dir), map[string]string{})
		}
	}
}

// TestRemoveRetries stops a Remove at every step; the next Remove must leave
// no file, whatever the first one did.
func TestRemoveRetries(t *testing.T) {
	t.Parallel()
	for _, kind := range []faultKind{failBefore, failAfter, kill} {
		for at, more := 0, true; more; at++ {
			dir := filepath.Join(t.TempDir(), "out")
			claim, _ := write(t, quickWriter(), dir, Claim{}, bundle())
			w, d := faultyWriter(at)
			d.kind = kind
			_, err := w.Remove(dir, claim)
			more = d.steps > at
			if err == nil && len(tree(t, dir)) > 0 {
				t.Errorf("step %d: no error, but the directory has %v", at, tree(t, dir))
			}
			left, err := quickWriter().Remove(dir, claim)
			noError(t, err)
			equal(t, "left", left, []string(nil))
			if len(tree(t, dir)) > 0 || hasMarker(t, dir) {
				t.Errorf("step %d: the directory has %v", at, tree(t, dir))
			}
		}
	}
}
