// SPDX-License-Identifier: Apache-2.0

package charts

import (
	"fmt"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/util"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	facts "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// maker makes charts from the data.
type maker struct {
	components *component.Set
	known      map[string]definition
}

func newMaker() (*maker, error) {
	components, err := component.Embedded()
	if err != nil {
		return nil, err
	}
	known, err := readDefinitions()
	return &maker{components, known}, err
}

// making is a chart that is being made.
type making struct {
	*maker
	of      *component.Description
	facts   *facts.Release
	release string
	chart   *chart.Chart
	values  map[string]any
}

func (m *maker) chart(name, release string) (*chart.Chart, error) {
	of, err := m.components.Description(name)
	if err != nil {
		return nil, err
	}
	known, err := m.components.Facts.Release(name, release)
	if err != nil {
		return nil, err
	}
	title, _ := of.Source(release)
	c := &making{maker: m, of: of, facts: known, release: release, chart: newChart(title, release), values: map[string]any{}}
	c.chart.Metadata.AppVersion = known.AppVersion
	for _, group := range of.Definitions {
		if err := c.addGroup(group); err != nil {
			return nil, err
		}
	}
	if err := c.addReady(); err != nil {
		return nil, err
	}
	c.addTemplate("values.yaml", c.configMap())
	text, err := yaml.Marshal(c.values)
	c.chart.Raw = []*common.File{{Name: util.ValuesfileName, Data: text}}
	return c.chart, err
}

func newChart(name, version string) *chart.Chart {
	return &chart.Chart{Metadata: &chart.Metadata{APIVersion: chart.APIVersionV2, Name: name, Version: version, Description: "Stands in for a chart in tests."}}
}

// addGroup adds definitions; those that a value switches are a sub-chart's.
func (c *making) addGroup(group component.Definitions) error {
	clause, brought := c.switched(group.When)
	if !brought {
		return nil
	}
	into := c.chart
	if clause != nil {
		into = c.subchart(*clause)
	}
	for _, name := range group.Names {
		known, ok := c.known[name]
		if !ok {
			return fmt.Errorf("definitions.yaml has no %s: say what its manifest says", name)
		}
		if err := c.addDefinition(into, group, name, known); err != nil {
			return err
		}
	}
	return nil
}

// addDefinition adds one to crds/, or to the templates: there it stays when the
// release goes unless the data says, by the chart's defaults, that it does not.
func (c *making) addDefinition(into *chart.Chart, group component.Definitions, name string, known definition) error {
	folder := c.inFolder(group, name)
	var annotations map[string]string
	if !folder && (len(group.Deleted) == 0 || !group.Deleted.Holds(c.standard)) {
		annotations = map[string]string{"helm.sh/resource-policy": "keep"}
	}
	text, err := known.manifest(name, c.release, annotations)
	if folder {
		into.Files = append(into.Files, &common.File{Name: "crds/" + name + ".yaml", Data: text})
	} else {
		into.Templates = append(into.Templates, &common.File{Name: "templates/" + name + ".yaml", Data: text})
	}
	return err
}

// subchart adds one that a value switches on, and the value's default.
func (c *making) subchart(clause component.Clause) *chart.Chart {
	_, _, path := clause.Operand.Parts()
	standard, ok := c.facts.Default(path)
	if !ok && clause.Test == true {
		standard, ok = false, true
	}
	if ok {
		_ = unstructured.SetNestedField(c.values, standard, strings.Split(path, ".")...) // fails for a scalar above, which no chart has
	}
	sub := newChart(fmt.Sprintf("definitions-%d", len(c.chart.Dependencies())), c.release)
	c.chart.Metadata.Dependencies = append(c.chart.Metadata.Dependencies, &chart.Dependency{Name: sub.Name(), Version: c.release, Condition: path})
	c.chart.AddDependency(sub)
	return sub
}

// inFolder reports whether the chart has a definition in crds/.
func (c *making) inFolder(group component.Definitions, name string) bool {
	return c.known[name].CRDs || len(group.Kept) > 0 && group.Kept.Holds(c.env)
}

// switched returns what a value of the chart must be for definitions to come, nil
// where they always do. It is false for those that the chart never brings: what else
// reads the recipe is work of an operator.
func (c *making) switched(when component.Condition) (*component.Clause, bool) {
	for _, alternative := range when {
		if clause, holds := c.onlyValue(alternative); holds {
			return clause, true
		}
	}
	return nil, len(when) == 0
}

// onlyValue takes an alternative's clause about a value; the others must hold.
func (c *making) onlyValue(alternative component.Alternative) (value *component.Clause, holds bool) {
	for _, clause := range alternative {
		if kind, _, _ := clause.Operand.Parts(); kind == component.Value {
			value = &clause
		} else if !(component.Condition{{clause}}).Holds(c.env) {
			return nil, false
		}
	}
	return value, true
}

// env knows the release; there is neither a recipe nor an override.
func (c *making) env(operand component.Operand) (any, bool) {
	switch kind, _, name := operand.Parts(); {
	case kind == component.DraftField && name == "version":
		return c.release, true
	case kind == component.Term:
		return c.components.Term(c.of.Terms, name).Holds(c.env), true
	default:
		return nil, false
	}
}

// standard knows the chart's defaults as well.
func (c *making) standard(operand component.Operand) (any, bool) {
	if kind, _, name := operand.Parts(); kind == component.Value {
		return c.facts.Default(name)
	}
	return c.env(operand)
}

// addReady adds the object that reports readiness where the chart creates it.
func (c *making) addReady() error {
	if !slices.ContainsFunc(c.of.Manifests, func(m component.Manifest) bool { return m.Order == "by_chart" }) {
		return nil
	}
	for _, ready := range c.of.Ready {
		resource, name, _ := strings.Cut(ready.Object, "/")
		known, ok := c.known[resource]
		if !ok {
			return fmt.Errorf("definitions.yaml has no %s", resource)
		}
		c.addTemplate("ready.yaml", fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata:\n  name: %s\nspec: {}\n", known.apiVersion(resource), known.Kind, name))
	}
	return nil
}

func (c *making) addTemplate(name, text string) {
	c.chart.Templates = append(c.chart.Templates, &common.File{Name: "templates/" + name, Data: []byte(text)})
}

// configMap is a template that shows the values, without those that Helm adds for
// sub-charts.
func (c *making) configMap() string {
	values := ".Values"
	for _, sub := range c.chart.Dependencies() {
		values = fmt.Sprintf("(omit %s %q)", values, sub.Name())
	}
	return `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-values
data:
  values.yaml: |
    {{- toYaml ` + values + ` | nindent 4 }}
`
}
