// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// list returns what reads a list item by item.
func list(read func(document.Value) error) func(document.Value) error {
	return func(v document.Value) error {
		items, err := v.Items()
		for i := 0; i < len(items) && err == nil; i++ {
			err = read(items[i])
		}
		return err
	}
}

// texts reads a list of texts, none of them blank: what is to be recognized by
// one would be recognized in anything.
func texts(v document.Value) ([]string, error) {
	return document.List(func(v document.Value) (string, error) {
		text, err := v.Text()
		if err == nil && strings.TrimSpace(text) == "" {
			err = v.Errorf("the text is blank")
		}
		return text, err
	})(v)
}

// name returns what reads an enumerated value in its one form.
func (t systemTable) name(field string) func(document.Value) (string, error) {
	return func(v document.Value) (string, error) {
		text, err := v.Text()
		name := t.normal(field, text)
		if err == nil && name == "" {
			err = v.Errorf("got %s, want a name", words.Quote(text))
		}
		return name, err
	}
}
