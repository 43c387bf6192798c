// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// engine is what the data sources and resources of one provider process share.
// It works without the provider being configured.
type engine struct {
	// catalog parses the embedded catalogue on first use.
	catalog     func() (*recipe.Catalog, error)
	renderer    *bundle.Renderer
	writer      *outdir.Writer
	directories *plannedDirectories
}

func newEngine() *engine {
	return &engine{
		catalog:     sync.OnceValues(recipe.Embedded),
		renderer:    bundle.NewRenderer(),
		writer:      outdir.NewWriter(),
		directories: &plannedDirectories{},
	}
}
