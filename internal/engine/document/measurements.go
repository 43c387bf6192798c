// SPDX-License-Identifier: Apache-2.0

package document

import (
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Nulls says what a null means among the data of a measurement.
type Nulls bool

const (
	// RefuseNulls makes a null an error: a snapshot or a recipe has values.
	RefuseNulls Nulls = false
	// NullsRemove reads a null as a nil Reading: an overlay removes that key.
	NullsRemove Nulls = true
)

// Measurements decodes a list of measurements. Unknown types, a type or subtype
// given twice, empty data and a context for a key without data are errors.
func (v Value) Measurements(nulls Nulls) (measurement.List, error) {
	items, err := v.Items()
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, v.Errorf("the list is empty; give at least one measurement")
	}
	list := make(measurement.List, 0, len(items))
	seen := map[measurement.Type]bool{}
	for _, item := range items {
		m, err := item.measurement(nulls)
		if err != nil {
			return nil, err
		}
		if seen[m.Type] {
			return nil, item.Errorf("the type %s is given twice; put its subtypes into one list", m.Type)
		}
		seen[m.Type] = true
		list = append(list, m)
	}
	return list, nil
}

func (v Value) measurement(nulls Nulls) (measurement.Measurement, error) {
	var m measurement.Measurement
	fields, err := v.required([]string{"type", "subtypes"}, nil)
	if err != nil {
		return m, err
	}
	if m.Type, err = fields["type"].measurementType(); err != nil {
		return m, err
	}
	items, err := fields["subtypes"].Items()
	if err != nil {
		return m, err
	}
	if len(items) == 0 {
		return m, fields["subtypes"].Errorf("the list is empty; give at least one subtype")
	}
	seen := map[string]bool{}
	for _, item := range items {
		s, err := item.subtype(nulls)
		if err != nil {
			return m, err
		}
		if seen[s.Name] {
			return m, item.Errorf("the subtype %s is given twice", words.Quote(s.Name))
		}
		seen[s.Name] = true
		m.Subtypes = append(m.Subtypes, s)
	}
	return m, nil
}

func (v Value) measurementType() (measurement.Type, error) {
	text, err := v.Text()
	if err != nil {
		return "", err
	}
	t := measurement.Type(text)
	if !slices.Contains(measurement.Types(), t) {
		var known []string
		for _, k := range measurement.Types() {
			known = append(known, string(k))
		}
		return "", v.Errorf("unknown measurement type %s; expected %s", words.Quote(text), words.Or(known))
	}
	return t, nil
}

func (v Value) subtype(nulls Nulls) (measurement.Subtype, error) {
	var s measurement.Subtype
	fields, err := v.required([]string{"subtype", "data"}, []string{"context"})
	if err != nil {
		return s, err
	}
	if s.Name, err = fields["subtype"].Text(); err != nil {
		return s, err
	}
	if s.Name == "" {
		return s, fields["subtype"].Errorf("the name of a subtype must not be empty")
	}
	if s.Data, err = fields["data"].data(nulls); err != nil {
		return s, err
	}
	if context, ok := fields["context"]; ok {
		s.Context, err = context.context(s.Data)
	}
	return s, err
}

func (v Value) data(nulls Nulls) (map[string]measurement.Reading, error) {
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 {
		return nil, v.Errorf("the data of a subtype must not be empty")
	}
	data := make(map[string]measurement.Reading, len(fields))
	for _, f := range fields {
		if nulls == NullsRemove && f.Value.IsNull() {
			data[f.Key] = nil
			continue
		}
		if data[f.Key], err = f.Value.Reading(); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (v Value) context(data map[string]measurement.Reading) (map[string]string, error) {
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	context := make(map[string]string, len(fields))
	for _, f := range fields {
		if data[f.Key] == nil {
			return nil, f.Value.Errorf("a context explains a value, but data has none for the key %s", words.Quote(f.Key))
		}
		if context[f.Key], err = f.Value.Text(); err != nil {
			return nil, err
		}
	}
	return context, nil
}

// required returns the fields of a mapping that must have some fields and may
// have others.
func (v Value) required(must, may []string) (map[string]Value, error) {
	fields, err := v.Object(slices.Concat(must, may)...)
	if err != nil {
		return nil, err
	}
	for _, name := range must {
		if _, ok := fields[name]; !ok {
			return nil, v.Errorf("the field %s is missing", words.Quote(name))
		}
	}
	return fields, nil
}
