// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// anyValue is what a user writes to leave a field open on purpose.
const anyValue = "any"

// enumFields are the fields of a query whose values a catalog enumerates, in
// query order. The others are versions.
func enumFields() []string { return []string{"os", "service", "gpu", "intent"} }

// vocabulary holds the sorted values of each enumerated field, and other names
// of operating systems and GPUs.
type vocabulary struct {
	values map[string][]string
	names
}

// with returns the vocabulary extended by the keys of some layers.
func (v vocabulary) with(layers []*layer) vocabulary {
	if len(layers) == 0 {
		return v
	}
	v.values = maps.Clone(v.values)
	for _, l := range layers {
		for _, c := range l.conditions {
			if c.version == nil {
				v.add(c.field, c.value)
			}
		}
	}
	return v
}

// add inserts a value. The slice that v shares with others stays as it is.
func (v vocabulary) add(field, value string) {
	if i, found := slices.BinarySearch(v.values[field], value); !found {
		v.values[field] = slices.Insert(slices.Clone(v.values[field]), i, value)
	}
}

func (v vocabulary) has(field, value string) bool {
	_, found := slices.BinarySearch(v.values[field], value)
	return found
}

// unknown describes a value that the vocabulary lacks. A value that is real is
// no slip of the keyboard: why says what is the matter with it. One that is another
// name of a known value asks for that.
func (v vocabulary) unknown(field, value, why, meant string) error {
	known := v.values[field]
	if len(known) == 0 {
		return fmt.Errorf("unknown %s %s: the catalog distinguishes no %s; leave it out, or add an overlay of your own for it", field, words.Quote(value), field)
	}
	hint := ""
	switch {
	case why != "":
		why = ": " + why
	case meant != "":
		hint = fmt.Sprintf("; did you mean %q?", meant)
	default:
		hint = suggest.Question(value, known)
	}
	return fmt.Errorf("unknown %s %s%s; valid are %s, any, and values that your overlays add%s", field, words.Quote(value), why, strings.Join(known, ", "), hint)
}

func isEnum(field string) bool { return slices.Contains(enumFields(), field) }

// normalText returns a value in its one form: an enumerated one by
// names.normal, a version as given, trimmed; "" for any.
func (t names) normalText(field, text string) string {
	trimmed := strings.TrimSpace(text)
	switch {
	case isEnum(field):
		return t.normal(field, text)
	case strings.EqualFold(trimmed, anyValue):
		return ""
	default:
		return trimmed
	}
}

// normalize returns the query with enumerated values in their one form and
// versions as given, trimmed. Every malformed value is an *Error, every unknown
// one a gap; explain says of a real value why it is unknown, and what another name
// means.
func (v vocabulary) normalize(q document.Query, explain func(field, value string) (why, meant string)) (_ document.Query, gaps, errs []*Error) {
	for _, field := range document.QueryFields() {
		text := q.Field(field)
		if *text == "" {
			continue
		}
		normal, err := v.normalizeField(field, *text)
		if err == nil && normal != "" && isEnum(field) && !v.has(field, normal) {
			why, meant := explain(field, normal)
			gaps = append(gaps, &Error{Field: field, Err: v.unknown(field, normal, why, meant)})
		}
		*text = normal
		if err == nil {
			err = v.systems.lostZero(field, normal, q.OS)
		}
		if err != nil {
			errs = append(errs, &Error{Field: field, Err: err})
		}
	}
	return q, gaps, errs
}

func (v vocabulary) normalizeField(field, text string) (string, error) {
	value := v.normalText(field, text)
	switch {
	case strings.TrimSpace(text) == "":
		return "", errors.New("the value is blank; leave it out, or write any")
	case value == "": // any
		return "", nil
	case !isEnum(field):
		parsed, err := version.Parse(value)
		if err == nil && field == "k8s" && parsed.Numbers() < 2 {
			err = fmt.Errorf("%s names no release of Kubernetes: give at least the minor version, such as 1.33", words.Quote(value))
		}
		return value, err
	}
	return value, nil
}

// lostZero returns an error for a version that does not exist, but would with
// another zero: HCL and JSON write the number 1.30 as 1.3.
func (t systemTable) lostZero(field, text, of string) error {
	const oldest = 10 // minor version of Kubernetes that any GPU operator ran on
	major, minor, two := strings.Cut(text, ".")
	switch {
	case !two || len(minor) != 1 || minor == "0" || !words.Of(major+minor, words.Digits):
		return nil
	case field == "k8s" && version.Compare(text, fmt.Sprintf("1.%d", oldest)) < 0:
	case field == "osv" && slices.ContainsFunc(t, func(s system) bool { return s.OS == of && s.YearMonth }):
	default:
		return nil
	}
	return fmt.Errorf("there is no version %s; did you mean %s0? A number loses its last zero in HCL and JSON: write it in quotes", text, text)
}

// Normalizer returns the function that returns the request of a recipe document
// with its enumerated values in their one form, for readers that compare them. Any
// value is accepted: a catalog may have more of them than the embedded one, of
// which the names of systems are read at the first call. A malformed version is
// an error.
func Normalizer() func(document.Query) (document.Query, error) {
	embedded := sync.OnceValues(func() (names, error) {
		all, _, err := embeddedNames()
		return all, err
	})
	return func(q document.Query) (document.Query, error) {
		all, err := embedded()
		if err != nil {
			return q, err
		}
		return all.normalize(q)
	}
}

func (t names) normalize(q document.Query) (document.Query, error) {
	var errs []error
	for _, field := range document.QueryFields() {
		text := q.Field(field)
		*text = t.normalText(field, *text)
		if *text == "" || isEnum(field) {
			continue
		}
		if _, err := version.Parse(*text); err != nil {
			errs = append(errs, fmt.Errorf("request.%s: %w", field, err))
		}
	}
	return q, errors.Join(errs...)
}
