// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// lookup tells what stands at name, itself not followed if it is a link. It is
// nil where nothing does, or where it is reached only through something that
// is not a real directory.
func lookup(root *os.Root, name string) (fs.FileInfo, error) {
	for _, dir := range parents(name) {
		info, err := lstat(root, dir)
		if err != nil || info == nil || !info.IsDir() {
			return nil, err
		}
	}
	return lstat(root, name)
}

func lstat(root *os.Root, name string) (fs.FileInfo, error) {
	info, err := root.Lstat(name)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking at %q: %w", name, err)
	}
	return info, nil
}

// inspect is lookup with the sha256 of a regular file, else an empty sum.
func inspect(root *os.Root, name string) (info fs.FileInfo, sum string, err error) {
	info, err = lookup(root, name)
	if err != nil || info == nil || !info.Mode().IsRegular() {
		return info, "", err
	}
	file, err := root.Open(name)
	if isMissing(err) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading %q: %w", name, err)
	}
	defer release(file)
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return nil, "", fmt.Errorf("reading %q: %w", name, err)
	}
	return info, hex.EncodeToString(hash.Sum(nil)), nil
}

func sumOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
