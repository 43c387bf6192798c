// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Limits of the query string, in bytes. Nothing longer is echoed.
const (
	maxQuery = 16 << 10
	maxValue = 128
	// manyKeys marks a parameter such as overrides[gpu-operator], which is given
	// once for each key and may be as long as the query string allows.
	manyKeys = "[]"
)

// parameters are the query parameters of a request by name, each given once.
type parameters map[string]string

// noParameters refuses every parameter.
func noParameters(r *http.Request) error {
	_, mistakes, err := parseParameters(r)
	if err == nil && len(mistakes) > 0 {
		return invalid(mistakes...)
	}
	return err
}

// parseParameters reads the query string. Every parameter that is malformed,
// unknown, repeated or too long is a mistake, and left out. The error is one after
// which looking for more mistakes makes no sense.
func parseParameters(r *http.Request, known ...string) (parameters, []detail, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, nil, newProblem(http.StatusRequestURITooLong, codeURITooLong, "the query string is longer than %d bytes", maxQuery)
	}
	given, mistakes := splitQuery(r.URL.RawQuery)
	params := make(parameters, len(given))
	for name, values := range given {
		if mistake := check(name, values, known); mistake != "" {
			mistakes = append(mistakes, detail{Field: shorten(name), Message: mistake})
			continue // as if it was not given
		}
		params[name] = values[0]
	}
	slices.SortFunc(mistakes, func(a, b detail) int { return strings.Compare(a.Field, b.Field) })
	return params, mistakes, nil
}

// fieldQuery is the query string as details name it, where a part of it has no
// name.
const fieldQuery = "query"

// splitQuery is url.ParseQuery with each mistake told on its parameter.
func splitQuery(query string) (values url.Values, mistakes []detail) {
	values = url.Values{}
	wrong := func(field, message string) {
		mistakes = append(mistakes, detail{Field: shorten(field), Message: message})
	}
	for pair := range strings.SplitSeq(query, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		switch {
		case pair == "":
		case nameErr != nil:
			wrong(fieldQuery, "malformed name of a parameter: "+shorten(nameErr.Error()))
		case name == "":
			wrong(fieldQuery, "a value without the name of a parameter: "+shorten(pair))
		case strings.Contains(pair, ";"):
			wrong(name, "malformed: a semicolon; put & between parameters, and %3B where a value has one")
		case valueErr != nil:
			wrong(name, "malformed: "+shorten(valueErr.Error())+"; write % as %25")
		default:
			values[name] = append(values[name], value)
		}
	}
	return values, mistakes
}

func check(name string, values, known []string) string {
	family, _, isKeyed := cutKey(name)
	if isKeyed {
		name = family + manyKeys
	}
	switch {
	case !slices.Contains(known, name) && len(known) == 0:
		return "unknown parameter; there are none here"
	case !slices.Contains(known, name):
		return "unknown parameter; known are " + strings.Join(known, ", ")
	case len(values) > 1:
		return "given " + strconv.Itoa(len(values)) + " times; give it once"
	case !isKeyed && len(values[0]) > maxValue:
		return "longer than " + strconv.Itoa(maxValue) + " bytes"
	default:
		return ""
	}
}

// cutKey takes overrides[gpu-operator] apart.
func cutKey(name string) (family, key string, ok bool) {
	family, rest, ok := strings.Cut(name, "[")
	key, closed := strings.CutSuffix(rest, "]")
	return family, key, ok && closed
}

// flag returns a parameter that is true or false, false when it is not given,
// and what is wrong with it.
func (p parameters) flag(name string) (value bool, mistakes []detail) {
	text := p[name]
	if text == "" {
		return false, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, []detail{{Field: name, Message: "got " + words.Quote(text) + ", want true or false"}}
	}
	return value, nil
}

// list returns the parts of a parameter such as a,b; nil when it is not given,
// and what is wrong with it.
func (p parameters) list(name string) (parts []string, mistakes []detail) {
	text, given := p[name]
	if !given {
		return nil, nil
	}
	parts = strings.Split(text, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	if slices.Contains(parts, "") {
		return nil, []detail{{Field: name, Message: "an empty name; want names with a comma between them, or leave the parameter out"}}
	}
	return parts, nil
}

// keyed returns the values of a parameter by key.
func (p parameters) keyed(family string) map[string]string {
	values := map[string]string{}
	for name, value := range p {
		if f, key, ok := cutKey(name); ok && f == family {
			values[key] = value
		}
	}
	return values
}

// Parameters of recipes beyond the fields of a query.
const (
	paramContext        = "context"
	paramAllowUncovered = "allow_uncovered"
)

// question is what a client asks.
type question struct {
	query          document.Query
	allowUncovered bool
	mistakes       []detail // in the parameters' form
}

// parseQuestion reads the parameters of a recipe. Mistakes in them are part of
// the question, so that they are told together with those in their values.
func parseQuestion(r *http.Request) (question, error) {
	params, mistakes, err := parseParameters(r, append(document.QueryFields(), paramContext, paramAllowUncovered)...)
	if err != nil {
		return question{}, err
	}
	q := question{mistakes: mistakes}
	for _, name := range document.QueryFields() {
		*q.query.Field(name) = params[name]
	}
	var contextMistakes, uncoveredMistakes []detail
	q.query.Context, contextMistakes = params.flag(paramContext)
	q.allowUncovered, uncoveredMistakes = params.flag(paramAllowUncovered)
	q.mistakes = slices.Concat(mistakes, contextMistakes, uncoveredMistakes)
	return q, nil
}
