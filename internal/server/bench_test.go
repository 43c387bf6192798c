// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"
	"testing"
)

// BenchmarkRecipe answers a recipe that was asked for before; the goal is 10 us.
func BenchmarkRecipe(b *testing.B) {
	s := newServer(b, unlimited)
	r := request(http.MethodGet, trainingURL, "")
	b.ReportAllocs()
	for b.Loop() {
		s.ServeHTTP(silent(), r)
	}
}

// BenchmarkNewRecipe answers recipes that nobody asked for before.
func BenchmarkNewRecipe(b *testing.B) {
	s := newServer(b, unlimited)
	r := request(http.MethodGet, trainingURL, "")
	b.ReportAllocs()
	for b.Loop() {
		s.catalogs.current.Load().recipes = newGenerations[answerKey, answer](maxRecipes)
		s.ServeHTTP(silent(), r)
	}
}

// BenchmarkBundle answers a recipe of two components.
func BenchmarkBundle(b *testing.B) {
	s := newServer(b, unlimited)
	recipe := &bodyOf{}
	s.ServeHTTP(recipe, request(http.MethodGet, "/v1/recipe?service=aks&os=ubuntu&gpu=h100&intent=training&k8s=1.34", ""))
	b.ReportAllocs()
	for b.Loop() {
		w := silent()
		s.ServeHTTP(w, request(http.MethodPost, "/v1/bundle", string(recipe.body), "Content-Type", typeJSON))
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// bodyOf keeps the body of an answer.
type bodyOf struct {
	body   []byte
	header http.Header
}

func (w *bodyOf) WriteHeader(int) {}

func (w *bodyOf) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *bodyOf) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}
