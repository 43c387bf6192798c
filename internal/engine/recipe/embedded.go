// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// embedded is the catalog below data in JSON, which is read much faster: a line
// with the tables and the keys of the overlays, a line with facts and rules, a line
// with the measurements of the base, and one with those of each overlay. A test
// writes it and compares it with the data.
//
//go:embed catalog.jsonl
var embedded []byte

// Embedded returns the catalog that is part of this program. It is read anew
// at every call: call it once and keep the result.
func Embedded() (*Catalog, error) { return decodeEmbedded(embedded) }

// tables is the first line of the embedded catalog.
type tables struct {
	Version    string
	Components []string
	Systems    systemTable
	GPUs       gpuTable
	Services   serviceTable
	Platforms  platformTable
	Products   productTable
	Nodes      NodeTable
	Overlays   []embeddedKey
}

// embeddedKey is what an overlay of the embedded catalog applies to and demands.
type embeddedKey struct {
	Key, Constraints map[string]string
	When             component.Condition `json:",omitempty"`
}

func decodeEmbedded(data []byte) (*Catalog, error) {
	var file tables
	lines := bytes.Split(data, []byte("\n"))
	if err := json.Unmarshal(lines[0], &file); err != nil {
		return nil, &Error{Field: fieldCatalog, Err: err}
	}
	l := loader{version: file.Version, components: file.Components, names: names{file.Systems, file.GPUs}, services: file.Services, platforms: file.Platforms, products: file.Products, nodes: file.Nodes}
	l.knowledge = sync.OnceValue(func() (k knowledge) {
		if err := json.Unmarshal(lines[1], &k); err != nil {
			panic("the embedded catalog: " + err.Error()) // a test decodes it
		}
		return k
	})
	l.base = lazyLayer(&layer{name: baseName}, lines[2], nil)
	l.overlays = make([]*layer, len(file.Overlays))
	for i, o := range file.Overlays {
		var conditions []condition
		for index, field := range document.QueryFields() {
			text, stated := o.Key[field]
			if !stated {
				continue
			}
			c, err := newCondition(index, text, l.names)
			if err != nil {
				return nil, &Error{Field: fieldCatalog, Err: err}
			}
			conditions = append(conditions, c)
		}
		overlay := &layer{name: keyName(conditions, o.When), conditions: conditions, when: o.When}
		l.overlays[i] = lazyLayer(overlay, lines[3+i], o.Constraints)
	}
	return l.catalog()
}

// embeddedNames returns the names and services of the embedded catalog alone.
func embeddedNames() (names, serviceTable, error) {
	var file struct {
		Systems  systemTable
		GPUs     gpuTable
		Services serviceTable
	}
	line, _, _ := bytes.Cut(embedded, []byte("\n"))
	err := json.Unmarshal(line, &file)
	return names{file.Systems, file.GPUs}, file.Services, err
}

// lazyLayer returns a layer whose line is decoded when it is first asked for:
// most overlays match no query of a process.
func lazyLayer(l *layer, line []byte, constraints map[string]string) *layer {
	l.content = sync.OnceValue(func() content {
		c, err := l.decode(line, constraints)
		if err != nil {
			panic(fmt.Sprintf("the embedded catalog, %s: %v", l.name, err)) // a test decodes every layer
		}
		return c
	})
	return l
}

func (l *layer) decode(line []byte, constraints map[string]string) (content, error) {
	var sets settings
	if err := json.Unmarshal(line, &sets); err != nil {
		return content{}, err
	}
	var demands []demand
	for _, field := range demandFields() {
		text, stated := constraints[field]
		if !stated {
			continue
		}
		constraint, err := version.ParseRange(text)
		if err != nil {
			return content{}, err
		}
		demands = append(demands, demand{field: field, constraint: constraint})
	}
	return l.with(sets, demands), nil
}

// UnmarshalJSON reads settings of the embedded catalog: [path, value, context]
// of each key, sorted by path.
func (s *settings) UnmarshalJSON(data []byte) error {
	var rows [][3]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&rows); err != nil {
		return err
	}
	*s = make(settings, len(rows))
	for i, row := range rows {
		path, _ := row[0].(string)
		context, _ := row[2].(string)
		(*s)[i] = entry{path: measurement.ParsePath(path), context: context}
		switch value := row[1].(type) {
		case nil: // removes
		case json.Number:
			(*s)[i].value = measurement.Number(value.String())
		default:
			var err error
			if (*s)[i].value, err = measurement.FromAny(value); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return nil
}
