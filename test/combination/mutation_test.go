// SPDX-License-Identifier: Apache-2.0

package combination

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// edit changes the first text that holds what is to be replaced: values,
// manifests or what the chart creates.
func edit(old, to string) func(*Outcome) {
	return func(o *Outcome) {
		for i := range o.Bundle.Components {
			c := &o.Bundle.Components[i]
			if strings.Contains(c.Values, old) {
				c.Values = strings.Replace(c.Values, old, to, 1)
				return
			}
			for _, texts := range []map[string]string{c.ChartManifests, c.Manifests} {
				for _, path := range slices.Sorted(maps.Keys(texts)) {
					if strings.Contains(texts[path], old) {
						texts[path] = strings.Replace(texts[path], old, to, 1)
						return
					}
				}
			}
		}
	}
}

// editFile changes the first file of a name.
func editFile(name, old, to string) func(*Outcome) {
	return func(o *Outcome) {
		for i := range o.Bundle.Files {
			if f := &o.Bundle.Files[i]; strings.HasSuffix(f.Path, name) {
				f.Content = bytes.ReplaceAll(f.Content, []byte(old), []byte(to))
				return
			}
		}
	}
}

// missing takes the files of a name away.
func missing(name string) func(*Outcome) {
	return func(o *Outcome) {
		o.Bundle.Files = slices.DeleteFunc(o.Bundle.Files, func(f outdir.File) bool { return strings.HasSuffix(f.Path, name) })
	}
}

func queryError(field string) error { return &recipe.Error{Field: field, Err: errors.New("no")} }

func finding(rule string) func(*Outcome) {
	return func(o *Outcome) {
		o.Bundle.Findings = append(o.Bundle.Findings, bundle.Finding{Rule: rule, Path: "a", Message: "b"})
	}
}

// richest is a point whose bundle has an object of the chart's own, one of a
// custom resource and a second component.
func richest(t *testing.T, j *judge) Outcome {
	t.Helper()
	for _, point := range j.addressPools() {
		o := j.Run(t.Context(), point)
		if o.Bundle == nil || len(o.Bundle.Components) < 2 {
			continue
		}
		first, second := o.Bundle.Components[0], o.Bundle.Components[1]
		if len(first.ChartManifests) > 0 && len(second.Manifests) > 1 {
			return o
		}
	}
	t.Fatal("no such point")
	return Outcome{}
}

// TestChangesAreCaught flips one thing of a rendered point, or of what was asked
// for, and proves that TestEveryCombination would tell.
func TestChangesAreCaught(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Outcome)
		want   string
	}{
		"unknown value":      {edit(`"enabled":`, `"enabeld":`), "values.yaml: "},
		"mistyped value":     {edit(`"enabled":false`, `"enabled":7`), "is a bool"},
		"policy":             {edit(`"apiVersion":"nvidia`, `"apiVersion":!"nvidia`), "manifests/"},
		"flipped policy":     {edit(`"rootFS":"/"`, `"rootFS":"/host"`), "is not what the chart creates"},
		"field of a policy":  {edit(`"spec":{`, `"spec":{"other":1,`), "spec.other: is not a field"},
		"object's field":     {edit("\nspec:\n", "\nspec:\n  other: 1\n"), "spec.other: is not a field"},
		"unknown kind":       {edit("kind: Namespace", "kind: Namespaces"), "is not a custom resource of"},
		"wrong sum":          {editFile("/README.md", "#", "##"), "checksums.txt is not"},
		"unpinned":           {editFile("/install.sh", ".", "-"), "install.sh does not name the version"},
		"unnamed manifest":   {editFile("/README.md", "manifests/", ""), "README.md does not name manifests/"},
		"missing file":       {missing("/values.yaml"), "files: want"},
		"missing component":  {func(o *Outcome) { o.Bundle.Components = o.Bundle.Components[1:] }, "which the bundle lacks"},
		"missing order":      {func(o *Outcome) { o.Bundle.Components[1].Requires = nil }, "requires []"},
		"unknown release":    {func(o *Outcome) { o.Bundle.Components[0].Version = "v0.0.1" }, "no facts about"},
		"older Kubernetes":   {func(o *Outcome) { o.K8s = "1.2" }, "is for Kubernetes"},
		"refused by Helm":    {func(o *Outcome) { o.K8s = "1.2" }, "Helm refuses"},
		"error as a finding": {finding("unknown-value"), "finding unknown-value"},
		"unknown rule":       {finding("no-such-rule"), "finding no-such-rule"},
		"dead recipe key":    {finding("unknown-recipe-key"), "finding unknown-recipe-key"},
		"another bundler":    {func(o *Outcome) { o.Bundler = "another" }, "want another"},
		"another system":     {func(o *Outcome) { o.OS = "another" }, "offers the os: false, it is refused: false"},
		"refused wrongly":    {func(o *Outcome) { o.Bundle, o.Err = nil, errors.New("disk full") }, "refused without a reason: disk full"},
		"unstated field":     {func(o *Outcome) { o.Bundle, o.OSVersion, o.Err = nil, "", queryError("osv") }, "refused without a reason: osv"},
		"refused as unsold":  {func(o *Outcome) { o.Bundle, o.Err = nil, queryError("gpu") }, "offers the gpu: true, it is refused: true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t)
			o := richest(t, j)
			if wrong := j.judge(o); wrong != nil {
				t.Fatalf("unchanged: %q", wrong)
			}
			tt.change(&o)
			wrong := j.judge(o)
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, tt.want) }) {
				t.Errorf("got %q, want %q among them", wrong, tt.want)
			}
		})
	}
}
