// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"maps"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
)

// redact returns the value without the secrets of the environment variables in
// it, that is of objects with a name and a value: the value is replaced where
// the name looks like a secret's, and so is what looks like a secret in it.
// References to a Secret (valueFrom) stay: they name where a secret is, not what
// it is.
func redact(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = redact(item)
		}
		return list
	case map[string]any:
		object := maps.Clone(value)
		for key, inner := range object {
			object[key] = redact(inner)
		}
		redactVariable(object)
		return object
	default:
		return value
	}
}

func redactVariable(object map[string]any) {
	name, named := object["name"].(string)
	text, valued := object["value"].(string)
	switch {
	case !named || !valued || text == "":
	case secret.Named(name):
		object["value"] = secret.Redacted
	default:
		object["value"] = secret.Text(text)
	}
}
