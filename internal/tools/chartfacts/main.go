// SPDX-License-Identifier: Apache-2.0

// Chartfacts writes the data file of package chart for one release of a chart,
// from the chart's unpacked folder:
//
//	go run ./internal/tools/chartfacts -chart DIR -release v26.7.0
//
// What the folder does not say stands in <chart>/releases.json in the out
// directory.
// Equal input gives equal files. What is not understood is an error, and leaves
// the out directory as it was.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
)

type options struct {
	chart, release, crds, out string
}

func main() {
	var o options
	flag.StringVar(&o.chart, "chart", "", "unpacked chart: the folder with Chart.yaml")
	flag.StringVar(&o.release, "release", "", "version of the release that the folder holds")
	flag.StringVar(&o.crds, "crds", "", "folder of CustomResourceDefinitions that the chart itself lacks")
	flag.StringVar(&o.out, "out", "internal/engine/component/data", "data directory of package component")
	flag.Parse()
	if o.chart == "" || o.release == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chartfacts:", err)
		os.Exit(1)
	}
}

func run(o options, log io.Writer) error {
	r, err := read(o)
	if err != nil {
		return err
	}
	text, err := r.render()
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.chart.Name, r.version, err)
	}
	path, err := install(o.out, r.folder, r.version, text)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.chart.Name, r.version, err)
	}
	_, err = fmt.Fprintln(log, "wrote", path)
	return err
}

func read(o options) (r release, err error) {
	rows, err := readTable(o.out)
	if err != nil {
		return r, err
	}
	if r.chart, err = folder.Read(o.chart); err != nil {
		return r, err
	}
	if r.version, r.appVersion, err = r.chart.Released(o.release); err != nil {
		return r, err
	}
	r.folder = rows.folder(r.chart.Name, r.version)
	if r.inTable, r.row, err = rows.find(r.folder, r.version); err != nil {
		return r, err
	}
	r.crds, err = readCRDs(r.chart, o.crds)
	return r, err
}

// install puts a data file in place once the engine has read it.
func install(out, name, version string, text []byte) (string, error) {
	aside, err := os.MkdirTemp(out, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside) //nolint:errcheck // nothing is left to do about it
	written, path := filepath.Join(aside, name, version+".json"), filepath.Join(out, name, version+".json")
	for _, file := range []string{written, path} {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(written, text, 0o644); err != nil {
		return "", err
	}
	release, err := chart.Open(os.DirFS(aside)).Release(name, version)
	if err == nil {
		err = release.Verify()
	}
	if err != nil {
		return "", fmt.Errorf("the engine cannot read the result: %w", err)
	}
	return path, os.Rename(written, path)
}
