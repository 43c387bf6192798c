// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

const (
	tempSuffix = ".eidos-tmp"
	// pathLimit in bytes is below what every system takes for one name.
	pathLimit = 240
	// filesLimit keeps a marker that lists all files twice below markerLimit.
	filesLimit = 5000
)

// tempName returns a name under which a file is written before it takes its place:
// in the same directory, and one that nobody else can have.
func tempName(name string) string {
	return path.Join(path.Dir(name), "."+rand.Text()+tempSuffix)
}

func isTemp(name string) bool {
	base := fold(path.Base(name))
	return strings.HasPrefix(base, ".") && strings.HasSuffix(base, tempSuffix)
}

// isKeeper recognizes files that keep a directory in a repository or that a file
// browser leaves: nobody's content. No bundle has one, and none is removed.
func isKeeper(entry fs.DirEntry) bool {
	return entry.Type().IsRegular() && slices.Contains([]string{".gitkeep", ".gitignore", ".DS_Store"}, entry.Name())
}

// fold maps names that a case-insensitive file system takes for one to the
// same string. Upper case first: some letters have several lower-case forms.
func fold(name string) string {
	return strings.ToLower(strings.ToUpper(name))
}

// validatePath accepts a path that names a file below the output directory on
// every operating system, and neither the marker nor a temporary file.
func validatePath(name string) error {
	switch {
	case !fs.ValidPath(name) || name == ".":
		return fmt.Errorf("path %q is not a slash-separated path of a file below the output directory", name)
	case len(name) > pathLimit:
		return fmt.Errorf("path %q is longer than %d bytes", name, pathLimit)
	case strings.ContainsAny(name, `\:*?"<>|`) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("path %q has a character that is not allowed in file names on every system", name)
	case !filepath.IsLocal(filepath.FromSlash(name)):
		return fmt.Errorf("path %q is reserved by the operating system", name)
	}
	for segment := range strings.SplitSeq(name, "/") {
		if strings.HasSuffix(segment, ".") || strings.HasSuffix(segment, " ") {
			return fmt.Errorf("path %q has a part that ends in a dot or a space, which not every system keeps", name)
		}
		if fold(segment) == MarkerName || isTemp(segment) {
			return fmt.Errorf("path %q uses a name that is reserved for the directory's own bookkeeping", name)
		}
	}
	return nil
}

// validateSums checks remembered or recorded files, path -> sha256.
func validateSums(files map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := validatePath(name); err != nil {
			return err
		}
		if !isSum(files[name]) {
			return fmt.Errorf("path %q has %q in the place of a sha256 in lower-case hex", name, files[name])
		}
	}
	return nil
}

func isSum(text string) bool {
	const hexDigits = "0123456789abcdef"
	return len(text) == 64 && strings.Trim(text, hexDigits) == ""
}

// validateSet checks that the paths can be files of one directory, also where
// the file system takes "A" and "a" for one name.
func validateSet(names []string) error {
	if len(names) > filesLimit {
		return fmt.Errorf("%d files are more than a bundle may have, %d", len(names), filesLimit)
	}
	files := map[string]string{}
	for _, name := range names {
		if err := validatePath(name); err != nil {
			return err
		}
		if other, ok := files[fold(name)]; ok {
			return fmt.Errorf("paths %q and %q name the same file where case does not count", other, name)
		}
		files[fold(name)] = name
	}
	dirs := map[string]string{}
	for _, name := range names {
		for _, dir := range parents(name) {
			if other, ok := files[fold(dir)]; ok {
				return fmt.Errorf("path %q needs a directory where path %q needs a file", name, other)
			}
			if other, ok := dirs[fold(dir)]; ok && other != dir {
				return fmt.Errorf("directories %q and %q differ in case only", other, dir)
			}
			dirs[fold(dir)] = dir
		}
	}
	return nil
}

// parents lists the directories above name inside the output directory, the
// outermost first: "a", "a/b" for "a/b/c".
func parents(name string) []string {
	var dirs []string
	for i, r := range name {
		if r == '/' {
			dirs = append(dirs, name[:i])
		}
	}
	return dirs
}
