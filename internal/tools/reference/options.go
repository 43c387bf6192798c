// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// options shows what intents and options change: bundles with and without them are
// rendered, and compared.
func (e engine) options() (string, error) {
	p := newPage("Intents and options", "What each intent and each option of a recipe changes, found by rendering bundles with and without it.")
	queries, err := e.platformQueries()
	if err != nil {
		return "", err
	}
	plain := e.render(queries)
	p.paragraph("Found by rendering bundles for every service, operating system and GPU of the [compatibility page](compatibility.md#platforms) on Kubernetes " + queries[0].K8s + ", with and without an intent or an option, and comparing them. " +
		"`terraform plan` and `eidos bundle --diff` show what changes on your cluster, with everything that you set.")
	samples := representative(plain)
	p.section("Intents")
	p.paragraph("`intent` says what the cluster is for. Without one a recipe has what holds for any workload.")
	for _, intent := range e.catalog.Values("intent") {
		var meant []document.Query
		for _, b := range plain {
			q := b.query
			q.Intent = intent
			meant = append(meant, q)
		}
		with := e.render(meant)
		if len(with) < len(plain) {
			return "", fmt.Errorf("the intent %s is refused where none is not", intent)
		}
		if err := p.intent(intent, plain, with); err != nil {
			return "", err
		}
		samples = append(samples, others(plain, with)...)
	}
	all, err := e.set.Options()
	if err != nil {
		return "", err
	}
	p.section("Options")
	p.paragraph("`options` of `eidos_recipe`, of the function `recipe` and of the module, and `--option NAME=VALUE` of the command. Of each value the page shows one platform on which it changes something; a value without a row is what recipes have already, or does its work together with others.")
	for _, option := range all {
		if err := e.option(p, option, samples); err != nil {
			return "", fmt.Errorf("option %s: %w", option.Name(), err)
		}
	}
	return p.String(), nil
}

// intent shows what an intent changes, and on which platforms.
func (p *page) intent(name string, plain, with []platformBundle) error {
	places := map[string][]document.Query{}
	var queries []document.Query
	for i, before := range plain {
		queries = append(queries, before.query)
		changes, err := before.changes(with[i])
		if err != nil {
			return err
		}
		for _, change := range changes {
			places[change] = append(places[change], before.query)
		}
	}
	var rows [][]string
	for _, change := range slices.Sorted(maps.Keys(places)) {
		rows = append(rows, []string{change, together(places[change], queries)})
	}
	p.printf("\n### %s\n", name)
	if len(rows) == 0 {
		p.paragraph("Nothing that is installed: its values are those that recipes have without an intent.")
		return nil
	}
	p.table([]string{"Changes", "Where"}, rows)
	return nil
}

// option shows for each value of an option what it changes on the first platform on
// which it does.
func (e engine) option(p *page, option component.Key, on []platformBundle) error {
	p.printf("\n### %s\n", option.Name())
	p.paragraph(option.About)
	var rows [][]string
	for _, value := range examples(option) {
		row, err := e.firstChange(option, value, on)
		if err != nil {
			return err
		}
		if row != nil {
			rows = append(rows, row)
		}
	}
	if len(rows) > 0 {
		p.table([]string{"Value", "On", "Changes"}, rows)
		return nil
	}
	ends, err := e.endsUpIn(option.Key)
	if err == nil {
		p.paragraph("None of these bundles changes by it alone. It is read by: " + ends + ".")
	}
	return err
}

// examples are values that an option takes.
func examples(option component.Key) []string {
	if values := option.Values(); values != nil {
		return values
	}
	switch option.Type {
	case component.CIDR:
		return []string{"192.168.0.0/16"}
	case component.Directory:
		return []string{"/opt/example"}
	case component.ModuleParameters:
		return []string{"NVreg_EnableStreamMemOPs=1"}
	case component.ProxyURL:
		return []string{"http://proxy.example.com:3128"}
	default:
		return []string{"example"}
	}
}

func (e engine) firstChange(option component.Key, value string, on []platformBundle) (row []string, err error) {
	path := option.Path()
	for _, before := range on {
		if before.recipe.Measurements.Text(path.Type, path.Subtype, path.Key) == value {
			continue
		}
		after, err := e.platformBundle(before.query, map[string]string{option.Name(): value})
		if err != nil || after.bundle.SHA256 == before.bundle.SHA256 {
			continue // refused there, or the same
		}
		changes, err := before.changes(after)
		if err != nil {
			return nil, err
		}
		if len(changes) > 0 {
			return []string{code(value), where(before.query), strings.Join(changes, "<br>")}, nil
		}
	}
	return nil, nil
}

// endsUpIn lists where bundlers put a recipe key.
func (e engine) endsUpIn(key string) (string, error) {
	var parts []string
	all, err := e.set.Descriptions()
	for _, d := range all {
		if places := e.places(d)[key]; len(places) > 0 {
			parts = append(parts, "["+d.Name+"](bundler-"+d.Name+".md): "+listed(places))
		}
	}
	if len(parts) == 0 {
		parts = []string{"rules, and other values of the recipe"}
	}
	return strings.Join(parts, "; "), err
}

func where(q document.Query) string {
	words := []string{q.Service, q.OS, q.GPU, q.Intent}
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), ", ")
}
