// SPDX-License-Identifier: Apache-2.0

package status

import (
	"cmp"
	"context"
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// driver is the key of drivers among the images and the constraints of a recipe.
const driver = "driver"

func (r *Reader) nodes(ctx context.Context) finding {
	nodes, err := r.objects.Nodes(ctx)
	for i := range nodes {
		nodes[i].Wrong = append(nodes[i].Wrong, otherDriver(nodes[i].Driver, r.recipe)...)
	}
	return finding{nodes: nodes, err: err}
}

// otherDriver says what speaks against the driver that runs on a node: the one that
// the recipe has installed, or expects where the nodes have theirs, and what hardware
// demands.
func otherDriver(running string, recipe document.Recipe) (wrong []string) {
	if running == "" {
		return nil
	}
	text := func(path measurement.Path) string { return recipe.Measurements.Text(path.Type, path.Subtype, path.Key) }
	want := cmp.Or(text(component.ImagePath(driver)), text(measurement.ParsePath(component.NodesDriver)))
	// A recipe may say the branch alone.
	if want != "" && !version.Lenient(running).HasPrefix(version.Lenient(want)) {
		wrong = append(wrong, fmt.Sprintf("it runs driver %s, the recipe says %s", running, want))
	}
	for _, c := range recipe.Constraints {
		if inside, err := version.Satisfies(running, c.Range); c.Field == driver && err == nil && !inside {
			wrong = append(wrong, fmt.Sprintf("it runs driver %s, and %s demands %s", running, c.Layer, c.Range))
		}
	}
	return wrong
}
