// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fixtures are the names of the recipes in testdata/recipes.
func fixtures() []string {
	return []string{"aks-h100-training", "eks-gb200-training", "gke-h100-inference", "self-managed-h100-rdma"}
}

func fixture(tb testing.TB, name string) document.Recipe {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "recipes", name+".yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	recipe, err := document.DecodeRecipe(text)
	if err != nil {
		tb.Fatal(err)
	}
	return recipe
}

func render(tb testing.TB, req bundle.Request) *bundle.Bundle {
	tb.Helper()
	b, err := bundle.NewRenderer().Render(tb.Context(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
