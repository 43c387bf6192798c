// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestDocumentsEndWithTheirContext reads a document of every flag for somebody who
// is gone.
func TestDocumentsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	dir := plant(t, map[string]string{
		"overlay.yaml":  "key: {gpu: h100}\n",
		"catalog.yaml":  "overlays: [{key: {gpu: h100}}]\n",
		"values.yaml":   "nfd: {enabled: false}\n",
		"object.yaml":   "spec: {}\n",
		"snapshot.yaml": run(t, "snapshot", "--host-root", hostRoot(t)).stdout,
		"recipe.yaml":   run(t, "recipe", "--gpu", "h100").stdout,
	})
	in := func(name string) string { return filepath.Join(dir, name) }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, args := range map[string][]string{
		"--overlay":  {"recipe", "--gpu", "h100", "--overlay", in("overlay.yaml")},
		"--catalog":  {"recipe", "--gpu", "h100", "--catalog", in("catalog.yaml")},
		"--snapshot": {"recipe", "--snapshot", in("snapshot.yaml")},
		"--recipe":   {"bundle", "--recipe", in("recipe.yaml"), "--output", in("out")},
		"--values":   {"bundle", "--recipe", in("recipe.yaml"), "--output", in("out"), "--values", "gpu-operator=" + in("values.yaml")},
		"--object":   {"bundle", "--recipe", in("recipe.yaml"), "--output", in("out"), "--object", "network-operator/nicclusterpolicy=" + in("object.yaml")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := session{}.runContext(ctx, args...)
			o.check(t, cli.ExitFailure, "error: interrupted")
			o.silent(t)
		})
	}
}
