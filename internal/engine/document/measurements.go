// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"slices"
	"strings"

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

// recipeMeasurements decodes a list, or a map of paths and readings.
func (v Value) recipeMeasurements() (list measurement.List, err error) {
	if v.target().Kind != yaml.MappingNode {
		return RefuseNulls.measurements(v)
	}
	fields, err := v.Fields()
	subtypes := map[measurement.Path]map[string]measurement.Reading{}
	for i := 0; i < len(fields) && err == nil; i++ {
		f := fields[i]
		var path measurement.Path
		var reading measurement.Reading
		if path, err = f.path(); err != nil {
			break
		}
		if reading, err = f.Value.Reading(); err != nil {
			break
		}
		of := measurement.Path{Type: path.Type, Subtype: path.Subtype}
		if subtypes[of] == nil {
			subtypes[of] = map[string]measurement.Reading{}
			list = appendSubtype(list, path, subtypes[of])
		}
		subtypes[of][path.Key] = path.Type.Normal(path.Key, reading)
	}
	if err == nil && len(list) == 0 {
		err = v.Errorf("the measurements are empty; give at least one")
	}
	return list, err
}

// appendSubtype appends the subtype of a path, which the list does not have.
func appendSubtype(list measurement.List, of measurement.Path, data map[string]measurement.Reading) measurement.List {
	i := slices.IndexFunc(list, func(m measurement.Measurement) bool { return m.Type == of.Type })
	if i < 0 {
		i, list = len(list), append(list, measurement.Measurement{Type: of.Type})
	}
	list[i].Subtypes = append(list[i].Subtypes, measurement.Subtype{Name: of.Subtype, Data: data})
	return list
}

// path reads the key of a field as the path of a reading.
func (f Field) path() (measurement.Path, error) {
	path, key := measurement.ParsePath(f.Key), Value{node: f.key, at: f.Value.at}
	if path.Subtype == "" || path.Key == "" {
		return path, key.Errorf("%s is not the path of a value: write type/subtype/key, as in K8s/image/driver", words.Quote(f.Key))
	}
	return path, key.knownType(path.Type)
}

// contexts decodes the contexts of measurements that are a map.
func (v Value) contexts(list measurement.List) error {
	fields, err := v.Fields()
	if err != nil {
		return err
	}
	subtypes := map[measurement.Path]*measurement.Subtype{}
	for _, m := range list {
		for i, s := range m.Subtypes {
			subtypes[measurement.Path{Type: m.Type, Subtype: s.Name}] = &m.Subtypes[i]
		}
	}
	for _, f := range fields {
		path := measurement.ParsePath(f.Key)
		s := subtypes[measurement.Path{Type: path.Type, Subtype: path.Subtype}]
		if s == nil || s.Data[path.Key] == nil {
			return f.Value.Errorf("a context explains a value, but measurements has none at %s", words.Quote(f.Key))
		}
		if s.Context[path.Key] != "" {
			return f.Value.Errorf("the context of %s is given twice", words.Quote(f.Key))
		}
		if s.Context == nil {
			s.Context = map[string]string{}
		}
		if s.Context[path.Key], err = f.Value.Text(); err != nil {
			return err
		}
	}
	return nil
}

func (n Nulls) measurement(v Value) (m measurement.Measurement, err error) {
	must, may := []string{"type", "subtypes"}, []string(nil)
	if v.sparse {
		must, may = must[:1], must[1:]
	}
	o := v.Object(must, may)
	m.Type = Get(o, "type", Value.measurementType)
	m.Subtypes = Get(o, "subtypes", n.subtypes)
	for _, s := range m.Subtypes {
		for key, reading := range s.Data {
			s.Data[key] = m.Type.Normal(key, reading)
		}
	}
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
	return measurement.Type(text), v.knownType(measurement.Type(text))
}

func (v Value) knownType(t measurement.Type) error {
	if slices.Contains(measurement.Types(), t) {
		return nil
	}
	var known []string
	for _, k := range measurement.Types() {
		known = append(known, string(k))
	}
	return v.Errorf("unknown measurement type %s; expected %s", words.Quote(string(t)), words.Or(known))
}

func (n Nulls) subtype(v Value) (s measurement.Subtype, err error) {
	must, may := []string{"subtype", "data"}, []string{"context"}
	if v.sparse {
		must, may = must[:1], append(may, "data")
	}
	o := v.Object(must, may)
	name := Get(o, "subtype", func(v Value) (string, error) {
		name, err := v.Text()
		if err == nil && (name == "" || strings.Contains(name, "/")) {
			err = v.Errorf("the name of a subtype must not be empty or contain /; got %s", words.Quote(name))
		}
		return name, err
	})
	s.Name = name
	s.Data = Get(o, "data", n.data)
	s.Context = Get(o, "context", func(v Value) (map[string]string, error) { return v.context(s.Data) })
	return s, o.Err()
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
