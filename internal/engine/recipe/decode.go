// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// object is a mapping of a catalogue while its fields are read. The first
// mistake is kept in err, and what is read after it is empty.
type object struct {
	value   document.Value
	fields  map[string]document.Value
	systems systemTable
	err     error
}

func (l *loader) object(v document.Value, allowed ...string) *object {
	o := &object{value: v, systems: l.systems}
	o.fields, o.err = v.Object(allowed...)
	return o
}

// read passes a field to a function, unless it is not there.
func (o *object) read(field string, read func(document.Value) error) {
	if v, ok := o.fields[field]; ok && o.err == nil {
		o.err = read(v)
	}
}

// each passes every element of a list to a function.
func (o *object) each(field string, read func(document.Value) error) {
	o.read(field, func(v document.Value) error { return each(v, read) })
}

func each(v document.Value, read func(document.Value) error) error {
	items, err := v.Items()
	for i := 0; i < len(items) && err == nil; i++ {
		err = read(items[i])
	}
	return err
}

func (o *object) text(field string) (text string) {
	o.read(field, func(v document.Value) (err error) {
		text, err = v.Text()
		return err
	})
	return text
}

// texts returns a list of texts, none of them blank: what is to be recognized
// by one would be recognized in anything.
func (o *object) texts(field string) (texts []string) {
	o.each(field, func(v document.Value) error {
		text, err := v.Text()
		if err == nil && strings.TrimSpace(text) == "" {
			err = v.Errorf("the text is blank")
		}
		texts = append(texts, text)
		return err
	})
	return texts
}

// name returns an enumerated value in its one form. It must be there.
func (o *object) name(field string) (name string) {
	if _, ok := o.fields[field]; !ok && o.err == nil {
		o.err = o.value.Errorf("the field %q is missing", field)
	}
	o.read(field, func(v document.Value) (err error) {
		name, err = o.nameOf(field, v)
		return err
	})
	return name
}

// names returns a list of enumerated values in their one form.
func (o *object) names(field string) (names []string) {
	o.each(field, func(v document.Value) error {
		name, err := o.nameOf(field, v)
		names = append(names, name)
		return err
	})
	return names
}

func (o *object) nameOf(field string, v document.Value) (string, error) {
	text, err := v.Text()
	if err != nil {
		return "", err
	}
	name := o.systems.normal(field, text)
	if name == "" {
		return "", v.Errorf("got %s, want a name", words.Quote(text))
	}
	return name, nil
}
