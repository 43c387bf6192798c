// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// decodeOverrides reads the overrides of every component.
func (r *Renderer) decodeOverrides(ctx context.Context, texts map[string]string) (map[string]map[string]any, error) {
	trees := make(map[string]map[string]any, len(texts))
	var errs []error
	for _, component := range slices.Sorted(maps.Keys(texts)) {
		tree, err := r.decodeOverride(ctx, component, texts[component])
		if err != nil {
			errs = append(errs, &InputError{Field: "overrides", Key: component, Err: err})
			continue
		}
		trees[component] = tree
	}
	return trees, errors.Join(errs...)
}

func (r *Renderer) decodeOverride(ctx context.Context, component, text string) (map[string]any, error) {
	switch e, known := r.set.Entry(component); {
	case !known:
		return nil, unknownComponent(component, r.Bundlers())
	case !e.HasChart():
		return nil, errors.New("it has no chart, and so no values; override its objects instead")
	}
	return decodeMapping(ctx, text, "leave the component out")
}

func decodeMapping(ctx context.Context, text, without string) (map[string]any, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("the text is empty; %s, or write {} to override nothing", without)
	}
	root, err := document.Parse(ctx, []byte(text))
	if err != nil {
		return nil, err
	}
	return root.Tree()
}

func unknownComponent(name string, known []string) error {
	return fmt.Errorf("unknown component %q; known are %s%s", name, strings.Join(known, ", "), suggest.Question(name, known))
}

const maxNamespace = 63 // characters

// checkReleases checks the releases that a recipe is to state.
func (r *Renderer) checkReleases(releases map[string]string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(releases)) {
		e, known := r.set.Entry(name)
		var err error
		switch release := releases[name]; {
		case !known:
			err = unknownComponent(name, r.Bundlers())
		case !isChartVersion(release):
			err = fmt.Errorf("got %q, want one release, such as %q", release, e.Newest("").Version)
		}
		if err != nil {
			errs = append(errs, &InputError{Field: "releases", Key: name, Err: err})
		}
	}
	return errors.Join(errs...)
}

func checkNamespaces(namespaces map[string]string, known []string) error {
	var errs []error
	for _, component := range slices.Sorted(maps.Keys(namespaces)) {
		var err error
		switch namespace := namespaces[component]; {
		case !slices.Contains(known, component):
			err = unknownComponent(component, known)
		case len(namespace) > maxNamespace || strings.Trim(namespace, "-") != namespace || !words.Of(namespace, words.LowerCase+words.Digits+"-"):
			err = fmt.Errorf("got %q, want a namespace: at most 63 lower-case letters, digits and dashes, beginning and ending with a letter or digit", namespace)
		}
		if err != nil {
			errs = append(errs, &InputError{Field: "namespaces", Key: component, Err: err})
		}
	}
	return errors.Join(errs...)
}
