// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
)

// TestBundleFormats writes the files of the engine, and leaves those of a format that
// is no longer asked for.
func TestBundleFormats(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	must(t, "bundle", "--recipe", recipe, "--output", dir, "--format", "scripts", "--format", "argocd,flux",
		"--gitops", "repository=git@git.example.com:gpu.git", "--gitops", "path=clusters/gpu")
	holds(t, dir, rendered(t, recipe, func(r *bundle.Request) {
		r.Formats = []string{"argocd", "flux", "scripts"}
		r.GitOps = &form.GitOps{Repository: "git@git.example.com:gpu.git", Path: "clusters/gpu"}
	}))
	must(t, "bundle", "--recipe", recipe, "--output", dir, "--format", "helmfile")
	holds(t, dir, rendered(t, recipe, func(r *bundle.Request) { r.Formats = []string{"helmfile"} }))
}

func TestBundleFormatsRefused(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), filepath.Join(t.TempDir(), "out")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--format", "helmfiles"}, `--format: unknown format "helmfiles"`},
		{[]string{"--format", "flux", "--gitops", "pth=a"}, `--gitops: unknown field "pth"`},
		{[]string{"--format", "flux", "--gitops", "path"}, `--gitops "path"`},
		{[]string{"--gitops", "path=a"}, "--gitops: none of the formats reads it"},
	} {
		run(t, append([]string{"bundle", "--recipe", recipe, "--output", dir}, test.args...)...).check(t, cli.ExitUsage, test.want)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %v, want nothing written", dir, err)
	}
}
