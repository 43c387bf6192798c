// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// The files of a component that are read again.
const (
	installScript = "scripts/install.sh"
	checksumFile  = "checksums.txt"
)

// ReadComponents returns the components of a bundle from its files by path, as far as
// these say what they are: name, chart, version, namespace, release and manifests,
// those that the chart itself creates among them. Files that are not as they were
// written are an error.
func ReadComponents(files map[string][]byte) ([]Component, error) {
	var components []Component
	var errs []error
	for name := range files {
		folder, file := path.Split(name)
		folder = strings.TrimSuffix(folder, "/")
		if file != checksumFile || folder == "" || strings.Contains(folder, "/") {
			continue
		}
		listed, err := readChecksums(files, folder)
		if listed[installScript] {
			components = append(components, readComponent(files, folder))
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(components) == 0 {
		return nil, fmt.Errorf("there is no component, a folder with %s and %s: write the bundle with its scripts", checksumFile, installScript)
	}
	return components, nil
}

// readChecksums returns the files that the checksums of a folder list. The error joins
// one for each that is not as it was.
func readChecksums(files map[string][]byte, folder string) (listed map[string]bool, err error) {
	listed = map[string]bool{}
	var errs []error
	for lines := bufio.NewScanner(bytes.NewReader(files[folder+"/"+checksumFile])); lines.Scan(); {
		sum, file, _ := strings.Cut(lines.Text(), "  ")
		content, there := files[folder+"/"+file]
		listed[file] = true
		switch {
		case !there:
			errs = append(errs, fmt.Errorf("%s/%s is missing: write the bundle again", folder, file))
		case sum != fmt.Sprintf("%x", sha256.Sum256(content)):
			errs = append(errs, fmt.Errorf("%s/%s is not as it was written: write the bundle again, with overrides for what was edited", folder, file))
		}
	}
	return listed, errors.Join(errs...)
}

// assigned finds what the first lines of a script say about the component.
//
//nolint:gochecknoglobals // compiled once, on first use
var assigned = words.Pattern(`(?m)^readonly (CHART|VERSION|NAMESPACE)='(.*)'$`)

func readComponent(files map[string][]byte, name string) Component {
	c := Component{Name: name, Manifests: map[string]string{}}
	preamble, _, _ := bytes.Cut(files[name+"/"+installScript], []byte("\n\nfail()"))
	for _, match := range assigned().FindAllSubmatch(preamble, -1) {
		value := strings.ReplaceAll(string(match[2]), `'\''`, "'")
		switch string(match[1]) {
		case "CHART":
			c.Chart, c.ReleaseName = strings.TrimSuffix(path.Base(value), ".tgz"), name
		case "VERSION":
			c.Version = value
		case "NAMESPACE":
			c.Namespace = value
		}
	}
	for file, content := range files {
		if manifest, ok := strings.CutPrefix(file, name+"/"); ok && path.Dir(manifest) == "manifests" {
			c.Manifests[manifest] = string(content)
		}
	}
	return c
}
