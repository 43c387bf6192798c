// SPDX-License-Identifier: Apache-2.0

package folder

import (
	"encoding/json"
	"slices"
	"strings"
)

// valuesSchema is the part of a values.schema.json that says types.
type valuesSchema struct {
	Type       oneOrMore               `json:"type"`
	Properties map[string]valuesSchema `json:"properties"`
}

// oneOrMore is a type, or a list of possible types.
type oneOrMore []string

func (t *oneOrMore) UnmarshalJSON(text []byte) error {
	if strings.HasPrefix(string(text), "[") {
		return json.Unmarshal(text, (*[]string)(t))
	}
	*t = make(oneOrMore, 1)
	return json.Unmarshal(text, &(*t)[0])
}

// parseTypes lists the keys that may have a single type, null aside. A chart
// without a schema has none.
func parseTypes(text string) (map[string]string, error) {
	types := map[string]string{}
	if text == "" {
		return types, nil
	}
	var root valuesSchema
	if err := json.Unmarshal([]byte(text), &root); err != nil {
		return nil, err
	}
	root.collect("", types)
	return types, nil
}

func (s valuesSchema) collect(path string, types map[string]string) {
	known := slices.DeleteFunc(slices.Clone(s.Type), func(t string) bool { return t == "null" })
	if len(known) == 1 && path != "" {
		types[path] = known[0]
	}
	for name, below := range s.Properties {
		below.collect(strings.TrimPrefix(path+"."+name, "."), types)
	}
}
