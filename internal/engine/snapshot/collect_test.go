// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

// finds returns a collector that finds one value in each of some subtypes, by
// "Type/subtype", and fails with err.
func finds(name, value string, err error, subtypes ...string) snapshot.Collector {
	return snapshot.Collector{Name: name, Collect: func(context.Context) (measurement.List, error) {
		var list measurement.List
		for _, subtype := range subtypes {
			t, s, _ := strings.Cut(subtype, "/")
			list = append(list, measurement.Measurement{Type: measurement.Type(t), Subtypes: []measurement.Subtype{
				{Name: s, Data: map[string]measurement.Reading{"by": measurement.Str(value)}},
			}})
		}
		return list, err
	}}
}

// waits returns a collector that finds nothing until its context ends.
func waits(name string) snapshot.Collector {
	return snapshot.Collector{Name: name, Collect: func(ctx context.Context) (measurement.List, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
}

// found lists what a snapshot has, as "Type/subtype=value".
func found(s document.Snapshot) []string {
	var all []string
	for _, m := range s.Measurements {
		for _, sub := range m.Subtypes {
			all = append(all, string(m.Type)+"/"+sub.Name+"="+sub.Data["by"].String())
		}
	}
	return all
}

func TestCollectMerges(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	metadata := document.SnapshotMetadata{Created: "2026-01-02T15:04:05Z", Hostname: "here", Version: "1.2.3"}
	tests := map[string]struct {
		collectors []snapshot.Collector
		want       []string
		failed     string
	}{
		"nothing": {},
		"canonical order": {
			collectors: []snapshot.Collector{finds("SystemD/b", "1", nil, "SystemD/b", "SystemD/a"), finds("K8s/node", "2", nil, "OS/release", "K8s/node")},
			want:       []string{"K8s/node=2", "OS/release=2", "SystemD/a=1", "SystemD/b=1"},
		},
		"a failure leaves the others": {
			collectors: []snapshot.Collector{finds("K8s/b", "", broken), finds("K8s/a", "", broken), finds("OS/grub", "1", nil, "OS/grub")},
			want:       []string{"OS/grub=1"}, failed: "K8s/a: broken\nK8s/b: broken",
		},
		"what was found before a failure is kept": {
			collectors: []snapshot.Collector{finds("GPU/smi", "1", broken, "GPU/smi")},
			want:       []string{"GPU/smi=1"}, failed: "GPU/smi: broken",
		},
		"its own collector is right, before": {
			collectors: []snapshot.Collector{finds("OS/release", "own", nil, "OS/release"), finds("K8s/node", "other", nil, "K8s/node", "OS/release")},
			want:       []string{"K8s/node=other", "OS/release=own"},
		},
		"its own collector is right, after": {
			collectors: []snapshot.Collector{finds("K8s/node", "other", nil, "K8s/node", "OS/release"), finds("OS/release", "own", nil, "OS/release")},
			want:       []string{"K8s/node=other", "OS/release=own"},
		},
		"without its own, the first is": {
			collectors: []snapshot.Collector{finds("K8s/a", "1", nil, "GPU/device"), finds("K8s/b", "2", nil, "GPU/device")},
			want:       []string{"GPU/device=1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, failed := snapshot.Collect(t.Context(), tt.collectors, snapshot.Options{Metadata: metadata})
			if diff := cmp.Diff(tt.want, found(got)); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if text := errorText(failed.Err()); text != tt.failed {
				t.Errorf("errors: got %q, want %q", text, tt.failed)
			}
			if got.Metadata != metadata {
				t.Errorf("metadata: got %+v", got.Metadata)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestCollectHidesSecrets has a collector that does not know of any.
func TestCollectHidesSecrets(t *testing.T) {
	t.Parallel()
	const token, hidden = "hvs." + "CAESIJlU02LQZq4kLqZ9bZ2", "(redacted)"
	collector := snapshot.Collector{Name: "OS/x", Collect: func(context.Context) (measurement.List, error) {
		return measurement.List{{Type: measurement.OS, Subtypes: []measurement.Subtype{{Name: "x", Data: map[string]measurement.Reading{
			"text": measurement.Str("uses " + token), "a=" + token: measurement.Str(""), "number": measurement.Int(1), "url": measurement.Str("http://u:p@h/"),
		}}}}}, nil
	}}
	got, _ := snapshot.Collect(t.Context(), []snapshot.Collector{collector}, snapshot.Options{})
	want := map[string]measurement.Reading{
		"text": measurement.Str("uses " + hidden), "a=" + hidden: measurement.Str(""), "number": measurement.Int(1), "url": measurement.Str("http://u:" + hidden + "@h/"),
	}
	if diff := cmp.Diff(want, got.Measurements.Subtype(measurement.OS, "x").Data); diff != "" {
		t.Errorf("OS/x (-want +got):\n%s", diff)
	}
}

func TestCollectLeavesOutEmptySubtypes(t *testing.T) {
	t.Parallel()
	empty := snapshot.Collector{Name: "K8s/image", Collect: func(context.Context) (measurement.List, error) {
		return measurement.List{{Type: measurement.K8s, Subtypes: []measurement.Subtype{{Name: "image"}}}}, nil
	}}
	got, failed := snapshot.Collect(t.Context(), []snapshot.Collector{empty}, snapshot.Options{})
	if len(failed) > 0 || len(got.Measurements) > 0 {
		t.Errorf("got %v and %v, want nothing at all", got.Measurements, failed)
	}
}

func TestCollectTimeouts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		timeout, want time.Duration
	}{
		"default":  {0, 30 * time.Second},
		"negative": {-time.Second, 30 * time.Second},
		"given":    {5 * time.Minute, 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				// One after the other they would not be done by then.
				ctx, cancel := context.WithTimeout(t.Context(), tt.want+time.Second)
				defer cancel()
				collectors := []snapshot.Collector{waits("K8s/a"), finds("K8s/b", "1", nil, "K8s/b"), waits("K8s/c")}
				got, failed := snapshot.Collect(ctx, collectors, snapshot.Options{Timeout: tt.timeout})
				if diff := cmp.Diff([]string{"K8s/b=1"}, found(got)); diff != "" {
					t.Errorf("found (-want +got):\n%s", diff)
				}
				for _, name := range []string{"K8s/a", "K8s/c"} {
					if err := failed[name]; !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "the collector gave up after "+tt.want.String()) {
						t.Errorf("%s: got %v", name, err)
					}
				}
			})
		})
	}
}

func TestCollectLeavesBehindWhatDoesNotStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		deaf := snapshot.Collector{Name: "GPU/smi", Collect: func(context.Context) (measurement.List, error) {
			<-release
			return nil, nil
		}}
		got, failed := snapshot.Collect(t.Context(), []snapshot.Collector{deaf, finds("OS/grub", "1", nil, "OS/grub")}, snapshot.Options{})
		if diff := cmp.Diff([]string{"OS/grub=1"}, found(got)); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		want := "GPU/smi: the collector gave up after 30s (it does not stop; a program or device that it waits for may hang in the kernel)"
		if text := errorText(failed.Err()); text != want {
			t.Errorf("errors: got %q, want %q", text, want)
		}
	})
}

func TestCollectCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, failed := snapshot.Collect(ctx, []snapshot.Collector{waits("K8s/a"), waits("K8s/b")}, snapshot.Options{})
	if len(failed) != 2 || failed["K8s/a"].Error() != "context canceled" {
		t.Errorf("got %v, want both canceled", failed)
	}
}

func TestCollectFailFast(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, failed := snapshot.Collect(t.Context(), []snapshot.Collector{waits("K8s/a"), finds("K8s/b", "", broken)}, snapshot.Options{FailFast: true})
	want := map[string]string{"K8s/a": "stopped because K8s/b failed: broken (context canceled)", "K8s/b": "broken"}
	got := map[string]string{}
	for name, err := range failed {
		got[name] = err.Error()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}
