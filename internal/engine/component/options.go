// SPDX-License-Identifier: Apache-2.0

package component

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// The subtypes of K8s whose keys are options: what a user may wish for.
const (
	ConfigSubtype  = "config"
	NetworkSubtype = "network-config"
)

// IsOption reports whether a recipe key is an option.
func IsOption(path measurement.Path) bool {
	return path.Type == measurement.K8s && (path.Subtype == ConfigSubtype || path.Subtype == NetworkSubtype)
}

// Options lists the options that components read, and other keys that may be stated
// as one, by Name, each once.
func (s *Set) Options() ([]Key, error) {
	all, err := s.Descriptions()
	if err != nil {
		return nil, err
	}
	var options []Key
	for _, d := range all {
		for _, k := range d.Keys {
			if IsOption(k.Path()) || k.Option {
				options = append(options, k)
			}
		}
	}
	slices.SortStableFunc(options, func(a, b Key) int { return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a.Key, b.Key)) })
	return slices.CompactFunc(options, func(a, b Key) bool { return a.Key == b.Key }), nil
}

// Path is the key's place in a recipe.
func (k Key) Path() measurement.Path { return measurement.ParsePath(k.Key) }

// Name is the last part of the key: rdma of K8s/config/rdma. No two options have
// the same.
func (k Key) Name() string { return k.Path().Key }

// Values lists what the key takes, nil for texts.
func (k Key) Values() []string {
	if k.Type == Bool {
		return []string{"true", "false"}
	}
	return k.OneOf
}

// Read returns the reading that a text stands for.
func (k Key) Read(text string) (measurement.Reading, error) {
	if k.Type != Bool {
		r := measurement.Str(text)
		return r, k.Check(r)
	}
	if !slices.Contains(k.Values(), text) {
		return nil, fmt.Errorf("got %s, want true or false", words.Quote(text))
	}
	return measurement.Bool(text == "true"), nil
}

// Check says what is wrong with the type or the form of a reading.
func (k Key) Check(r measurement.Reading) error {
	text, isText := r.Any().(string)
	_, isBool := r.Any().(bool)
	switch {
	case k.Type == Bool && isBool:
		return nil
	case k.Type == Bool:
		return fmt.Errorf("got %s, want a bool: true or false without quotes", described(r))
	case !isText:
		return fmt.Errorf("got %s, want a string: put it into quotes", described(r))
	case strings.TrimSpace(text) == "":
		return errors.New("the string is empty, which says nothing: give a value, or remove the key with null in an overlay")
	case k.Type == Enum && !slices.Contains(k.OneOf, text):
		hint := suggest.Question(text, k.OneOf)
		if meant := k.Also[strings.ToLower(text)]; meant != "" {
			hint = fmt.Sprintf("; did you mean %q?", meant)
		}
		return fmt.Errorf("got %s, want one of %s%s", words.Quote(text), strings.Join(k.OneOf, ", "), hint)
	default:
		return k.Type.Check(text)
	}
}

func described(r measurement.Reading) string {
	switch v := r.Any().(type) {
	case string:
		return "the string " + words.Quote(v)
	case bool:
		return fmt.Sprintf("the bool %t", v)
	default:
		return "the number " + r.String()
	}
}
