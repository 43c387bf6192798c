// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// orderPicture shows in which order the components of a stack are installed.
func orderPicture() (string, error) {
	catalog, err := recipe.Embedded()
	if err != nil {
		return "", err
	}
	set, err := component.Embedded()
	if err != nil {
		return "", err
	}
	made, err := catalog.Build(context.Background(), recipe.Request{
		Query:   document.Query{Service: "aks", OS: "ubuntu", GPU: "h100", Intent: "training", K8s: "1.34"},
		Options: map[string]string{"monitoring": "true", "custom_metrics": "true", "scheduler": "kueue", "platform": "kubeflow", "compute_domains": "true"},
	})
	if err != nil {
		return "", err
	}
	rendered, err := bundle.NewRendererOf(set).Render(context.Background(), bundle.Request{Recipe: made.Recipe})
	if err != nil {
		return "", err
	}
	return drawOrder(rendered.InOrder()), nil
}

func drawOrder(components []bundle.Component) string {
	var waves [][]bundle.Component
	for i, c := range components {
		if i == 0 || c.Wave != components[i-1].Wave {
			waves = append(waves, nil)
		}
		last := len(waves) - 1
		waves[last] = append(waves[last], c)
	}
	var d drawing
	const gap, space = 48, 16
	x, bottom := margin, 0
	var said []string
	for i, wave := range waves {
		width := 0
		for _, c := range wave {
			width = max(width, boxWidth(c.Name, lines(c)...))
		}
		if i > 0 {
			d.arrow(x-gap+8, margin+lineHeight/2, x-8, margin+lineHeight/2)
		}
		d.text(x, margin+lineHeight-4, "note", fmt.Sprintf("wave %d", wave[0].Wave))
		y := margin + lineHeight + padding
		var names []string
		for _, c := range wave {
			y += d.box(x, y, width, "box", c.Name, lines(c)...) + space
			names = append(names, c.Name)
		}
		said = append(said, strings.Join(names, ", "))
		bottom = max(bottom, y-space)
		x += width + gap
	}
	return d.svg(x-gap+margin, bottom+margin, "The order of a stack",
		"Components are installed wave by wave, and within a wave at once: first "+strings.Join(said, "; then ")+".")
}

// lines are the version of a component and what goes before it.
func lines(c bundle.Component) []string {
	all := []string{"code|" + c.Version}
	for i, required := range c.Requires {
		word := "after "
		if i > 0 {
			word = "and "
		}
		all = append(all, "note|"+word+required)
	}
	return all
}
