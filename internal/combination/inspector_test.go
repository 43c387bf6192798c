// SPDX-License-Identifier: Apache-2.0

package combination_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/combination"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// inspector checks rendered bundles. Points share most of their texts, so each
// text is read and checked against the chart's facts once.
type inspector struct {
	facts  *chart.Facts
	errors []string // rules that never may be a finding of what was rendered
	texts  sync.Map // of checked, by key
}

func newInspector() *inspector {
	i := &inspector{facts: component.Facts()}
	for _, rule := range bundle.NewRenderer().Rules() {
		if rule.Severity == bundle.SeverityError {
			i.errors = append(i.errors, rule.Name)
		}
	}
	return i
}

// neverFindings are warnings that nothing of the catalog's own may cause.
func neverFindings() []string {
	return []string{"component-not-rendered", "dead-value", "kubernetes-version-unknown", "unknown-recipe-key", "unknown-rule", "version-without-facts"}
}

// inspect returns what is wrong with the bundle of an outcome.
func (i *inspector) inspect(o combination.Outcome) []string {
	var wrong []string
	for _, f := range o.Bundle.Findings {
		if slices.Contains(i.errors, f.Rule) || slices.Contains(neverFindings(), f.Rule) {
			wrong = append(wrong, fmt.Sprintf("finding %s at %s: %s", f.Rule, f.Path, f.Message))
		}
	}
	for _, c := range o.Bundle.Components {
		release, err := i.facts.Release(c.Chart, c.Version)
		if err != nil {
			wrong = append(wrong, err.Error())
			continue
		}
		component := inspected{Component: c, release: release, point: o.Point}
		component.read(i)
		for _, w := range slices.Concat(component.wrong, component.inspect(), inspectFiles(o.Bundle, c)) {
			wrong = append(wrong, c.Name+" "+c.Version+": "+w)
		}
	}
	return wrong
}

// inspected is one rendered component, taken apart.
type inspected struct {
	bundle.Component
	release *chart.Release
	point   combination.Point
	values  map[string]any
	objects map[string]map[string]any // by path
	policy  map[string]any            // the ClusterPolicy, nil where there is none
	wrong   []string
}

// checked is a text that was read, and what is wrong with it.
type checked struct {
	tree  map[string]any
	wrong []string
}

// read parses and checks the component's texts.
func (c *inspected) read(i *inspector) {
	c.values = c.check(i, "values.yaml", c.Values, c.release.CheckValues)
	c.objects = map[string]map[string]any{}
	for path, text := range c.Manifests {
		c.objects[path] = c.check(i, path, text, c.checkObject)
	}
	for path, text := range c.ChartManifests {
		c.policy = c.check(i, path, text, c.release.CheckObject)
		found := i.once(c.Version+"\x00"+c.Values+"\x00"+text, func() checked { return checked{wrong: c.inspectPolicy()} })
		c.wrong = append(c.wrong, found.wrong...)
	}
}

// check reads a text and finds its problems, unless another point had the same.
func (c *inspected) check(i *inspector, path, text string, find func(map[string]any) []chart.Problem) map[string]any {
	key := strings.Join([]string{c.Name, c.Version, path, text}, "\x00")
	result := i.once(key, func() checked { return checkText(path, text, find) })
	c.wrong = append(c.wrong, result.wrong...)
	return result.tree
}

// once returns what was found for a key before, or else finds it.
func (i *inspector) once(key string, find func() checked) checked {
	known, ok := i.texts.Load(key)
	if !ok {
		known, _ = i.texts.LoadOrStore(key, find())
	}
	return known.(checked)
}

func checkText(path, text string, find func(map[string]any) []chart.Problem) checked {
	root, err := document.Parse([]byte(text))
	if err != nil {
		return checked{wrong: []string{path + ": " + err.Error()}}
	}
	tree, err := root.Tree()
	if err != nil {
		return checked{wrong: []string{path + ": " + err.Error()}}
	}
	var wrong []string
	for _, p := range find(tree) {
		wrong = append(wrong, path+": "+p.String())
	}
	return checked{tree, wrong}
}

// checkObject checks a custom resource against the release's schema. Built-in
// kinds have none; what the bundlers write of them is the ones of builtIn.
func (c *inspected) checkObject(object map[string]any) []chart.Problem {
	kind, _ := object["kind"].(string)
	if !slices.Contains(builtIn(), kind) {
		return c.release.CheckObject(object)
	}
	if object["apiVersion"] != "v1" {
		return []chart.Problem{{Path: "apiVersion", Kind: chart.Enum, Message: "is not v1"}}
	}
	return nil
}

func builtIn() []string { return []string{"ConfigMap", "Namespace", "ResourceQuota"} }

// kinds lists the kinds of the objects beside the chart, sorted.
func (c *inspected) kinds() []string {
	var kinds []string
	for _, object := range c.objects {
		kind, _ := object["kind"].(string)
		kinds = append(kinds, kind)
	}
	return slices.Sorted(slices.Values(kinds))
}

// manifestPaths lists the paths of everything below manifests/.
func manifestPaths(c bundle.Component) []string {
	return slices.Sorted(maps.Keys(mapsMerged(c.Manifests, c.ChartManifests)))
}

func mapsMerged(a, b map[string]string) map[string]string {
	merged := maps.Clone(a)
	maps.Copy(merged, b)
	return merged
}

// inspect checks what only a kind of component has.
func (c *inspected) inspect() []string {
	switch c.Name {
	case "gpu-operator":
		return c.inspectGPUOperator()
	case "network-operator":
		return c.inspectNetworkOperator()
	case "nvidia-dra-driver-gpu":
		return c.inspectDRADriver()
	case "aws-efa-k8s-device-plugin":
		return c.inspectEFAPlugin()
	default:
		return nil
	}
}
