// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Object is a mapping while its fields are read. The first mistake is kept, and
// nothing is read after it.
type Object struct {
	fields map[string]Value
	err    error
}

// Object begins to read a mapping, which must have some fields and may have
// others.
func (v Value) Object(must, may []string) *Object {
	o := &Object{}
	fields, err := v.Fields()
	if err != nil {
		o.err = err
		return o
	}
	allowed := slices.Concat(must, may)
	o.fields = make(map[string]Value, len(fields))
	for _, f := range fields {
		if !slices.Contains(allowed, f.Key) {
			o.err = nodeError(f.key, f.Value.at, fmt.Sprintf("unknown field %s; expected %s", words.Quote(f.Key), words.Or(allowed)))
			return o
		}
		if !v.sparse || !f.Value.IsNull() {
			o.fields[f.Key] = f.Value
		}
	}
	for _, name := range must {
		if !o.Has(name) {
			o.err = v.Errorf("the field %s is missing", words.Quote(name))
			return o
		}
	}
	return o
}

// Err returns the first mistake.
func (o *Object) Err() error { return o.err }

// Empty reports whether there is no field.
func (o *Object) Empty() bool { return len(o.fields) == 0 }

// Has reports whether the field is there.
func (o *Object) Has(field string) bool {
	_, ok := o.fields[field]
	return ok
}

// Read passes a field to a function, unless it is not there or a mistake came
// before.
func (o *Object) Read(field string, read func(Value) error) {
	if o.err == nil && o.Has(field) {
		o.err = read(o.fields[field])
	}
}

// Get returns what a function reads of a field, and nothing where Read would
// not pass it.
func Get[T any](o *Object, field string, read func(Value) (T, error)) (got T) {
	o.Read(field, func(v Value) (err error) {
		got, err = read(v)
		return err
	})
	return got
}

// renamed reads a field that older documents have under another name.
func renamed[T any](o *Object, field, older string, read func(Value) (T, error)) T {
	if !o.Has(older) {
		return Get(o, field, read)
	}
	return Get(o, older, func(v Value) (got T, err error) {
		if o.Has(field) {
			return got, v.Errorf("%s is given under two names", words.Quote(field))
		}
		return read(v)
	})
}

// List reads every element of a list with a function.
func List[T any](read func(Value) (T, error)) func(Value) ([]T, error) {
	return func(v Value) ([]T, error) {
		items, err := v.Items()
		if err != nil {
			return nil, err
		}
		list := make([]T, len(items))
		for i, item := range items {
			if list[i], err = read(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
}

// distinct reads a list of at least one element, which have names that differ.
func distinct[T any](v Value, what string, read func(Value) (T, error), name func(T) string, twice func(T) string) ([]T, error) {
	seen := map[string]bool{}
	list, err := List(func(item Value) (T, error) {
		element, err := read(item)
		if err == nil && seen[name(element)] {
			err = item.Errorf("%s", twice(element))
		}
		seen[name(element)] = true
		return element, err
	})(v)
	if err == nil && len(list) == 0 && !v.sparse {
		err = v.Errorf("the list is empty; give at least one %s", what)
	}
	return list, err
}
