// SPDX-License-Identifier: Apache-2.0

package recipe_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	got, err := recipe.Normal(document.Query{OS: "Rocky", OSVersion: " 24.04 ", Kernel: "any", Service: " AKS", K8s: "v1.33.5-eks-3025e55", GPU: "GB200", Intent: "Any", Context: true})
	if err != nil {
		t.Fatal(err)
	}
	want := document.Query{OS: "rhel", OSVersion: "24.04", Service: "aks", K8s: "v1.33.5-eks-3025e55", GPU: "gb200", Context: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = recipe.Normal(document.Query{OSVersion: "abc", K8s: "1..2"})
	for _, text := range []string{`request.osv: "abc" is not a version`, `request.k8s: "1..2" is not a version`} {
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got %v, want %q in it", err, text)
		}
	}
}
