// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// instanceName is what the name begins with of the layer of instance types.
const instanceName = "instance-type="

// instanceTypes returns the instance types of the nodes, that of most nodes
// first.
func (x extractor) instanceTypes() []string {
	if several := x.variants("instance-type"); len(several) > 0 {
		return several
	}
	one := x.read(measurement.K8s, "node", "instance-type")
	if one.said == "" {
		return nil
	}
	return []string{one.said}
}

// variants returns what nodes say that disagree about a key of K8s/node, from
// the count of it: "H100: 3, A100: 1".
func (x extractor) variants(key string) []string {
	counts := x.read(measurement.K8s, "node-variance", key).said
	if counts == "" {
		return nil
	}
	var said []string
	for part := range strings.SplitSeq(counts, ", ") {
		said = append(said, part[:max(strings.LastIndex(part, ": "), 0)])
	}
	return said
}

// instanceLayer returns what the nodes' instance types mean, above the
// catalog's overlays: what the platform table sets for them, because an
// overlay knows the GPU and thus the most usual of its instance types, and the
// type itself where there is one. It is nil where the table lacks the types, or
// where they need different settings.
func (b *build) instanceLayer(types []string) *layer {
	q := b.subject.query
	var rows []*PlatformGPU
	for _, t := range types {
		if row := b.catalog.platforms.instance(q.Service, q.GPU, t); !slices.Contains(rows, row) {
			rows = append(rows, row)
		}
	}
	sets := func(row *PlatformGPU) bool { return row != nil && len(row.Types) > 0 }
	switch {
	case len(rows) > 1 && slices.ContainsFunc(rows, sets):
		b.warn(Finding{Rule: ruleNodesDiffer, Field: "service", Message: fmt.Sprintf(
			"the snapshot's nodes have the instance types %s, which need different settings; the recipe keeps those of %s on %s in general: make a snapshot of nodes of one type, or set them in an overlay",
			words.And(types), q.GPU, q.Service)})
		return nil
	case len(rows) != 1 || rows[0] == nil:
		return nil
	}
	all := slices.Clone(rows[0].Types)
	if len(types) == 1 {
		path := measurement.Path{Type: measurement.K8s, Subtype: "node", Key: "instance-type"}
		all = append(all, entry{path: path, value: measurement.Str(types[0]), context: "What the snapshot's nodes are"})
		slices.SortFunc(all, byPath)
	}
	if len(all) == 0 {
		return nil
	}
	return newLayer(instanceName+strings.Join(types, " "), all)
}
