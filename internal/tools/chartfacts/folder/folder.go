// SPDX-License-Identifier: Apache-2.0

// Package folder reads an unpacked Helm chart and the sub-charts in it.
package folder

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// Chart is an unpacked chart.
type Chart struct {
	Metadata
	Values    map[string]any    // of values.yaml, read as Helm does
	Schema    ValuesSchema      // values.schema.json
	Templates map[string]string // by path below the chart
	CRDs      map[string]string // the files below crds, by path
	Assets    map[string]string // what templates may read as .Files, by path
	Subcharts map[string]*Chart // by the name under which the chart gives them values
}

// Read reads the chart in a directory. Sub-charts are folders or .tgz archives
// below charts.
func Read(dir string) (*Chart, error) {
	if _, err := os.Stat(filepath.Join(dir, "Chart.yaml")); err != nil {
		return nil, fmt.Errorf("%s is not a chart folder: %w; name the unpacked folder that holds Chart.yaml", dir, err)
	}
	all, err := readFiles(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", dir, err)
	}
	chart, err := parse(all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return chart, nil
}

// files is the content of a chart by slash-separated path.
type files map[string]string

func readFiles(fsys fs.FS) (files, error) {
	all := files{}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		all[name] = string(text)
		return err
	})
	return all, err
}

// below is the files in a folder, by path below it.
func (f files) below(folder string) files {
	out := files{}
	for name, text := range f {
		if rest, ok := strings.CutPrefix(name, folder+"/"); ok {
			out[rest] = text
		}
	}
	return out
}

// manifests is the files that Helm takes for objects.
func (f files) manifests() files {
	maps.DeleteFunc(f, func(name, _ string) bool { return !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)) })
	return f
}

// assets is the files that Helm has no use of its own for.
func (f files) assets() files {
	out := maps.Clone(f)
	maps.DeleteFunc(out, func(name, _ string) bool {
		folder, _, _ := strings.Cut(name, "/")
		return slices.Contains([]string{"templates", "charts", "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json"}, folder)
	})
	return out
}

func parse(all files) (*Chart, error) {
	text, ok := all["Chart.yaml"]
	if !ok {
		return nil, errors.New("no Chart.yaml: this is not a chart")
	}
	metadata, err := parseMetadata(text)
	if err != nil {
		return nil, fmt.Errorf("reading Chart.yaml: %w", err)
	}
	chart := &Chart{Metadata: metadata, Templates: all.below("templates"), CRDs: all.below("crds").manifests(), Assets: all.assets()}
	if chart.Values, err = parseValues(all["values.yaml"]); err != nil {
		return nil, fmt.Errorf("reading values.yaml: %w", err)
	}
	if chart.Schema, err = parseSchema(all["values.schema.json"]); err != nil {
		return nil, fmt.Errorf("reading values.schema.json: %w", err)
	}
	chart.Subcharts, err = chart.parseSubcharts(all.below("charts"))
	return chart, err
}

func parseValues(text string) (map[string]any, error) {
	if strings.TrimSpace(text) == "" {
		return map[string]any{}, nil
	}
	root, err := document.Parse(context.Background(), []byte(text))
	if err != nil {
		return nil, err
	}
	return root.Tree()
}

func (c *Chart) parseSubcharts(all files) (map[string]*Chart, error) {
	subcharts := map[string]*Chart{}
	for name := range all {
		sub, err := parseSubchart(all, name)
		if err != nil {
			return nil, fmt.Errorf("charts/%s: %w", name, err)
		}
		if sub != nil {
			subcharts[sub.Name] = sub
		}
	}
	for _, dependency := range c.Dependencies {
		sub := subcharts[dependency.Name]
		if sub == nil {
			return nil, fmt.Errorf("the sub-chart %s is missing below charts; run: helm dependency build", dependency.Name)
		}
		if dependency.Alias != "" {
			delete(subcharts, dependency.Name)
			subcharts[dependency.Alias] = sub
		}
	}
	return subcharts, nil
}

// parseSubchart parses the chart that a file below charts stands for: an archive,
// or the folder whose Chart.yaml it is. It is nil for any other file.
func parseSubchart(all files, name string) (*Chart, error) {
	folder, file, nested := strings.Cut(name, "/")
	switch {
	case file == "Chart.yaml":
		return parse(all.below(folder))
	case !nested && path.Ext(name) == ".tgz":
		return parseArchive(all[name])
	default:
		return nil, nil
	}
}

// largestArchive bounds what is unpacked from a sub-chart's archive, in bytes.
const largestArchive = 64 << 20

// parseArchive reads a packed chart: its files lie below one folder.
func parseArchive(text string) (*Chart, error) {
	unzipped, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	all := files{}
	limited := &io.LimitedReader{R: unzipped, N: largestArchive}
	archive := tar.NewReader(limited)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return parse(all)
		}
		if err != nil {
			return nil, fmt.Errorf("unpacking (at most %d bytes): %w", largestArchive, err)
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return nil, fmt.Errorf("unpacking %s (at most %d bytes): %w", header.Name, largestArchive, err)
		}
		_, name, _ := strings.Cut(header.Name, "/")
		all[name] = string(content)
	}
}
