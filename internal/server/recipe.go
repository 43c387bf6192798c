// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
)

// Bounds of the encoded recipes that are kept: how many, in each of two
// generations, and the bytes of the query string that asks for one. A recipe has
// 5 to 15 KB; one with its provenance has several times as much, and is not kept.
const (
	maxRecipes   = 256
	maxKeptQuery = 1 << 10
)

// answerKey is what an encoded recipe depends on, besides the catalog.
type answerKey struct {
	query string // as the client wrote it
	media string
}

// answer is an encoded recipe or bundle and what is doubtful about it.
type answer struct {
	representation
	warnings []string
	all      string // how to get the warnings that headers have no room for
}

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	addWarnings(w, a.warnings, a.all)
	a.representation.write(w, r)
}

// getRecipe answers GET /v1/recipe.
func (s *Server) getRecipe(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	media, err := negotiate(r, typeJSON, typeYAML)
	if err != nil {
		return err
	}
	a, err := s.known(r, media)
	if err != nil {
		return err
	}
	a.write(w, r)
	return nil
}

// known returns the answer to a question, from the cache where it was asked in
// these words before: a recipe depends on nothing else but the catalog.
func (s *Server) known(r *http.Request, media string) (answer, error) {
	current := s.catalogs.current.Load()
	key := answerKey{r.URL.RawQuery, media}
	if a, ok := current.recipes.get(key); ok {
		s.metrics.recipes.add(resultHit, 1)
		return a, nil
	}
	s.metrics.recipes.add(resultMiss, 1)
	q, err := parseQuestion(r)
	if err != nil {
		return answer{}, err
	}
	a, err := build(r.Context(), current.catalog, q, nil, media, cacheShared)
	if err == nil && len(key.query) <= maxKeptQuery && !q.provenance {
		key.query = strings.Clone(key.query) // the text of the whole request line goes
		a.body = bytes.Clone(a.body)         // and so does the room that encoding left
		current.recipes.put(key, a)
	}
	return a, err
}

// postRecipe answers POST /v1/recipe: the body is a snapshot, which the
// parameters override.
func (s *Server) postRecipe(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	q, err := parseQuestion(r)
	if err != nil {
		return err
	}
	media, err := negotiate(r, typeJSON, typeYAML)
	if err != nil {
		return err
	}
	return s.work(w, r, q.mistakes, func(root document.Value) (answer, error) {
		snapshot, err := root.Snapshot()
		if err != nil {
			return answer{}, withMistakes(q.mistakes, invalidBody(err))
		}
		return build(r.Context(), s.catalogs.current.Load().catalog, q, &snapshot, media, cacheNever)
	})
}

// build makes a recipe and encodes it.
func build(ctx context.Context, catalog *recipe.Catalog, q question, snapshot *document.Snapshot, media, cache string) (answer, error) {
	q.Snapshot = snapshot
	result, err := catalog.Build(ctx, q.Request)
	if mistakes := slices.Concat(q.mistakes, recipeMistakes(err)); len(mistakes) > 0 {
		return answer{}, invalid(mistakes...)
	}
	format := document.FormatJSON
	if media == typeYAML {
		format = document.FormatYAML
	}
	if q.provenance {
		result.Recipe.Account = result.Account()
	}
	text, err := result.Recipe.Encode(format)
	if err != nil {
		return answer{}, fmt.Errorf("encoding a recipe: %w", err)
	}
	a := answer{representation: represent(media, cache, text), all: "provenance=true lists all in the body"}
	for _, warning := range result.Findings {
		a.warnings = append(a.warnings, labeled(warning.Rule, labeled(warning.Field, warning.Message)))
	}
	return a, nil
}

// recipeMistakes reports each error of the engine on the parameter that it is about.
func recipeMistakes(err error) []detail {
	var details []detail
	for _, e := range recipe.Errors(err) {
		field := e.Field
		switch {
		case field == "":
			field = "recipe"
		case e.Key != "":
			field += "[" + shorten(e.Key) + "]"
		}
		details = append(details, detail{Field: field, Message: e.Err.Error()})
	}
	return details
}

func labeled(field, message string) string {
	if field == "" {
		return message
	}
	return field + ": " + message
}
