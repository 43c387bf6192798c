// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io/fs"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// loadCatalog reads the catalogue that the flag names, or else the embedded one.
func (c *recipeCommand) loadCatalog() (*recipe.Catalog, error) {
	if c.catalog == "" {
		catalog, err := recipe.Embedded()
		return catalog, failed(err)
	}
	catalog, err := recipe.Open(c.catalog)
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return nil, failed(c.blameAll(err)...)
	case err != nil:
		return nil, invalid(c.blameAll(err)...)
	}
	return catalog, nil
}
