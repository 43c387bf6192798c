// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/folder"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/policy"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/usage"
)

// release is all that is known of a chart's release before it is written down.
type release struct {
	chart               *folder.Chart
	version, appVersion string
	folder              string // of its facts
	crds                crds
	inTable             chartRow
	row                 releaseRow
}

func (r release) render() ([]byte, error) {
	use, found, err := readUsage(r.chart)
	if err != nil {
		return nil, err
	}
	policyMap, err := r.clusterPolicy()
	if err != nil {
		return nil, err
	}
	at := places{active: condition.Always(), kinds: r.kinds(found.Kinds)}
	if policyMap != nil {
		at.policy = policyMap.Fields
	}
	own := setting{own: maybe{r.chart.Values, true}, use: use, above: condition.Always(), schema: r.chart.Schema}
	values, err := valueLines(own, at, r.row.NotNull[""], r.notValues(use)...)
	if err != nil {
		return nil, err
	}
	subcharts, err := r.subchartLines(use, at)
	if err != nil {
		return nil, err
	}
	sections := []member{
		{"chart", r.chart.Name},
		{"version", r.version},
	}
	if r.row.Candidate {
		sections = append(sections, member{"candidate", true})
	}
	sections = append(sections, member{"appVersion", r.appVersion}, member{"kubeVersion", r.chart.KubeVersion}, member{"kubernetes", *r.row.Kubernetes}, member{"read", r.row.Read})
	if len(r.row.Systems) > 0 {
		sections = append(sections, member{"systems", r.systems()})
	}
	sections = append(sections, member{"values", values}, member{"subcharts", subcharts})
	if len(at.kinds) > 0 {
		sections = append(sections, member{"renders", conditionLines(at.kinds)})
	}
	if len(found.Failures) > 0 {
		sections = append(sections, member{"refusals", refusals(found.Failures)})
	}
	if len(r.row.Images) > 0 {
		images, err := r.images()
		if err != nil {
			return nil, err
		}
		sections = append(sections, member{"images", images})
	}
	if policyMap != nil {
		sections = append(sections, member{"clusterPolicy", policyLines(policyMap)})
	}
	objects, err := r.crds.objectLines(r.inTable.Objects, r.row.Lacks)
	return encode(append(sections, member{"objects", objects})), err
}

// kinds are the custom resources that the templates write and whose schema the
// data holds.
func (r release) kinds(written map[string]condition.Condition) map[string]condition.Condition {
	out := maps.Clone(written)
	maps.DeleteFunc(out, func(kind string, _ condition.Condition) bool {
		return !slices.Contains(r.inTable.Objects, kind) || slices.Contains(r.row.Lacks, kind)
	})
	return out
}

func conditionLines(kinds map[string]condition.Condition) []member {
	var out []member
	for _, kind := range sortedKeys(kinds) {
		out = append(out, member{kind, kinds[kind].String()})
	}
	return out
}

// refusals are the conditions under which the templates fail on purpose.
func refusals(failures []usage.Failure) []any {
	var out []any
	for _, f := range failures {
		out = append(out, []member{{"when", f.When.String()}, {"message", f.Message}})
	}
	return out
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
// chart's own. What sub-charts alone read below global stands with them.
func (r release) notValues(use *usage.Key) []string {
	names := sortedKeys(r.chart.Subcharts)
	if !use.At(global).Live() {
		names = append(names, global)
	}
	return names
}

const global = "global"

// readUsage finds out which values the templates of a chart and its sub-charts
// read. A sub-chart's values stand in its parent's, below its name.
func readUsage(parent *folder.Chart) (*usage.Key, *usage.Findings, error) {
	root := &usage.Key{}
	charts := []usage.Chart{{Name: parent.Name, Values: root, Files: parent.Templates, Assets: parent.Assets}}
	for _, name := range sortedKeys(parent.Subcharts) {
		sub := parent.Subcharts[name]
		charts = append(charts, usage.Chart{Name: name, Values: root.Member(name), Files: sub.Templates, Assets: sub.Assets, When: switchOf(parent, name)})
	}
	found, err := usage.Read(charts...)
	if err != nil {
		return nil, nil, err
	}
	for _, dependency := range parent.Dependencies {
		for _, key := range dependency.Switches() {
			root.Use(strings.Split(key, ".")...)
		}
		for _, tag := range dependency.Tags {
			root.Use("tags", tag)
		}
	}
	return root, found, nil
}

// switchOf is when Helm renders the templates of a sub-chart.
func switchOf(parent *folder.Chart, name string) condition.Condition {
	for _, d := range parent.Dependencies {
		if d.Name == name || d.Alias == name {
			return isOn(d.Switches())
		}
	}
	return condition.Always()
}

// isOn is when switches let a sub-chart be. Only a false turns it off, and the first
// one that is not null decides, whatever the others say.
func isOn(switches []string) condition.Condition {
	if len(switches) == 0 {
		return condition.Always()
	}
	first, others := switches[0], switches[1:]
	if len(others) == 0 {
		return condition.Equals(first, "false").Not()
	}
	return condition.Set(first).Or(condition.Equals(first, "null").And(isOn(others)))
}

func (r release) subchartLines(use *usage.Key, at places) ([]member, error) {
	for name := range r.row.NotNull {
		if name != "" && r.chart.Subcharts[name] == nil {
			return nil, fmt.Errorf("%s: notNull names %q, which is not a sub-chart", chart.TableName, name)
		}
	}
	var out []member
	for _, name := range sortedKeys(r.chart.Subcharts) {
		sub := r.chart.Subcharts[name]
		if len(sub.Subcharts) > 0 {
			return nil, fmt.Errorf("the sub-chart %s has sub-charts of its own, which the data cannot hold", name)
		}
		parent := maybe{r.chart.Values, true}
		at.prefix, at.active = name+".", switchOf(r.chart, name)
		root := setting{own: maybe{sub.Values, true}, given: parent.member(name), use: use.At(name), above: at.active, schema: sub.Schema}
		lines, err := valueLines(root, at, r.row.NotNull[name])
		if err != nil {
			return nil, fmt.Errorf("sub-chart %s: %w", name, err)
		}
		itself := "map"
		if when := at.active.String(); when != "" {
			itself += "; when " + when
		}
		lines = slices.Insert(lines, 0, member{"", itself})
		out = append(out, member{name, lines})
	}
	return out, nil
}

// images are those that the table names. Where the chart's values say the
// repository, both have to agree.
func (r release) images() ([]member, error) {
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
	return out, nil
}

// clusterPolicy is nil for a chart that renders none.
func (r release) clusterPolicy() (*policy.Map, error) {
	for _, path := range sortedKeys(r.chart.Templates) {
		trees, err := usage.Parse(path, r.chart.Templates[path])
		if err != nil {
			return nil, err
		}
		if tree := trees[path]; tree != nil && policy.Renders(tree) {
			return policy.Read(tree)
		}
	}
	return nil, nil
}

func policyLines(read *policy.Map) []member {
	fields := make([]any, len(read.Fields))
	for i, field := range read.Fields {
		fields[i] = field
	}
	return []member{{"when", read.When}, {"fields", fields}}
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
