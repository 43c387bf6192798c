// SPDX-License-Identifier: Apache-2.0

package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Folder is a directory of archives with an index, as `helm repo index` writes it.
type Folder struct {
	dir   string
	index index
}

// OpenFolder reads the index of a directory.
func OpenFolder(dir string) (*Folder, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	text, err := readBelow(dir, "index.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("it has no index.yaml, which says the digest of each chart: run helm repo index on the directory where the charts were pulled")
	}
	if err != nil {
		return nil, err
	}
	all, err := parseIndex(text)
	return &Folder{dir, all}, err
}

// Chart returns the archive of a release. That the index has no digest of it, or
// another one, is an error, and so is an archive of another chart or release.
func (f *Folder) Chart(name, release string) ([]byte, error) {
	address, digest, err := f.index.find(name, release)
	if err != nil {
		return nil, fmt.Errorf("%w: run helm pull for it, and then helm repo index again", err)
	}
	at, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the index names no file of the chart %s: %w", name, err)
	}
	file := at.Path
	if at.Host != "" { // helm repo index --url
		file = path.Base(file)
	}
	data, err := readBelow(f.dir, file)
	switch {
	case err != nil:
		return nil, err
	case digest == "":
		return nil, fmt.Errorf("the index has no digest of %s: run helm repo index again", file)
	}
	if err := checkDigest(data, digest); err != nil {
		return nil, fmt.Errorf("%s: %w. Somebody has changed it since: pull it again", file, err)
	}
	return data, checkChart(data, file, name, release)
}

// checkChart fails unless an archive is of a release of a chart.
func checkChart(data []byte, file, name, release string) error {
	files, err := unpack(data, chartFile())
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var chart struct{ Name, Version string }
	if len(files) != 1 || yaml.Unmarshal(files[0].Text, &chart) != nil {
		return fmt.Errorf("%s: the archive is not a chart: it has no Chart.yaml", file)
	}
	if chart.Name != name || !version.SameRelease(chart.Version, release) {
		return fmt.Errorf("%s is the chart %s %s, not %s %s", file, words.Quote(chart.Name), words.Quote(chart.Version), name, release)
	}
	return nil
}

//nolint:gochecknoglobals // compiled once, on first use
var chartFile = words.Pattern(`^Chart\.yaml$`)

// readBelow reads a file of a directory, and none outside it.
func readBelow(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // only read
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxDownload {
		return nil, fmt.Errorf("%s is not a file of at most %d MiB", name, maxDownload>>20)
	}
	return root.ReadFile(name)
}
