// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

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
	case e.Field == "overlays":
		return c.blameOverlay(e)
	case e.Field == "catalog" && c.catalog != "":
		return fmt.Errorf("--catalog: %w", e.Err)
	case stated != nil && *stated == "" && c.snapshot != "":
		return fmt.Errorf("--snapshot %s: %w", c.snapshot, e)
	case stated != nil:
		return fmt.Errorf("--%s: %w", e.Field, e.Err)
	default:
		return e
	}
}

// blameOverlay names the file. A warning has its number in the text.
func (c *recipeCommand) blameOverlay(e *recipe.Error) error {
	for i, file := range c.overlays {
		if text, ok := strings.CutPrefix(e.Err.Error(), fmt.Sprintf("overlays[%d]: ", i)); ok {
			return fmt.Errorf("--overlay %s: %s", file, text)
		}
	}
	return fmt.Errorf("--overlay %s: %w", c.overlays[e.Index], e.Err)
}
