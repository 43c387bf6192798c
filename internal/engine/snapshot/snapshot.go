// SPDX-License-Identifier: Apache-2.0

// Package snapshot finds out what is there. A collector gathers one part of a
// snapshot; Collect runs many of them side by side and merges what they found.
// A collector that fails leaves the others alone: its error is part of the
// result. The package has no clock and knows no front door, and what it
// collects of an unchanged cluster or node is always the same.
package snapshot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// DefaultTimeout is how long one collector may take unless Options say
// otherwise.
const DefaultTimeout = 30 * time.Second

// stopGrace is how long a collector whose context has ended may take to hand
// over what it found.
const stopGrace = 5 * time.Second

// Collector gathers one part of a snapshot.
type Collector struct {
	// Name is the subtype that the collector is there for, as "Type/subtype",
	// such as K8s/image. No two collectors of one snapshot share a name.
	Name string
	// Collect returns what was found, also what was found before an error. It
	// may give other subtypes too: what it happens to know of them. It returns
	// when the context ends. Finding nothing is not an error.
	Collect func(context.Context) (measurement.List, error)
}

// Options of Collect. The zero value is usable.
type Options struct {
	// Metadata goes into the snapshot as it is.
	Metadata document.SnapshotMetadata
	// Timeout is for each collector; 0 means DefaultTimeout.
	Timeout time.Duration
	// FailFast cancels all collectors when the first one fails.
	FailFast bool
}

// Errors maps the names of the collectors that failed to why they did.
type Errors map[string]error

// Err joins the errors in the order of the names. It is nil when there are
// none.
func (e Errors) Err() error {
	var all []error
	for _, name := range slices.Sorted(maps.Keys(e)) {
		all = append(all, fmt.Errorf("%s: %w", name, e[name]))
	}
	return errors.Join(all...)
}

// Collect runs the collectors side by side and returns what they found, in
// canonical order. It returns when all of them have; canceling ctx makes them,
// and those that do not stop within seconds are left behind.
func Collect(ctx context.Context, collectors []Collector, o Options) (document.Snapshot, Errors) {
	results := make([]result, len(collectors))
	group := new(errgroup.Group)
	if o.FailFast {
		group, ctx = errgroup.WithContext(ctx)
	}
	for i, c := range collectors {
		group.Go(func() error {
			results[i] = c.run(ctx, o.timeout())
			return results[i].failure()
		})
	}
	_ = group.Wait() // the results have every error, not just the first

	failed := Errors{}
	for _, r := range results {
		if r.err != nil {
			failed[r.name] = r.err
		}
	}
	return document.Snapshot{Metadata: o.Metadata, Measurements: merge(results)}, failed
}

func (o Options) timeout() time.Duration {
	if o.Timeout <= 0 {
		return DefaultTimeout
	}
	return o.Timeout
}

// result is what became of one collector.
type result struct {
	name string
	list measurement.List
	err  error
}

// failure returns the error as the cause for which others stop.
func (r result) failure() error {
	if r.err == nil {
		return nil
	}
	return fmt.Errorf("stopped because %s failed: %w", r.name, r.err)
}

// run runs the collector for at most that long. Its error says why it was
// stopped if it was. A collector that does not stop, because a system call of
// its never returns, is left to itself.
func (c Collector) run(ctx context.Context, timeout time.Duration) result {
	gaveUp := fmt.Errorf("the collector gave up after %s", timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, gaveUp)
	defer cancel()
	finished := make(chan result, 1)
	go func() {
		list, err := c.Collect(ctx)
		finished <- result{list: withoutSecrets(list), err: err}
	}()
	r := await(ctx, finished)
	if cause := context.Cause(ctx); r.err != nil && cause != nil && !errors.Is(r.err, cause) {
		r.err = fmt.Errorf("%w (%w)", cause, r.err)
	}
	r.name = c.Name
	return r
}

// withoutSecrets returns a list in which no key and no text has what looks like a
// secret. What only its name shows to be one is for its collector to know.
func withoutSecrets(list measurement.List) measurement.List {
	for _, m := range list {
		for i, s := range m.Subtypes {
			data := make(map[string]measurement.Reading, len(s.Data))
			for key, reading := range s.Data {
				if text, ok := reading.Any().(string); ok {
					reading = measurement.Str(secret.Text(text))
				}
				data[secret.Text(key)] = reading
			}
			m.Subtypes[i].Data = data
		}
	}
	return list
}

// await returns what the collector found, which may take a moment after ctx has
// ended.
func await(ctx context.Context, finished <-chan result) result {
	select {
	case r := <-finished:
		return r
	case <-ctx.Done():
	}
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case r := <-finished:
		return r
	case <-grace.C:
		return result{err: errors.New("it does not stop; a program or device that it waits for may hang in the kernel")}
	}
}

// merge puts the results into one list. Where several know of one subtype, the
// collector of that name is right, and else the first: a collector reads the
// thing itself, where others know it secondhand. Subtypes without data are
// left out.
func merge(results []result) measurement.List {
	var merged measurement.List
	owners := map[string]string{}
	for _, r := range results {
		for _, m := range r.list {
			for _, s := range m.Subtypes {
				name := string(m.Type) + "/" + s.Name
				if owner := owners[name]; len(s.Data) == 0 || owner != "" && name != r.name {
					continue
				}
				owners[name] = r.name
				merged = put(merged, m.Type, s)
			}
		}
	}
	return merged.Sorted()
}

// put sets a subtype of the list, in place of the one of that name.
func put(list measurement.List, t measurement.Type, s measurement.Subtype) measurement.List {
	if there := list.Subtype(t, s.Name); there != nil {
		*there = s
		return list
	}
	for i := range list {
		if list[i].Type == t {
			list[i].Subtypes = append(list[i].Subtypes, s)
			return list
		}
	}
	return append(list, measurement.Measurement{Type: t, Subtypes: []measurement.Subtype{s}})
}

// single returns a list of one subtype, named "Type/subtype".
func single(name string, data map[string]measurement.Reading) measurement.List {
	t, subtype, _ := strings.Cut(name, "/")
	return measurement.List{{
		Type:     measurement.Type(t),
		Subtypes: []measurement.Subtype{{Name: subtype, Data: data}},
	}}
}
