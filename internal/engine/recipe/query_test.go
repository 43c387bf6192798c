// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

func testWords() vocabulary {
	return vocabulary{
		map[string][]string{
			"os": {"amazonlinux", "oraclelinux", "rhel", "ubuntu"}, "service": {"aks", "eks", "self-managed"}, "gpu": {"a100", "gb200", "h100", "l40", "l40s"},
		},
		names{systems: systemTable{
			{OS: "amazonlinux", IDs: []string{"amzn"}}, {OS: "oraclelinux", IDs: []string{"ol"}}, {OS: "rhel", IDs: []string{"rhel", "rocky", "almalinux", "centos"}},
		}},
	}
}

// nothing is known of any value.
func nothing(_, _ string) (why, meant string) { return "", "" }

func TestNormalize(t *testing.T) {
	t.Parallel()
	tests := []struct{ field, text, want string }{
		{"os", " Ubuntu\t", "ubuntu"},
		{"os", "AMZN", "amazonlinux"},
		{"os", "ol", "oraclelinux"},
		{"os", "rocky", "rhel"},
		{"os", "AlmaLinux", "rhel"},
		{"os", "centos", "rhel"},
		{"os", "Any", ""},
		{"service", "Self-Managed", "self-managed"},
		{"gpu", "H100", "h100"},
		{"osv", " 24.04 ", "24.04"},
		{"osv", "9", "9"},
		{"k8s", "v1.33.5-eks-3025e55", "v1.33.5-eks-3025e55"},
		{"kernel", "6.6.87.2-microsoft-standard-WSL2", "6.6.87.2-microsoft-standard-WSL2"},
		{"kernel", "any", ""},
	}
	for _, tt := range tests {
		var q, want document.Query
		*q.Field(tt.field), *want.Field(tt.field) = tt.text, tt.want
		got, _, err := testWords().normalize(q, nothing)
		if err != nil {
			t.Errorf("%s=%q: %v", tt.field, tt.text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s=%q (-want +got):\n%s", tt.field, tt.text, diff)
		}
	}
}

func TestUnknownValuesAreExplained(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ field, text, want string }{
		{"gpu", "h10", `unknown gpu "h10"; valid are a100, gb200, h100, l40, l40s, any, and values that your overlays add; did you mean "h100"?`},
		{"gpu", "L40Z", `unknown gpu "l40z"; valid are a100, gb200, h100, l40, l40s, any, and values that your overlays add; did you mean "l40"?`},
		{"service", "openshift", `unknown service "openshift"; valid are aks, eks, self-managed, any, and values that your overlays add`},
		{"service", "e", `unknown service "e"; valid are aks, eks, self-managed, any, and values that your overlays add`},
		{"intent", "training", `unknown intent "training": the catalog distinguishes no intent; leave it out, or add an overlay of your own for it`},
		{"gpu", strings.Repeat("h", 100), `unknown gpu "` + strings.Repeat("h", 80) + `"...; valid are a100, gb200, h100, l40, l40s, any, and values that your overlays add`},
	} {
		var q document.Query
		*q.Field(tt.field) = tt.text
		_, gaps, errs := testWords().normalize(q, nothing)
		if errs != nil || len(gaps) != 1 {
			t.Fatalf("%s=%q: gaps %v, error %v", tt.field, tt.text, gaps, errs)
		}
		if diff := cmp.Diff(tt.field+": "+tt.want, gaps[0].Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestVocabularyExtensionLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	words := testWords()
	extended := words.with([]*layer{{conditions: []condition{{field: "gpu", value: "b300"}, {field: "k8s", version: &version.Range{}}}}})
	if !extended.has("gpu", "b300") || !slices.IsSorted(extended.values["gpu"]) {
		t.Errorf("got %v, want b300 in its place", extended.values["gpu"])
	}
	if diff := cmp.Diff(testWords(), words, cmp.AllowUnexported(vocabulary{}, names{})); diff != "" {
		t.Errorf("the original changed (-want +got):\n%s", diff)
	}
}

func TestErrorsTakesApart(t *testing.T) {
	t.Parallel()
	if got := Errors(nil); got != nil {
		t.Errorf("Errors(nil): got %v", got)
	}
	if got := Errors(errors.New("full disk")); len(got) != 1 || got[0].Field != "" || got[0].Error() != "full disk" {
		t.Errorf("got %v, want one error without a field", got)
	}
	_, _, errs := testWords().normalize(document.Query{OS: " ", GPU: " "}, nothing)
	if got := Errors(join(errs)); len(got) != 2 || got[0].Field != "os" || got[1].Field != "gpu" {
		t.Errorf("got %v, want errors of os and gpu", got)
	}
}

// FuzzNormalize proves that normalising is idempotent and that a version stays
// as given.
func FuzzNormalize(f *testing.F) {
	for _, text := range []string{"ubuntu", " ANY ", "amzn", "24.04", "", "v1.33", "İ", "\xff", "6.8.0-1028-aws", "1..2"} {
		f.Add(text, text)
	}
	words := testWords()
	f.Fuzz(func(t *testing.T, value, version string) {
		normal, _, errs := words.normalize(document.Query{OS: value, GPU: value, K8s: version}, nothing)
		if errs != nil {
			return
		}
		again, _, err := words.normalize(normal, nothing)
		if err != nil || again != normal {
			t.Errorf("%q, %q: got %v, then %v (%v)", value, version, normal, again, err)
		}
		if normal.K8s != "" && normal.K8s != strings.TrimSpace(version) {
			t.Errorf("version %q became %q", version, normal.K8s)
		}
	})
}
