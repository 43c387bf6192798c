// SPDX-License-Identifier: Apache-2.0

package compare

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

//go:embed keys.yaml
var file []byte

// How a reading of a recipe and one of a snapshot compare.
const (
	Equal   = ""
	AtLeast = "at-least"
	Release = "release"
	Prefix  = "prefix"
	OneOf   = "one-of"
)

// Key says which readings of a snapshot have the meaning of a reading of a recipe:
// a row of keys.yaml, which says what the fields are.
type Key struct {
	Recipe   string
	Snapshot component.Places
	How      string
	Words    map[string]string
	Lists    bool
	When     map[string]string
	Note     string
}

// Keys lists the rows, of which the first that matches counts.
func Keys() ([]Key, error) {
	var all struct{ Keys []Key }
	decoder := yaml.NewDecoder(bytes.NewReader(file))
	decoder.KnownFields(true)
	if err := decoder.Decode(&all); err != nil {
		return nil, fmt.Errorf("keys.yaml: %w", err)
	}
	return all.Keys, nil
}

// Find returns the row of a reading of a recipe, with the paths of the snapshot's
// readings; false for one that no row is about.
func Find(keys []Key, path string) (Key, bool) {
	for _, k := range keys {
		prefix, wild := strings.CutSuffix(k.Recipe, "*")
		rest, below := strings.CutPrefix(path, prefix)
		if k.Recipe != path && (!wild || !below) {
			continue
		}
		k.Snapshot = slices.Clone(k.Snapshot)
		for i, there := range k.Snapshot {
			if prefix, wild := strings.CutSuffix(there, "*"); wild {
				k.Snapshot[i] = prefix + rest
			}
		}
		return k, true
	}
	return Key{}, false
}
