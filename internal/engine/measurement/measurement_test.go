// SPDX-License-Identifier: Apache-2.0

package measurement_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

func TestFromAny(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in       any
		wantAny  any
		wantText string
	}{
		"string":                {in: "24.04", wantAny: "24.04", wantText: "24.04"},
		"bool":                  {in: true, wantAny: true, wantText: "true"},
		"int":                   {in: 8, wantAny: int64(8), wantText: "8"},
		"int8":                  {in: int8(-8), wantAny: int64(-8), wantText: "-8"},
		"int16":                 {in: int16(-8), wantAny: int64(-8), wantText: "-8"},
		"int32":                 {in: int32(-8), wantAny: int64(-8), wantText: "-8"},
		"smallest int64":        {in: int64(math.MinInt64), wantAny: "-9223372036854775808", wantText: "-9223372036854775808"},
		"largest number":        {in: int64(1 << 53), wantAny: int64(1 << 53), wantText: "9007199254740992"},
		"next number":           {in: int64(1<<53 + 1), wantAny: "9007199254740993", wantText: "9007199254740993"},
		"uint":                  {in: uint(8), wantAny: int64(8), wantText: "8"},
		"uint8":                 {in: uint8(255), wantAny: int64(255), wantText: "255"},
		"uint16":                {in: uint16(8), wantAny: int64(8), wantText: "8"},
		"uint32":                {in: uint32(8), wantAny: int64(8), wantText: "8"},
		"largest uint64":        {in: uint64(math.MaxUint64), wantAny: "18446744073709551615", wantText: "18446744073709551615"},
		"float32":               {in: float32(0.5), wantAny: 0.5, wantText: "0.5"},
		"float without decimal": {in: 3.0, wantAny: "3.0", wantText: "3.0"},
		"large float":           {in: 1e300, wantAny: "1e+300", wantText: "1e+300"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := measurement.FromAny(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.wantAny, r.Any()); diff != "" {
				t.Errorf("Any (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.wantText, r.String()); diff != "" {
				t.Errorf("String (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromAnyRefusesWhatIsNoScalar(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]any{
		"nil": nil, "slice": []string{"a"}, "map": map[string]any{}, "nan": math.NaN(), "inf": math.Inf(-1), "complex": 1i,
	} {
		if r, err := measurement.FromAny(in); err == nil {
			t.Errorf("%s: got reading %v, want an error", name, r)
		}
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	const largest = "18446744073709551615"
	for of, want := range map[measurement.Path]string{
		{Type: measurement.SystemD, Key: "LimitNOFILE"}:        "infinity",
		{Type: measurement.SystemD, Key: "DefaultLimitNPROC"}:  "infinity",
		{Type: measurement.SystemD, Key: "TasksMax"}:           "infinity",
		{Type: measurement.SystemD, Key: "MemoryHigh"}:         "infinity",
		{Type: measurement.SystemD, Key: "CPUQuotaPerSecUSec"}: "infinity",
		{Type: measurement.SystemD, Key: "CPUWeight"}:          largest, // not set
		{Type: measurement.OS, Key: "LimitNOFILE"}:             largest,
	} {
		if got := of.Type.Normal(of.Key, measurement.Number(largest)); got != measurement.Str(want) {
			t.Errorf("%s of %s: got %v, want %s", of.Key, of.Type, got, want)
		}
		if got := of.Type.Normal(of.Key, measurement.Int(7)); got != measurement.Int(7) {
			t.Errorf("%s of %s: got %v, want 7", of.Key, of.Type, got)
		}
	}
}

func TestReadingsCompareByTypeAndValue(t *testing.T) {
	t.Parallel()
	one, err := measurement.Float(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []measurement.Reading{one, measurement.Str("1"), measurement.Bool(true)} {
		if measurement.Int(1) == other {
			t.Errorf("Int(1) equals %T %v, want them different", other.Any(), other)
		}
	}
}

func TestListLookup(t *testing.T) {
	t.Parallel()
	list := measurement.List{
		{Type: measurement.OS, Subtypes: []measurement.Subtype{{Name: "release", Data: map[string]measurement.Reading{"ID": measurement.Str("ubuntu")}}}},
		{Type: measurement.K8s, Subtypes: []measurement.Subtype{
			{Name: "server", Data: map[string]measurement.Reading{"version": measurement.Str("v1.33.5")}},
			{Name: "config", Data: map[string]measurement.Reading{"cdi": measurement.Bool(true)}},
		}},
	}
	tests := map[string]struct {
		path measurement.Path
		want string
	}{
		"string":          {path: measurement.Path{Type: measurement.OS, Subtype: "release", Key: "ID"}, want: "ubuntu"},
		"bool":            {path: measurement.Path{Type: measurement.K8s, Subtype: "config", Key: "cdi"}, want: "true"},
		"missing key":     {path: measurement.Path{Type: measurement.K8s, Subtype: "config", Key: "mig"}},
		"missing subtype": {path: measurement.Path{Type: measurement.K8s, Subtype: "image", Key: "driver"}},
		"missing type":    {path: measurement.Path{Type: measurement.GPU, Subtype: "smi", Key: "driver"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := list.Text(tt.path.Type, tt.path.Subtype, tt.path.Key); got != tt.want {
				t.Errorf("Text(%s) = %q, want %q", tt.path, got, tt.want)
			}
		})
	}

	sorted := list.Sorted()
	if sorted[0].Type != measurement.K8s || sorted[0].Subtypes[0].Name != "config" || sorted[1].Type != measurement.OS {
		t.Errorf("Sorted: got %v, want K8s (config, server) before OS", sorted)
	}
	if list[0].Type != measurement.OS || list[1].Subtypes[0].Name != "server" {
		t.Errorf("Sorted changed its receiver: %v", list)
	}
}
