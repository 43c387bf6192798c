// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"encoding/json"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Definitions are those in the chart's folder crds that the values of a component ask
// for. Helm installs them once and never upgrades them.
type Definitions struct {
	Names []string // sorted
	// Values, as JSON, turn off the job of the chart that upgrades them; "" where it
	// has none.
	Values string
}

// definitions returns nil for none. It is pending while a pending input decides.
func (d *draft) definitions() (found *Definitions, pending bool) {
	d.unsure = false
	var names []string
	off := map[string]any{}
	for _, some := range d.Definitions {
		if !some.InFolder(d.operand) {
			continue
		}
		names = append(names, some.Names...)
		if some.Job != "" {
			tree.Set(off, some.Job, false)
		}
	}
	if d.unsure || names == nil {
		return nil, d.unsure
	}
	slices.Sort(names)
	found = &Definitions{Names: names}
	if len(off) > 0 {
		values, _ := json.Marshal(off) //nolint:errchkjson // of names and false, which never fails
		found.Values = string(values)
	}
	return found, false
}
