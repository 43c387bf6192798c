// SPDX-License-Identifier: Apache-2.0

package attest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// checksumsName is the file at the top of a bundle that lists all others.
const checksumsName = "checksums.txt"

// maxText bounds checksums and statements, in bytes. A bundle has a few dozen files.
const maxText = 8 << 20

// Result is what is known of a bundle in a directory.
type Result struct {
	Files int // whose checksums were looked at
	// Problems say which files are not as the bundle was written, and what is wrong
	// with its statement.
	Problems []string
	Signed   bool       // there is a statement
	Signer   *PublicKey // of the keys, the one that has signed it; nil for none
	KeyIDs   []string   // that the statement names, which proves nothing
	Catalog  string     // that the statement names
	Eidos    string     // the version that the statement names
}

// Verify checks the files of a bundle against its checksums, and, where it has a
// statement, them against that and the statement against the keys. The error says that
// there is no bundle, or that it cannot be read.
func Verify(dir string, keys []*PublicKey) (*Result, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only read
	text, err := read(root, checksumsName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &NoBundleError{Dir: dir}
	}
	if err != nil {
		return nil, err
	}
	listed, err := parseChecksums(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", checksumsName, err)
	}
	r := &Result{Files: len(listed)}
	if err := r.files(root, listed); err != nil {
		return nil, err
	}
	listed[checksumsName] = sum(text)
	envelope, err := read(root, StatementName)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(keys) > 0 {
			r.problem("%s is missing: the bundle is not signed", StatementName)
		}
	case err != nil:
		return nil, err
	default:
		r.Signed = true
		r.statement(envelope, listed, keys)
	}
	return r, nil
}

// NoBundleError says that a directory holds no bundle that can be verified.
type NoBundleError struct{ Dir string }

func (e *NoBundleError) Error() string {
	return fmt.Sprintf("%s has no %s at its top, so it is not the directory of a bundle, or one of an older eidos, whose folders have checksums of their own", e.Dir, checksumsName)
}

func (r *Result) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func read(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(file, maxText+1))
	if err == nil && len(text) > maxText {
		err = fmt.Errorf("%s has more than %d MiB", name, maxText>>20)
	}
	return text, err
}

// parseChecksums reads what sha256sum writes.
func parseChecksums(text []byte) (map[string]string, error) {
	files := map[string]string{}
	for i, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
		digest, name, ok := strings.Cut(string(line), "  ")
		if _, err := hex.DecodeString(digest); !ok || err != nil || len(digest) != hex.EncodedLen(sha256.Size) || !fs.ValidPath(name) {
			return nil, fmt.Errorf("line %d is not a checksum and a path below the bundle", i+1)
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("line %d: %s is listed twice", i+1, words.Quote(name))
		}
		files[name] = digest
	}
	return files, nil
}

// files compares what is in the directory with what is listed. A file that nobody
// listed is a problem: a tool that reads a folder would apply it.
func (r *Result) files(root *os.Root, listed map[string]string) error {
	seen := map[string]bool{}
	err := fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		want, isListed := listed[name]
		switch {
		case entry.IsDir() && name == ".git":
			return fs.SkipDir
		case entry.IsDir() && !isListed, !isListed && isKeeper(name):
			return nil
		case !isListed:
			r.problem("%s is not listed in %s", words.Quote(name), checksumsName)
			return nil
		case !entry.Type().IsRegular():
			seen[name] = true
			r.problem("%s is not a file", words.Quote(name))
			return nil
		}
		seen[name] = true
		got, err := sumOf(root, name)
		if err == nil && got != want {
			r.problem("%s has been changed", words.Quote(name))
		}
		return err
	})
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if !seen[name] {
			r.problem("%s is missing", words.Quote(name))
		}
	}
	return err
}

// isKeeper recognizes files next to a bundle that no tool applies.
func isKeeper(name string) bool {
	return slices.Contains([]string{checksumsName, StatementName, outdir.MarkerName, ".git", ".gitignore", ".gitattributes", ".gitkeep", ".DS_Store"}, name)
}

func sumOf(root *os.Root, name string) (string, error) {
	file, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // only read
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// statement holds the signed statement against checksums and keys.
func (r *Result) statement(text []byte, listed map[string]string, keys []*PublicKey) {
	e, err := parseEnvelope(text)
	if err != nil {
		r.problem("%s is not a signed statement: %v", StatementName, err)
		return
	}
	r.KeyIDs = e.ids()
	if r.Signer = e.signer(keys); r.Signer == nil && len(keys) > 0 {
		r.problem("%s is not signed by a key that was given", StatementName)
	}
	s, files, err := parseStatement(e.Payload)
	if err != nil {
		r.problem("%s: %v", StatementName, err)
		return
	}
	r.Catalog, r.Eidos = s.Predicate.Catalog, s.Predicate.Eidos
	if !maps.Equal(files, listed) {
		r.problem("%s is about other files than %s lists: it is the statement of another bundle", StatementName, checksumsName)
	}
}
