// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// entryView is what the files at the top of a bundle show, which are about all
// components.
type entryView struct {
	RecipeVersion string
	Asked         []asked
	Components    []entryComponent // in the order of their installation
	Arrows        [][2]int         // from what is required to what requires it
	Node          bool             // there are settings of nodes

	Scripts, Argo, Flux, Helmfile, Kustomize bool // the formats
}

type entryComponent struct {
	Name, Title, Version, Namespace string
	Requires                        []string
	Last                            bool // to be uninstalled in its namespace
	Prerequisites                   []Prerequisite
}

// Names lists the components in the order in which they are uninstalled.
func (v entryView) Names() string {
	var names []string
	for _, c := range v.Reversed() {
		names = append(names, c.Name)
	}
	return words.And(names)
}

// Prerequisites lists the components that have some.
func (v entryView) Prerequisites() []string {
	var names []string
	for _, c := range v.Components {
		if len(c.Prerequisites) > 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

// Reversed lists the components in the order in which they are uninstalled.
func (v entryView) Reversed() []entryComponent { return reversed(v.Components) }

// entry writes the files at the top of a bundle, given all others.
func (j *job) entry(b *Bundle) ([]outdir.File, error) {
	v := j.entryView(b)
	w := &writer{}
	templates := map[string]string{"README.md": "stack.md.tmpl"}
	if v.Scripts {
		templates["install.sh"], templates["uninstall.sh"] = "install-all.sh.tmpl", "uninstall-all.sh.tmpl"
	}
	for name, template := range templates {
		text, err := j.fill(template, &v)
		if err != nil {
			return nil, err
		}
		w.add(name, text)
	}
	w.add(checksumFile, checksums(slices.Concat(b.Files, w.files)))
	return w.files, nil
}

func (j *job) entryView(b *Bundle) entryView {
	is := func(name string) bool { return slices.Contains(j.formats, name) }
	v := entryView{
		RecipeVersion: orUnknown(j.recipe.Metadata.Version), Asked: j.recipe.asked(),
		Node:    slices.ContainsFunc(b.Files, func(f outdir.File) bool { return f.Path == nodeFolder+"/README.md" }),
		Scripts: is(form.Scripts), Argo: is("argocd"), Flux: is("flux"), Helmfile: is("helmfile"), Kustomize: is("kustomize"),
	}
	inOrder := b.InOrder()
	for i, c := range inOrder {
		first := !slices.ContainsFunc(inOrder[:i], func(other Component) bool { return other.Namespace == c.Namespace })
		v.Components = append(v.Components, entryComponent{c.Name, j.drafts[c.Name].Title, c.Version, c.Namespace, c.Requires, first, c.Prerequisites})
		for k, other := range inOrder[:i] {
			if slices.Contains(c.Requires, other.Name) {
				v.Arrows = append(v.Arrows, [2]int{k, i})
			}
		}
	}
	return v
}
