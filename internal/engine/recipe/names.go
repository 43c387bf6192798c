// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// names are what enumerated values have one form by.
type names struct {
	systems systemTable
	gpus    gpuTable
}

// normal returns an enumerated value in its one form: trimmed, lower case, an
// operating system by its family, a GPU by the one whose recipe it takes, and ""
// for any.
func (n names) normal(field, text string) string {
	value := strings.ToLower(strings.TrimSpace(text))
	switch {
	case value == anyValue:
		return ""
	case field == "os":
		return n.systems.family(value)
	case field == "gpu":
		gpu, _ := n.gpus.sibling(value)
		return gpu
	default:
		return value
	}
}

// name returns what reads an enumerated value in its one form.
func (n names) name(field string) func(document.Value) (string, error) {
	return func(v document.Value) (string, error) {
		text, err := v.Text()
		name := n.normal(field, text)
		if err == nil && name == "" {
			err = v.Errorf("got %s, want a name", words.Quote(text))
		}
		return name, err
	}
}

// gpuNames is a GPU with others that take its recipe.
type gpuNames struct {
	GPU string
	// Siblings are the others, in lower case, each with what the recipe says of it
	// that is the GPU's own.
	Siblings map[string]string
}

type gpuTable []gpuNames

// sibling returns the GPU whose recipe a GPU takes, and what is not the same. A
// GPU that is not a sibling stands for itself.
func (t gpuTable) sibling(name string) (gpu, differs string) {
	for _, row := range t {
		if differs, is := row.Siblings[name]; is {
			return row.GPU, differs
		}
	}
	return name, ""
}

// finding says whose recipe a GPU takes that has none of its own.
func (t gpuTable) finding(name string) []Finding {
	gpu, differs := t.sibling(name)
	if gpu == name {
		return nil
	}
	return []Finding{{Rule: ruleSiblingGPU, Field: "gpu", Message: fmt.Sprintf("%s takes the recipe of %s: %s", name, gpu, differs)}}
}

func (l *loader) addGPU(v document.Value) error {
	o := v.Object([]string{"gpu", "siblings"}, nil)
	row := gpuNames{GPU: document.Get(o, "gpu", l.names.name("gpu")), Siblings: map[string]string{}}
	o.Read("siblings", func(v document.Value) error {
		siblings, err := v.Fields()
		for i := 0; i < len(siblings) && err == nil; i++ {
			name := strings.ToLower(siblings[i].Key)
			if gpu, _ := l.names.gpus.sibling(name); gpu != name {
				return siblings[i].Value.Errorf("%s is given twice; an earlier row says that it takes the recipe of %s", words.Quote(name), gpu)
			}
			row.Siblings[name], err = siblings[i].Value.Text()
		}
		return err
	})
	if o.Err() == nil && slices.ContainsFunc(l.names.gpus, func(other gpuNames) bool { return other.GPU == row.GPU }) {
		return v.Errorf("the GPU %s is given twice", words.Quote(row.GPU))
	}
	l.names.gpus = append(l.names.gpus, row)
	return o.Err()
}
