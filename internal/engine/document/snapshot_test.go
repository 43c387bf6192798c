// SPDX-License-Identifier: Apache-2.0

package document_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func TestSnapshotOfOlderFormat(t *testing.T) {
	t.Parallel()
	s, err := document.DecodeSnapshot(t.Context(), readFile(t, "snapshot-older.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := document.SnapshotMetadata{Created: "2026-01-02T18:02:49Z", Hostname: "node-1", Version: "0.8.12"}
	if diff := cmp.Diff(want, s.Metadata); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	for path, want := range map[measurement.Path]any{
		{Type: measurement.SystemD, Subtype: "containerd.service", Key: "BlockIOWeight"}:       "18446744073709551615",
		{Type: measurement.SystemD, Subtype: "containerd.service", Key: "Smallest"}:            "-9223372036854775808",
		{Type: measurement.SystemD, Subtype: "containerd.service", Key: "Share"}:               0.5,
		{Type: measurement.SystemD, Subtype: "containerd.service", Key: "CPUSchedulingPolicy"}: "0",
		{Type: measurement.SystemD, Subtype: "containerd.service", Key: "CPUAccounting"}:       true,
		{Type: measurement.OS, Subtype: "release", Key: "VERSION_ID"}:                          24.04,
		{Type: measurement.GPU, Subtype: "smi", Key: "gpu-count"}:                              int64(4),
	} {
		if got := s.Measurements.Get(path.Type, path.Subtype, path.Key); got == nil || got.Any() != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	yaml, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "snapshot.yaml", yaml)
	json, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "snapshot.json", json)
	golden(t, "snapshot.txt", document.Table(s.Measurements))
}

// TestSnapshotRoundTrip proves that both formats keep every value exactly and
// that encoding is a fixed point.
func TestSnapshotRoundTrip(t *testing.T) {
	t.Parallel()
	first, err := document.DecodeSnapshot(t.Context(), readFile(t, "snapshot-older.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, encode := range map[string]func(document.Snapshot) ([]byte, error){"YAML": document.Snapshot.YAML, "JSON": document.Snapshot.JSON} {
		written, err := encode(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := document.DecodeSnapshot(t.Context(), written)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(document.Table(first.Measurements), document.Table(second.Measurements)); diff != "" || first.Metadata != second.Metadata {
			t.Errorf("%s lost something (-want +got):\n%s", name, diff)
		}
		again, err := encode(second)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(written), string(again)); diff != "" {
			t.Errorf("%s is no fixed point (-first +second):\n%s", name, diff)
		}
	}
}

func TestSnapshotMetadata(t *testing.T) {
	t.Parallel()
	const rest = "\nkind: Snapshot\napiVersion: snapshot.dgxc.io/v1\nmeasurements: [{type: OS, subtypes: [{subtype: kmod, data: {nvidia: true}}]}]"
	for metadata, want := range map[string]string{
		"{created: '2026-01-02T03:04:05Z', hostname: a, version: '1'}": "",
		"{}":                   "",
		"{created: yesterday}": `the time "yesterday" is not of the form`,
		"{created: '2026-01-02T03:04:05Z', snapshot-timestamp: '2026-01-02T03:04:05Z'}": `"created" is given under two names`,
		"{node: a}":       `line 1, column 12: metadata.node: unknown field "node"; expected created, hostname, version, snapshot-timestamp, snapshot-version or source-node`,
		"[]":              "metadata: got a list, want a mapping",
		"{hostname: [a]}": "metadata.hostname: got a list",
	} {
		_, err := document.DecodeSnapshot(t.Context(), []byte("metadata: "+metadata+rest))
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", metadata, err)
			}
			continue
		}
		wantError(t, err, want)
	}
}

func FuzzDecodeSnapshot(f *testing.F) {
	f.Add(readFile(f, "snapshot-older.yaml"))
	f.Add(readFile(f, "snapshot.json"))
	for _, data := range []string{
		"{a: 18446744073709551615, b: -0.0, c: 1e300, d: 0x1F, e: 0o17, f: .5, g: 1_000}", "{a: !!float 3, b: !!str 3, c: 2026-01-02, d: yes}",
		"{? a\n: b}", "{a: &x 1, b: *x}", "{a: \"\\u0000\\u2028\"}", "{<<: {a: 1}}", "{a: !!binary aGk=}", "{a: ~}", "{'': ''}",
	} {
		f.Add(snapshotWith(data))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := document.DecodeSnapshot(t.Context(), data)
		if err != nil {
			wantError(t, err, "")
			return
		}
		fixedPoint(t, s, document.DecodeSnapshot, document.Snapshot.YAML)
		fixedPoint(t, s, document.DecodeSnapshot, document.Snapshot.JSON)
	})
}

// fixedPoint checks that what is written reads back and is written the same.
func fixedPoint[D any](t *testing.T, d D, decode func(context.Context, []byte) (D, error), encode func(D) ([]byte, error)) {
	t.Helper()
	written, err := encode(d)
	if err != nil {
		t.Fatal(err)
	}
	again, err := decode(t.Context(), written)
	if err != nil {
		t.Fatalf("cannot read back: %v\n%s", err, written)
	}
	rewritten, err := encode(again)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), string(rewritten)); diff != "" {
		t.Errorf("no fixed point (-first +second):\n%s", diff)
	}
}
