// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Limits of the query string, in bytes. Nothing longer is echoed.
const (
	maxQuery = 16 << 10
	maxValue = 128
	// manyKeys marks a parameter such as overrides[gpu-operator], which is given
	// once for each key and may be as long as the query string allows.
	manyKeys = "[]"
	// manyValues marks a list, with commas between its values, given several times, or
	// both.
	manyValues = ","
)

// parameters are the query parameters of a request by name, each given once or a list,
// and what is wrong with others: they are left out, so that all mistakes are
// reported together.
type parameters struct {
	values   map[string]string
	mistakes []detail
}

func (p *parameters) wrong(name, message string) {
	p.mistakes = append(p.mistakes, detail{Field: shorten(name), Message: message})
}

// plain is an endpoint that takes no parameters.
func plain(e endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		params, err := parseParameters(r)
		switch {
		case err != nil:
			return err
		case len(params.mistakes) > 0:
			return invalid(params.mistakes...)
		}
		return e(w, r)
	}
}

// parseParameters reads the query string. Every parameter that is malformed,
// unknown, too long or, unless it is a list, repeated is a mistake. The error is one after which
// looking for more mistakes makes no sense.
func parseParameters(r *http.Request, known ...string) (*parameters, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, newProblem(http.StatusRequestURITooLong, codeURITooLong, "the query string is longer than %d bytes", maxQuery)
	}
	params := &parameters{values: map[string]string{}}
	names := unmarked(known)
	for name, values := range params.split(r.URL.RawQuery) {
		if mistake := check(name, values, names, slices.Contains(known, name+manyValues)); mistake != "" {
			params.wrong(name, mistake)
			continue
		}
		params.values[name] = strings.Join(values, manyValues)
	}
	slices.SortFunc(params.mistakes, func(a, b detail) int { return strings.Compare(a.Field, b.Field) })
	return params, nil
}

// fieldQuery is the query string as details name it, where a part of it has no
// name.
const fieldQuery = "query"

// split is url.ParseQuery with each mistake reported on its parameter.
func (p *parameters) split(query string) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		switch {
		case pair == "":
		case nameErr != nil:
			p.wrong(fieldQuery, "malformed name of a parameter: "+shorten(nameErr.Error()))
		case name == "":
			p.wrong(fieldQuery, "a value without the name of a parameter: "+shorten(pair))
		case strings.Contains(pair, ";"):
			p.wrong(name, "malformed: a semicolon; put & between parameters, and %3B where a value has one")
		case valueErr != nil:
			p.wrong(name, "malformed: "+shorten(valueErr.Error())+"; write % as %25")
		default:
			values[name] = append(values[name], value)
		}
	}
	return values
}

func check(name string, values, known []string, isList bool) string {
	family, _, isKeyed := cutKey(name)
	if isKeyed {
		name = family + manyKeys
	}
	blank := func(value string) bool { return strings.TrimSpace(value) == "" }
	switch {
	case !slices.Contains(known, name) && len(known) == 0:
		return "unknown parameter; there are none here"
	case !slices.Contains(known, name):
		return "unknown parameter; known are " + strings.Join(known, ", ") + nearest(name, known)
	case slices.ContainsFunc(values, blank):
		return "empty; leave it out, or give it a value"
	case isList:
		return ""
	case len(values) > 1:
		return "given " + strconv.Itoa(len(values)) + " times; give it once"
	case !isKeyed && !slices.Contains([]string{paramPlacement, paramRegistry, paramSnapshot}, name) && len(values[0]) > maxValue:
		return "longer than " + strconv.Itoa(maxValue) + " bytes"
	default:
		return ""
	}
}

// unmarked are the names without the marks of lists.
func unmarked(known []string) []string {
	names := slices.Clone(known)
	for i := range names {
		names[i] = strings.TrimSuffix(names[i], manyValues)
	}
	return names
}

// nearest asks for the parameter that was probably meant.
func nearest(name string, known []string) string {
	if field := document.FieldOf(name); slices.Contains(known, field) {
		return fmt.Sprintf("; did you mean %q?", field)
	}
	return suggest.Question(name, known)
}

// cutKey takes overrides[gpu-operator] apart.
func cutKey(name string) (family, key string, ok bool) {
	family, rest, ok := strings.Cut(name, "[")
	key, closed := strings.CutSuffix(rest, "]")
	return family, key, ok && closed
}

// flag returns a parameter that is true or false, false when it is not given.
func (p *parameters) flag(name string) bool {
	text := p.values[name]
	if text == "" {
		return false
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		p.wrong(name, "got "+words.Quote(text)+", want true or false")
	}
	return value
}

// list returns the parts of a parameter such as a,b; nil when it is not given.
func (p *parameters) list(name string) []string {
	text, given := p.values[name]
	if !given {
		return nil
	}
	parts := strings.Split(text, manyValues)
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	if slices.Contains(parts, "") {
		p.wrong(name, "an empty name; want names with a comma between them, or leave the parameter out")
		return nil
	}
	return parts
}

// keyed returns the values of a parameter by key.
func (p *parameters) keyed(family string) map[string]string {
	values := map[string]string{}
	for name, value := range p.values {
		if f, key, ok := cutKey(name); ok && f == family {
			values[key] = value
		}
	}
	return values
}

// Parameters of recipes beyond the fields of a query.
const (
	paramContext        = "context"
	paramProvenance     = "provenance"
	paramAllowUncovered = "allow_uncovered"
	paramOptions        = "options"
	paramReleases       = "releases"
	paramDriver         = "driver"
)

// question is what a client asks.
type question struct {
	recipe.Request
	provenance bool     // is part of the answer, with the findings
	mistakes   []detail // in the parameters' form
}

// parseQuestion reads the parameters of a recipe. Mistakes in them are part of
// the question, so that they are reported together with those in their values.
func parseQuestion(r *http.Request) (question, error) {
	params, err := parseParameters(r, append(document.QueryFields(), paramContext, paramProvenance, paramAllowUncovered,
		paramOptions+manyKeys, paramReleases+manyKeys, paramDriver, paramIgnoreFindings+manyValues)...)
	if err != nil {
		return question{}, err
	}
	var q question
	for _, name := range document.QueryFields() {
		*q.Query.Field(name) = params.values[name]
	}
	q.Query.Context = params.flag(paramContext)
	q.provenance = params.flag(paramProvenance)
	q.AllowUncovered = params.flag(paramAllowUncovered)
	q.Options, q.Releases = params.keyed(paramOptions), params.keyed(paramReleases)
	q.Driver, q.IgnoreFindings = params.values[paramDriver], params.list(paramIgnoreFindings)
	q.mistakes = params.mistakes
	return q, nil
}
