// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// values is a tree of chart values and, by dotted path, the reasons for them.
type values struct {
	tree    map[string]any
	reasons map[string]string
}

func newValues() *values {
	return &values{tree: map[string]any{}, reasons: map[string]string{}}
}

// set puts a value at a dotted path.
func (v *values) set(path string, value any, reason string) {
	tree.Set(v.tree, path, value)
	v.reasons[path] = reason
}

const overrideReason = "Set by an override."

// override lays the user's tree over the values. Reasons for values that it
// replaces go: they would explain the wrong value.
func (v *values) override(over map[string]any) {
	v.tree = tree.Merge(v.tree, over)
	for path := range v.reasons {
		if tree.Covers(over, path) {
			delete(v.reasons, path)
		}
	}
	for _, path := range tree.Leaves(over) {
		v.reasons[path] = overrideReason
	}
}

// encode encodes the values twice: as JSON on one line, and as YAML with the
// reasons as comments.
func (v *values) encode() (plain string, commented []byte, err error) {
	node, err := canonical.Value(v.tree)
	if err != nil {
		return "", nil, fmt.Errorf("encoding values: %w", err)
	}
	text, err := canonical.JSONLine(node)
	if err != nil {
		return "", nil, err
	}
	v.comment(node, "")
	commented, err = canonical.YAML(node)
	return string(text), commented, err
}

// comment puts the reasons above the keys of a mapping.
func (v *values) comment(mapping *yaml.Node, prefix string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		path := tree.Join(prefix, key.Value)
		if reason := v.reasons[path]; reason != "" {
			key.HeadComment = canonical.Comment(reason)
		}
		if value.Kind == yaml.MappingNode {
			v.comment(value, path)
		}
	}
}

// setting is one value with its reason, as a README lists it.
type setting struct {
	Path, Value, Reason string
}

// settings lists the values that have a reason, in the order of their keys.
func (v *values) settings() ([]setting, error) { return v.settingsBelow("", v.tree) }

func (v *values) settingsBelow(prefix string, members map[string]any) ([]setting, error) {
	var list []setting
	for _, key := range slices.Sorted(maps.Keys(members)) {
		path := tree.Join(prefix, key)
		below, isMap := members[key].(map[string]any)
		reason, has := v.reasons[path]
		switch {
		case has:
			text, err := inline(members[key])
			if err != nil {
				return nil, err
			}
			list = append(list, setting{Path: path, Value: text, Reason: reason})
		case isMap:
			more, err := v.settingsBelow(path, below)
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
	}
	return list, nil
}

// inline returns a value on one line, as JSON for lists and maps.
func inline(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case []any, map[string]any:
		text, err := json.Marshal(value)
		return string(text), err
	case nil:
		return "null", nil
	default:
		return fmt.Sprint(value), nil
	}
}
