// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// Forms of --images.
const (
	imagesList   = "list"
	imagesSkopeo = "skopeo"
)

// site reads what is said of the place where the bundle is installed.
func (c *bundleCommand) site(ctx context.Context, store location.Store, request *bundle.Request) (err error) {
	if request.Placement, err = readSite(ctx, c.process, store, "--placement", c.placement, placementKey, bundle.ParsePlacement); err != nil {
		return err
	}
	request.Registry, err = readSite(ctx, c.process, store, "--registry", c.registry, registryKey, bundle.ParseRegistry)
	return err
}

func readSite[T any](ctx context.Context, p Process, store location.Store, flag, at, key string, parse func(context.Context, []byte) (*T, error)) (*T, error) {
	if at == "" {
		return nil, nil
	}
	text, err := p.readText(ctx, store, flag, at, key)
	if err != nil {
		return nil, err
	}
	read, err := parse(ctx, text)
	if err != nil {
		return nil, invalid(fmt.Errorf("%s %s: %w", flag, shown(at), err))
	}
	return read, nil
}

// printImages prints the images of all components, and warns of those that are not
// known.
func (c *bundleCommand) printImages(report *reporter, rendered *bundle.Bundle) error {
	for _, component := range rendered.Components {
		for _, missing := range component.ImagesMissing {
			report.warn(component.Name + ": an image is left out: " + missing)
		}
	}
	images := rendered.Images()
	if c.images == imagesSkopeo {
		return c.printSync(images)
	}
	return c.print(strings.Join(append(images, ""), "\n"))
}

// source is a registry in the file of skopeo sync.
type source struct {
	Images map[string][]string `yaml:"images"`
}

// printSync prints images in the form that skopeo sync --src yaml takes: by registry,
// then by repository their tags.
func (c *bundleCommand) printSync(images []string) error {
	sources := map[string]source{}
	for _, image := range images {
		host, rest, _ := strings.Cut(image, "/")
		name, tag, digested := strings.Cut(rest, "@")
		if !digested {
			colon := max(strings.LastIndexByte(rest, ':'), 0)
			name, tag = rest[:colon], strings.TrimPrefix(rest[colon:], ":")
		}
		if sources[host].Images == nil {
			sources[host] = source{Images: map[string][]string{}}
		}
		sources[host].Images[name] = append(sources[host].Images[name], tag)
	}
	text, err := yaml.Marshal(sources)
	if err != nil {
		return failed(err)
	}
	return c.print(string(text))
}
