// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"fmt"
	"maps"
)

// Tree returns a decoded JSON value in which every text is as Value returns it by
// its name: that of its key, of the environment variable or header whose value it
// is, or of the list that it is in. Lists of texts are arguments of a command.
// References to a Secret (valueFrom) stay: they name where a secret is, not what
// it is.
func Tree(value any) any { return inTree("", value) }

func inTree(name string, value any) any {
	switch value := value.(type) {
	case []any:
		return inList(name, value)
	case map[string]any:
		return inObject(name, value)
	default:
		return sortInTree(name).scalar(value)
	}
}

func (s sort) scalar(value any) any {
	switch value := value.(type) {
	case nil, bool:
		return value
	case string:
		return s.value(value)
	default:
		if s.hides(fmt.Sprint(value)) {
			return Redacted
		}
		return value
	}
}

func inList(name string, list []any) []any {
	shown := make([]any, len(list))
	texts := make([]string, 0, len(list))
	for i, item := range list {
		shown[i] = inTree(name, item)
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	if len(texts) < len(list) || sortInTree(name) != ordinary {
		return shown
	}
	for i, text := range Arguments(texts) {
		shown[i] = text
	}
	return shown
}

func inObject(name string, object map[string]any) map[string]any {
	shown := maps.Clone(object)
	for key, inner := range object {
		below := key
		if emptyPart().MatchString(key) {
			below = name + "." + key
		}
		shown[key] = inTree(below, inner)
	}
	if text, valued := object["value"].(string); valued {
		shown["value"] = pairSort(name, object).value(text)
	}
	return shown
}

// pairSort returns the sort of the value of an environment variable, a header or a
// label, and else of what has that value.
func pairSort(above string, object map[string]any) sort {
	if name, ok := object["name"].(string); ok {
		if found := sortOf(name); found != vague {
			return found
		}
		return parameter
	}
	if key, ok := object["key"].(string); ok {
		return sortOf(key)
	}
	return sortInTree(above)
}
