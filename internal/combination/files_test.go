// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// inspectFiles checks that a component has the files it should have, that
// checksums.txt covers each with its true sum, that the README names each
// manifest, and that both install the pinned release.
func inspectFiles(b *bundle.Bundle, c bundle.Component) []string {
	contents := map[string]string{}
	var paths, sums []string
	for _, f := range b.Files {
		path, ok := strings.CutPrefix(f.Path, c.Name+"/")
		if !ok {
			continue
		}
		contents[path] = string(f.Content)
		paths = append(paths, path)
		if path != "checksums.txt" {
			sums = append(sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(f.Content), path))
		}
	}
	want := append(manifestPaths(c), "README.md", "checksums.txt", "scripts/install.sh", "scripts/uninstall.sh", "values.yaml")
	slices.Sort(want)
	var wrong []string
	if !slices.Equal(want, paths) {
		wrong = append(wrong, fmt.Sprintf("files: want %q, got %q", want, paths))
	}
	if got := contents["checksums.txt"]; got != strings.Join(sums, "") {
		wrong = append(wrong, "checksums.txt is not the list of the files' sums:\n"+got)
	}
	for _, path := range want {
		if !strings.Contains(contents["README.md"], path) && path != "README.md" {
			wrong = append(wrong, "README.md does not name "+path)
		}
	}
	for _, path := range []string{"README.md", "scripts/install.sh"} {
		if !strings.Contains(contents[path], c.Version) {
			wrong = append(wrong, path+" does not name the version")
		}
	}
	return wrong
}
