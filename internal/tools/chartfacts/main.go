// SPDX-License-Identifier: Apache-2.0

// Chartfacts writes the data files of package chart from descriptions of the
// charts: their values keys, custom resource schemas, and the like.
//
//	go run ./internal/tools/chartfacts -source DIR -out internal/engine/bundle/chart/data
//
// DIR holds chart-keys, subchart-keys, crd-schemas, clusterpolicy-map,
// nicclusterpolicy-images.json and null-breaks-helm.json. What those do not
// say stands in releases.json in the out directory, which also lists the
// releases to write. Equal input gives equal files; a shape that is not known
// is an error.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/chart"
)

func main() {
	source := flag.String("source", "", "directory of the charts' descriptions")
	out := flag.String("out", "", "data directory of package chart, with releases.json")
	flag.Parse()
	if *source == "" || *out == "" {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*source, *out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chartfacts:", err)
		os.Exit(1)
	}
}

// run renders every release before it writes the first, so that an error
// leaves the out directory as it was.
func run(source, out string, log io.Writer) error {
	var table map[string]chartRow
	if err := readJSON(filepath.Join(out, "releases.json"), &table); err != nil {
		return err
	}
	files := map[string][]byte{}
	for name, row := range table {
		for version, release := range row.Releases {
			text, err := render(source, name, version, row, release)
			if err != nil {
				return fmt.Errorf("%s %s: %w", name, version, err)
			}
			files[filepath.Join(name, version+".json")] = text
		}
	}
	for name, text := range files {
		path := filepath.Join(out, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return verify(out, table, log)
}

// verify reads back what was written, as the engine does.
func verify(out string, table map[string]chartRow, log io.Writer) error {
	facts := chart.Open(os.DirFS(out))
	for _, name := range sortedKeys(table) {
		for _, version := range sortedKeys(table[name].Releases) {
			if _, err := facts.Release(name, version); err != nil {
				return fmt.Errorf("reading back: %w", err)
			}
			if _, err := fmt.Fprintln(log, name, version); err != nil {
				return err
			}
		}
	}
	return nil
}
