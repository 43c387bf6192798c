// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// productTable names NVIDIA's products by PCI device id: four hexadecimal
// digits in lower case, such as "2330". A name is what the driver would report.
type productTable map[string]string

// name returns the product with a device id in any case, "" for none.
func (t productTable) name(id string) string { return t[strings.ToLower(id)] }

// without says that a product with this word in its name is a GPU that no recipe
// is for, "" where none has it.
func (t productTable) without(word string) string {
	for _, id := range slices.Sorted(maps.Keys(t)) {
		if slices.Contains(productWords(t[id]), word) {
			return t[id] + " is " + withoutRecipes
		}
	}
	return ""
}

// productWords splits the name or label of a product and lowers its case.
func productWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) })
}

// decode adds the products of one fragment to the table.
func (t productTable) decode(v document.Value) error {
	fields, err := v.Fields()
	if err != nil {
		return err
	}
	deviceID := regexp.MustCompile(`^[0-9a-f]{4}$`)
	for _, f := range fields {
		if !deviceID.MatchString(f.Key) {
			return f.Value.Errorf("%s is no PCI device id; expected four hexadecimal digits in lower case, such as \"20b0\"", words.Quote(f.Key))
		}
		if other, taken := t[f.Key]; taken {
			return f.Value.Errorf("the product %s is given twice; an earlier file says %s", words.Quote(f.Key), words.Quote(other))
		}
		name, err := f.Value.Text()
		if err != nil {
			return err
		}
		if strings.TrimSpace(name) == "" {
			return f.Value.Errorf("the name is blank")
		}
		t[f.Key] = name
	}
	return nil
}
