// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// definedTwice looks for definitions of another component that this one brings, while
// their owner or a component before it by name does, or the cluster has the owner.
func definedTwice(d *draft) []violation {
	var found []violation
	for _, mine := range d.Definitions {
		held, holds := mine.When.Held(d.operand)
		owner := d.job.bringer(d, mine)
		if mine.Of == "" || !holds || owner == "" {
			continue
		}
		v := violation{
			path:    switchOf(held),
			message: fmt.Sprintf("%s would install the definition %s, which %s also has; the two releases would undo each other's changes to it", d.Name, mine.Names[0], owner),
			advice:  "turn it off here, or leave the other one out",
		}
		v.blamed, _ = d.blame(held)
		found = append(found, v)
	}
	return found
}

// definitionsDeleted looks for definitions that go with the release.
func definitionsDeleted(d *draft) []violation {
	var found []violation
	for _, mine := range d.Definitions {
		held, holds := mine.Deleted.Held(d.operand)
		if len(mine.Deleted) == 0 || !holds || !mine.When.Holds(d.operand) {
			continue
		}
		v := violation{
			path:    component.ImageKey(d.Name),
			message: "uninstalling " + d.Name + " deletes these definitions, and with them every object of their kinds in the cluster: " + words.And(mine.Names),
			advice:  "save these objects before you uninstall it or leave it out, and ignore the rule to accept that",
		}
		if path := switchOf(held); path != "" {
			v.path, v.advice = path, "set the value so that they stay, or ignore the rule to accept that"
		}
		v.blamed, _ = d.blame(held)
		found = append(found, v)
	}
	return found
}

// bringer is the component that has the definitions as well, "" for none.
func (j *job) bringer(d *draft, mine component.Definitions) string {
	if slices.Contains(j.existing, mine.Of) {
		return mine.Of
	}
	for _, other := range j.ordered() {
		if other != d && (other.Name == mine.Of || other.Name < d.Name) && other.brings(mine.Names[0]) {
			return other.Name
		}
	}
	return ""
}

func (d *draft) brings(name string) bool {
	return slices.ContainsFunc(d.Definitions, func(own component.Definitions) bool {
		return slices.Contains(own.Names, name) && own.When.Holds(d.operand)
	})
}

// switchOf is the value that decides, "" where none does.
func switchOf(held component.Alternative) string {
	for _, clause := range held {
		if kind, of, path := clause.Operand.Parts(); kind == component.Value && of == "" {
			return path
		}
	}
	return ""
}
