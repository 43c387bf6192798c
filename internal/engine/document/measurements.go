// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

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
func (v Value) Measurements(nulls Nulls) (measurement.List, error) { return nulls.measurements(v) }

func (n Nulls) measurements(v Value) (measurement.List, error) {
	return distinct(
		v, "measurement", n.measurement, func(m measurement.Measurement) string { return string(m.Type) },
		func(m measurement.Measurement) string {
			return fmt.Sprintf("the type %s is given twice; put its subtypes into one list", m.Type)
		},
	)
}

// recipeMeasurements decodes a list, or maps of types, subtypes and what a
// subtype of the list holds beside its name.
func recipeMeasurements(v Value) (list measurement.List, err error) {
	if v.target().Kind != yaml.MappingNode {
		return RefuseNulls.measurements(v)
	}
	types, err := v.Fields()
	for i := 0; i < len(types) && err == nil; i++ {
		m := measurement.Measurement{Type: measurement.Type(types[i].Key)}
		if m.Type, err = (Value{node: types[i].key, path: types[i].Value.path}).measurementType(); err == nil {
			m.Subtypes, err = subtypesOfMap(types[i].Value)
		}
		list = append(list, m)
	}
	if err == nil && len(list) == 0 {
		err = v.Errorf("the measurements are empty; give at least one type")
	}
	return list, err
}

func subtypesOfMap(v Value) (subtypes []measurement.Subtype, err error) {
	fields, err := v.Fields()
	for i := 0; i < len(fields) && err == nil; i++ {
		o := fields[i].Value.Object([]string{"data"}, []string{"context"})
		s := RefuseNulls.readings(o)
		s.Name = fields[i].Key
		subtypes, err = append(subtypes, s), o.Err()
		if err == nil && s.Name == "" {
			err = fields[i].Value.Errorf("the name of a subtype must not be empty")
		}
	}
	if err == nil && len(subtypes) == 0 {
		err = v.Errorf("the type is empty; give at least one subtype")
	}
	return subtypes, err
}

func (n Nulls) measurement(v Value) (m measurement.Measurement, err error) {
	must, may := []string{"type", "subtypes"}, []string(nil)
	if v.sparse {
		must, may = must[:1], must[1:]
	}
	o := v.Object(must, may)
	m.Type = Get(o, "type", Value.measurementType)
	m.Subtypes = Get(o, "subtypes", n.subtypes)
	return m, o.Err()
}

func (n Nulls) subtypes(v Value) ([]measurement.Subtype, error) {
	return distinct(
		v, "subtype", n.subtype, func(s measurement.Subtype) string { return s.Name },
		func(s measurement.Subtype) string {
			return fmt.Sprintf("the subtype %s is given twice", words.Quote(s.Name))
		},
	)
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

func (n Nulls) subtype(v Value) (s measurement.Subtype, err error) {
	must, may := []string{"subtype", "data"}, []string{"context"}
	if v.sparse {
		must, may = must[:1], append(may, "data")
	}
	o := v.Object(must, may)
	name := Get(o, "subtype", func(v Value) (string, error) {
		name, err := v.Text()
		if err == nil && name == "" {
			err = v.Errorf("the name of a subtype must not be empty")
		}
		return name, err
	})
	s = n.readings(o)
	s.Name = name
	return s, o.Err()
}

func (n Nulls) readings(o *Object) (s measurement.Subtype) {
	s.Data = Get(o, "data", n.data)
	s.Context = Get(o, "context", func(v Value) (map[string]string, error) { return v.context(s.Data) })
	return s
}

func (n Nulls) data(v Value) (map[string]measurement.Reading, error) {
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	if len(fields) == 0 && !v.sparse {
		return nil, v.Errorf("the data of a subtype must not be empty")
	}
	data := make(map[string]measurement.Reading, len(fields))
	for _, f := range fields {
		if n == NullsRemove && f.Value.IsNull() {
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
	context := make(map[string]string, len(fields))
	for _, f := range fields {
		if v.sparse && f.Value.IsNull() {
			continue
		}
		if data[f.Key] == nil {
			return nil, f.Value.Errorf("a context explains a value, but data has none for the key %s", words.Quote(f.Key))
		}
		if context[f.Key], err = f.Value.Text(); err != nil {
			return nil, err
		}
	}
	return context, err
}
