// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// embedded is the catalog below data as one JSON document, which Load would
// read as well but not as fast. A test writes it and compares it with the data.
//
//go:embed catalog.json
var embedded []byte

// Embedded returns the catalog that is part of this program. It is read anew
// at every call: call it once and keep the result.
func Embedded() (*Catalog, error) { return decodeEmbedded(embedded) }

func decodeEmbedded(data []byte) (*Catalog, error) {
	var file struct {
		Version    string
		Components componentList
		Systems    systemTable
		Services   serviceTable
		Platforms  platformTable
		Products   productTable
		Base       json.RawMessage
		Overlays   []struct {
			Key, Constraints map[string]string
			Types            json.RawMessage
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, &Error{Field: fieldCatalog, Err: err}
	}
	l := loader{version: file.Version, components: file.Components, systems: file.Systems, services: file.Services, platforms: file.Platforms, products: file.Products}
	l.base = lazyLayer(baseName, nil, file.Base, nil)
	l.overlays = make([]*layer, len(file.Overlays))
	for i, o := range file.Overlays {
		var conditions []condition
		for index, field := range document.QueryFields() {
			text, stated := o.Key[field]
			if !stated {
				continue
			}
			c, err := newCondition(index, text, l.systems)
			if err != nil {
				return nil, &Error{Field: fieldCatalog, Err: err}
			}
			conditions = append(conditions, c)
		}
		l.overlays[i] = lazyLayer(keyName(conditions), conditions, o.Types, o.Constraints)
	}
	return l.catalog()
}

// embeddedNames returns the systems and services of the embedded catalog
// alone. They are the first sections of the document.
func embeddedNames() (systems systemTable, services serviceTable, err error) {
	decoder := json.NewDecoder(bytes.NewReader(embedded))
	_, err = decoder.Token() // the brace
	for _, section := range []any{&systems, &services} {
		if err == nil {
			_, err = decoder.Token() // its name
		}
		if err == nil {
			err = decoder.Decode(section)
		}
	}
	return systems, services, err
}

// lazyLayer returns a layer whose content is decoded when it is first asked for:
// most overlays match no query of a process.
func lazyLayer(name string, conditions []condition, types json.RawMessage, constraints map[string]string) *layer {
	l := &layer{name: name, conditions: conditions}
	l.content = sync.OnceValue(func() content {
		c, err := l.decode(types, constraints)
		if err != nil {
			panic(fmt.Sprintf("the embedded catalog, %s: %v", name, err)) // a test decodes every layer
		}
		return c
	})
	return l
}

func (l *layer) decode(types json.RawMessage, constraints map[string]string) (content, error) {
	var sets settings
	if len(types) > 0 {
		if err := json.Unmarshal(types, &sets); err != nil {
			return content{}, err
		}
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
	return l.flatten(sets, demands), nil
}

// UnmarshalJSON reads measurements of the embedded catalog.
func (s *settings) UnmarshalJSON(data []byte) error {
	var types []struct {
		Type     measurement.Type
		Subtypes []struct {
			Subtype string
			Data    map[string]reading
			Context map[string]string
		}
	}
	if err := json.Unmarshal(data, &types); err != nil {
		return err
	}
	*s = make(settings, len(types))
	for i, t := range types {
		(*s)[i] = measurement.Measurement{Type: t.Type, Subtypes: make([]measurement.Subtype, len(t.Subtypes))}
		for j, subtype := range t.Subtypes {
			values := make(map[string]measurement.Reading, len(subtype.Data))
			for key, value := range subtype.Data {
				values[key] = value.Reading
			}
			(*s)[i].Subtypes[j] = measurement.Subtype{Name: subtype.Subtype, Data: values, Context: subtype.Context}
		}
	}
	return nil
}

type reading struct{ measurement.Reading }

// UnmarshalJSON reads a scalar, and null as no reading.
func (r *reading) UnmarshalJSON(data []byte) error {
	text := string(data)
	switch {
	case text == "null":
		return nil
	case text == "true" || text == "false":
		r.Reading = measurement.Bool(text == "true")
		return nil
	case data[0] == '"':
		text, err := strconv.Unquote(text) // the file's encoder escapes as Go does
		r.Reading = measurement.Str(text)
		return err
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		r.Reading = measurement.Int(i)
		return nil
	}
	if u, err := strconv.ParseUint(text, 10, 64); err == nil {
		r.Reading = measurement.Uint(u)
		return nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err == nil {
		r.Reading, err = measurement.Float(f)
	}
	return err
}
