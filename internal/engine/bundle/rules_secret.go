// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// secretsInOverrides looks for secrets in the overrides, also in those of a
// component that is not rendered: wherever overrides are kept, they are plain text.
func secretsInOverrides(j *job) []violation {
	var found []violation
	for _, name := range slices.Sorted(maps.Keys(j.overrides)) {
		description, err := j.set.Description(name)
		if err != nil {
			continue // a component of that name was looked for before
		}
		secrets := map[string]string{}
		for _, path := range description.Credentials {
			below, _ := tree.Lookup(j.overrides[name], path)
			scalars(path, below, func(path, _ string) { secrets[path] = "a secret" })
		}
		scalars("", j.overrides[name], func(path, text string) {
			if form := secret.Form(text); form != "" {
				secrets[path] = "what looks like " + form
			}
		})
		for _, path := range slices.Sorted(maps.Keys(secrets)) {
			found = append(found, violation{
				path: path, blamed: blame{"overrides", name},
				message: fmt.Sprintf("an override of %s has %s here; overrides are plain text in files, and in plans and states", name, secrets[path]),
				advice:  "put it into a Kubernetes Secret of your own, made by something that keeps secrets, and name that where the chart takes the name of a Secret",
			})
		}
	}
	return found
}

// scalars calls a function with every scalar of a value that is neither null nor
// empty, and with its path.
func scalars(path string, value any, each func(path, text string)) {
	switch value := value.(type) {
	case map[string]any:
		for key, below := range value {
			scalars(tree.Join(path, key), below, each)
		}
	case []any:
		for i, item := range value {
			scalars(fmt.Sprintf("%s[%d]", path, i), item, each)
		}
	case nil:
	default:
		if text := fmt.Sprint(value); text != "" {
			each(path, text)
		}
	}
}
