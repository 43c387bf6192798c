// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
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

// parseParameters reads the query string. Every parameter that is unknown,
// repeated or too long is named in the error.
func parseParameters(r *http.Request, known ...string) (parameters, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, newProblem(http.StatusRequestURITooLong, codeURITooLong, "the query string is longer than %d bytes", maxQuery)
	}
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalid(detail{Field: "query", Message: "the query string is malformed: " + shorten(err.Error())})
	}
	params := make(parameters, len(given))
	var mistakes []detail
	for name, values := range given {
		params[name] = values[0]
		if mistake := check(name, values, known); mistake != "" {
			mistakes = append(mistakes, detail{Field: shorten(name), Message: mistake})
		}
	}
	if mistakes != nil {
		slices.SortFunc(mistakes, func(a, b detail) int { return strings.Compare(a.Field, b.Field) })
		return nil, invalid(mistakes...)
	}
	return params, nil
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

// flag returns a parameter that is true or false, false when it is not given.
func (p parameters) flag(name string) (bool, error) {
	text := p[name]
	if text == "" {
		return false, nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, invalid(detail{Field: name, Message: "got " + strconv.Quote(text) + ", want true or false"})
	}
	return value, nil
}

// list returns the parts of a parameter such as a,b; nil when it is not given.
func (p parameters) list(name string) []string {
	if p[name] == "" {
		return nil
	}
	parts := strings.Split(p[name], ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
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
}

// parseQuestion reads the parameters of a recipe.
func parseQuestion(r *http.Request) (question, error) {
	var q question
	params, err := parseParameters(r, append(document.QueryFields(), paramContext, paramAllowUncovered)...)
	if err != nil {
		return q, err
	}
	for _, name := range document.QueryFields() {
		*q.query.Field(name) = params[name]
	}
	if q.query.Context, err = params.flag(paramContext); err != nil {
		return q, err
	}
	q.allowUncovered, err = params.flag(paramAllowUncovered)
	return q, err
}
