// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// loadCatalog reads the catalogue that the flag names, a file or a directory of
// fragments, or else the embedded one.
func (c *recipeCommand) loadCatalog(ctx context.Context) (*recipe.Catalog, error) {
	if c.catalog == "" {
		catalog, err := recipe.Embedded()
		return catalog, failed(err)
	}
	info, err := os.Stat(c.catalog)
	if err != nil {
		return nil, failed(fmt.Errorf("--catalog: %w", err))
	}
	var catalog *recipe.Catalog
	if info.IsDir() {
		catalog, err = recipe.LoadFS(os.DirFS(c.catalog))
	} else {
		var data []byte
		if data, err = location.ReadFile(ctx, c.catalog); err != nil {
			return nil, failed(fmt.Errorf("--catalog: %w", err))
		}
		catalog, err = recipe.Load(data)
	}
	if err != nil {
		return nil, invalid(c.blameAll(err)...)
	}
	return catalog, nil
}
