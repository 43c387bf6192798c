// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// droppedEntries looks for entries that the component had put into lists and that
// an override, which replaces a list whole, does not repeat. Entries are the same
// that have the same name; those without one cannot be told apart.
func droppedEntries(d *draft) []violation {
	var found []violation
	for _, path := range slices.Sorted(maps.Keys(d.own.reasons)) {
		if !tree.Covers(d.overrides, path) {
			continue
		}
		value, _ := tree.Lookup(d.overrides, path)
		list, isList := value.([]any)
		if value != nil && !isList {
			continue // reported as a wrong type
		}
		missing, names := d.missingEntries(path, list)
		whole, err := inline(append(slices.Clone(list), missing...))
		found = append(found, broken(len(missing) > 0 && err == nil, path,
			fmt.Sprintf("the override replaces the whole list, and %s is gone from it: %s", words.And(names), strings.TrimSuffix(d.own.reasons[path], ".")),
			fmt.Sprintf("write %s: %s", path, whole))...)
	}
	return found
}

// missingEntries returns the named entries of the component's own list that a list
// lacks.
func (d *draft) missingEntries(path string, list []any) (missing []any, names []string) {
	own, _ := tree.Lookup(d.own.tree, path)
	entries, _ := own.([]any)
	for _, entry := range entries {
		name := nameIn(entry)
		if name != "" && !slices.ContainsFunc(list, func(have any) bool { return nameIn(have) == name }) {
			missing, names = append(missing, entry), append(names, name)
		}
	}
	return missing, names
}
