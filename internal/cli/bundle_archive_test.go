// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

func TestBundleArchive(t *testing.T) {
	t.Parallel()
	recipe, dir := recipeFile(t), t.TempDir()
	files := rendered(t, recipe, nil).Files
	for name, pack := range map[string]func([]outdir.File) ([]byte, error){"b.tar.gz": outdir.TarGzip, "b.tgz": outdir.TarGzip, "b.zip": outdir.Zip} {
		want, err := pack(files)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		equal(t, "would write "+file+"\n", must(t, "bundle", "--recipe", recipe, "-o", file, "--dry-run"))
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a dry run wrote %s", file)
		}
		for range 2 {
			o := run(t, "bundle", "--recipe", recipe, "-o", file)
			o.check(t, cli.ExitOK, "eidos bundle: wrote "+file+"\n")
			o.silent(t)
			if contents(t, file) != string(want) {
				t.Errorf("%s differs from the archive of the same files", name)
			}
		}
	}
	equal(t, map[string]bool{"b.tar.gz": true, "b.tgz": true, "b.zip": true}, names(t, dir))
}

func TestBundleArchiveRefused(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	dir := filepath.Join(t.TempDir(), "dir.zip")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, "bundle", "--recipe", recipe, "-o", dir).check(t, cli.ExitFailure, "writing "+dir, "it is a directory")
	run(t, "bundle", "--recipe", recipe, "-o", filepath.Join(dir, "none", "x.zip")).check(t, cli.ExitFailure, "none")
	run(t, "bundle", "--recipe", recipe, "-o", "x.zip", "--diff").check(t, cli.ExitUsage, "an archive is not compared; name a directory")
	equal(t, map[string]bool{}, names(t, dir))
}
