// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/policy"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// release is all that is known of a chart's release before it is written down.
type release struct {
	chart               *folder.Chart
	version, appVersion string
	crds                crds
	inTable             chartRow
	row                 releaseRow
}

func (r release) render() ([]byte, error) {
	use, err := readUsage(r.chart)
	if err != nil {
		return nil, err
	}
	values, err := valueLines(setting{own: maybe{r.chart.Values, true}, use: use, types: r.chart.Types}, r.row.NotNull[""], r.notValues()...)
	if err != nil {
		return nil, err
	}
	subcharts, err := r.subchartLines(use)
	if err != nil {
		return nil, err
	}
	sections := []member{
		{"chart", r.chart.Name},
		{"version", r.version},
		{"appVersion", r.appVersion},
		{"kubeVersion", r.chart.KubeVersion},
		{"kubernetes", *r.row.Kubernetes},
	}
	if len(r.row.Systems) > 0 {
		sections = append(sections, member{"systems", r.systems()})
	}
	sections = append(sections, member{"values", values}, member{"subcharts", subcharts})
	for _, section := range []func() (*member, error){r.images, r.clusterPolicy, r.objects} {
		m, err := section()
		if err != nil {
			return nil, err
		}
		if m != nil {
			sections = append(sections, *m)
		}
	}
	return encode(sections), nil
}

func (r release) systems() []member {
	var out []member
	for _, os := range sortedKeys(r.row.Systems) {
		var versions []any
		for _, version := range r.row.Systems[os] {
			versions = append(versions, version)
		}
		out = append(out, member{os, versions})
	}
	return out
}

// notValues names what stands at the top of the values without being the
// chart's own.
func (r release) notValues() []string {
	return append(sortedKeys(r.chart.Subcharts), "global")
}

// readUsage finds out which values the templates of a chart and its sub-charts
// read. A sub-chart's values stand in its parent's, below its name.
func readUsage(parent *folder.Chart) (*usage.Key, error) {
	root := &usage.Key{}
	charts := []usage.Chart{{Name: parent.Name, Values: root, Files: parent.Templates}}
	for _, name := range sortedKeys(parent.Subcharts) {
		charts = append(charts, usage.Chart{Name: name, Values: root.Member(name), Files: parent.Subcharts[name].Templates})
	}
	if err := usage.Read(charts...); err != nil {
		return nil, err
	}
	for _, dependency := range parent.Dependencies {
		for _, condition := range strings.FieldsFunc(dependency.Condition, func(r rune) bool { return r == ',' }) {
			root.Use(strings.Split(condition, ".")...)
		}
		for _, tag := range dependency.Tags {
			root.Use("tags", tag)
		}
	}
	return root, nil
}

func (r release) subchartLines(use *usage.Key) ([]member, error) {
	for name := range r.row.NotNull {
		if name != "" && r.chart.Subcharts[name] == nil {
			return nil, fmt.Errorf("%s: notNull names %q, which is no sub-chart", chart.TableName, name)
		}
	}
	var out []member
	for _, name := range sortedKeys(r.chart.Subcharts) {
		sub := r.chart.Subcharts[name]
		if len(sub.Subcharts) > 0 {
			return nil, fmt.Errorf("the sub-chart %s has sub-charts of its own, which the data cannot hold", name)
		}
		parent := maybe{r.chart.Values, true}
		root := setting{own: maybe{sub.Values, true}, given: parent.member(name), use: use.At(name), types: sub.Types}
		lines, err := valueLines(root, r.row.NotNull[name])
		if err != nil {
			return nil, fmt.Errorf("sub-chart %s: %w", name, err)
		}
		out = append(out, member{name, lines})
	}
	return out, nil
}

// images is nil where the table names none. Where the chart's values say the
// repository, both have to agree.
func (r release) images() (*member, error) {
	if len(r.row.Images) == 0 {
		return nil, nil
	}
	var out []member
	for _, component := range sortedKeys(r.row.Images) {
		values := maybe{r.chart.Values, true}
		for _, name := range strings.Split(component, ".") {
			values = values.member(name)
		}
		if repository, ok := values.member("repository").value.(string); ok && !strings.HasPrefix(r.row.Images[component], repository) {
			return nil, fmt.Errorf("%s: the image of %s is %s, but the chart takes it from %s", chart.TableName, component, r.row.Images[component], repository)
		}
		out = append(out, member{component, r.row.Images[component]})
	}
	return &member{"images", out}, nil
}

// clusterPolicy is nil for a chart that renders none.
func (r release) clusterPolicy() (*member, error) {
	for _, path := range sortedKeys(r.chart.Templates) {
		trees, err := usage.Parse(path, r.chart.Templates[path])
		if err != nil {
			return nil, err
		}
		tree := trees[path]
		if tree == nil || !policy.Renders(tree) {
			continue
		}
		read, err := policy.Read(tree)
		if err != nil {
			return nil, err
		}
		fields := make([]any, len(read.Fields))
		for i, field := range read.Fields {
			fields[i] = field
		}
		return &member{"clusterPolicy", []member{{"when", read.When}, {"fields", fields}}}, nil
	}
	return nil, nil
}

func (r release) objects() (*member, error) {
	lines, err := r.crds.objectLines(r.inTable.Objects, r.row.Lacks)
	return &member{"objects", lines}, err
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
