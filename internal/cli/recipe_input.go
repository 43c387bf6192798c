// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// loadCatalog reads the catalog that the flag --catalog names, the embedded one for
// "".
func (p Process) loadCatalog(ctx context.Context, name string) (*recipe.Catalog, error) {
	start := p.Now()
	open := func() (*recipe.Catalog, error) { return recipe.Open(ctx, name) }
	if name == "" {
		open = recipe.Embedded
	}
	catalog, err := open()
	if err == nil {
		p.log.Debug("Loaded the catalog", "from", cmp.Or(name, "the program"), "catalog_version", catalog.Version(), p.took(start))
		return catalog, nil
	}
	return nil, unusable((&recipeCommand{catalog: name}).blameAll(err)...)
}

func (c *recipeCommand) request(ctx context.Context, store location.Store) (recipe.Request, error) {
	request := recipe.Request{Query: c.query, AllowUncovered: c.uncovered, Driver: c.driver, IgnoreFindings: c.ignored, Called: flagOf}
	var errs [2]error
	request.Options, errs[0] = pairs("option", "NAME=VALUE", c.options)
	request.Releases, errs[1] = pairs("release", "COMPONENT=VERSION", c.releases)
	if err := errors.Join(errs[:]...); err != nil {
		return request, invalid(joined.Errors(err)...)
	}
	for _, file := range c.overlays {
		text, err := c.process.readText(ctx, store, "--overlay", file, overlayKey)
		if err != nil {
			return request, err
		}
		request.Overlays = append(request.Overlays, string(text))
	}
	if c.snapshot == "" {
		return request, nil
	}
	snapshot, err := readDocument(ctx, c.process, store, "--snapshot", c.snapshot, []string{location.SnapshotKey}, document.Value.Snapshot)
	request.Snapshot = &snapshot
	return request, err
}

// flagOf returns the flag of an input.
func flagOf(input string) string {
	switch input {
	case "options", "releases", "overlays":
		input = strings.TrimSuffix(input, "s")
	}
	return "--" + strings.ReplaceAll(input, "_", "-")
}

// blameAll takes an error of a recipe apart and names the input that each part
// is about.
func (c *recipeCommand) blameAll(err error) []error {
	var all []error
	for _, e := range recipe.Errors(err) {
		all = append(all, c.blame(e))
	}
	return all
}

// blame names the flag that a field was taken from: its own, or --snapshot
// where it is not stated.
func (c *recipeCommand) blame(e *recipe.Error) error {
	query := c.query
	stated := query.Field(e.Field)
	switch {
	case e.Field == "":
		return e.Err
	case e.Key != "":
		return fmt.Errorf("%s %s: %w", flagOf(e.Field), e.Key, e.Err)
	case e.Field == "overlays":
		return fmt.Errorf("--overlay %s: %w", shown(c.overlays[e.Index]), e.Err)
	case e.Field == "snapshot":
		return fmt.Errorf("--snapshot %s: %w", shown(c.snapshot), e.Err)
	case e.Field == "catalog" && c.catalog != "":
		return fmt.Errorf("--catalog: %w", e.Err)
	case stated != nil && *stated == "" && c.snapshot != "":
		return fmt.Errorf("--snapshot %s: %w", shown(c.snapshot), e)
	case stated != nil || e.Field == "driver" || e.Field == "ignore_findings":
		return fmt.Errorf("%s: %w", flagOf(e.Field), e.Err)
	default:
		return e
	}
}
