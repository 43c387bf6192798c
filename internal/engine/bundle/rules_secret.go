// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
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
		found = append(found, secretsIn(j.overrides[name], description.Credentials, blame{"overrides", name})...)
	}
	for _, name := range slices.Sorted(maps.Keys(j.objects)) {
		for _, of := range slices.Sorted(maps.Keys(j.objects[name])) {
			found = append(found, secretsIn(j.objects[name][of], nil, blame{objectOverrides, objectKey(name, of)})...)
		}
	}
	return found
}

// secretsIn looks for secrets in an override, by their names and forms and at the
// paths that take one.
func secretsIn(override map[string]any, credentials []string, of blame) []violation {
	shown := map[string]string{}
	scalars("", secret.Tree(override), func(path, text string) { shown[path] = text })
	secrets := map[string]string{}
	scalars("", override, func(path, text string) {
		if form := secret.Form(text); form != "" || shown[path] != text {
			secrets[path] = "what looks like " + cmp.Or(form, "a secret")
		}
	})
	for _, path := range credentials {
		below, _ := tree.Lookup(override, path)
		scalars(path, below, func(path, _ string) { secrets[path] = "a secret" })
	}
	var found []violation
	for _, path := range slices.Sorted(maps.Keys(secrets)) {
		found = append(found, violation{
			path: path, blamed: of,
			message: fmt.Sprintf("an override of %s has %s here; overrides are plain text in files, and in plans and states", of.key, secrets[path]),
			advice:  "put it into a Kubernetes Secret of your own, made by something that keeps secrets, and name that where the chart takes the name of a Secret",
		})
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
