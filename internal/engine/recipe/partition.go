// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// partitionDoubts warns of GPUs that the snapshot shows in MIG mode while the
// recipe leaves MIG off: the MIG manager, which could switch the mode, is off as
// well then. A user's overlay that says so has decided.
func (b *build) partitionDoubts() []Warning {
	if b.request.Snapshot == nil {
		return nil
	}
	said := partitioned(b.request.Snapshot.Measurements)
	if said == "" {
		return nil
	}
	path := measurement.Path{Type: measurement.K8s, Subtype: "config", Key: "mig"}
	state := "is not set"
	if e := find(b.entries, path); e != nil {
		if e.value.String() == "true" || strings.HasPrefix(e.layer.name, userPrefix) {
			return nil
		}
		state = "is " + e.value.String()
	}
	return []Warning{{Field: fieldSnapshot, Message: fmt.Sprintf(
		"%s, but the recipe leaves MIG off: %s %s; set it in an overlay of yours: to true with a mig_profile to keep the GPUs partitioned, to false if you switch their MIG mode off",
		said, path, state)}}
}

// partitioned tells what a snapshot says of GPUs in MIG mode, "" where none
// is. Where GPUs differ, the variance has the mode of the fewer.
func partitioned(list measurement.List) string {
	for _, subtype := range []string{"smi", "smi-variance"} {
		path := measurement.Path{Type: measurement.GPU, Subtype: subtype, Key: "mig-mode"}
		if mode := list.Text(path.Type, path.Subtype, path.Key); strings.Contains(mode, "Enabled") {
			return fmt.Sprintf("%s is %s", path, words.Quote(mode))
		}
	}
	return ""
}
