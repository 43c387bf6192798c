// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// workers is how many addresses send each attack.
const workers = 1

// size is that of the largest bodies, which a server takes by default, in bytes.
const size = 1<<20 - 1<<10

// attack is one kind of hostile request. send returns the status, 0 for none.
type attack struct {
	name string
	send func(context.Context, *caller) int
	// right are statuses besides those of a server that is busy: an answer that is
	// none of them is wrong.
	right []int
	// parallel is how many a worker sends at a time.
	parallel int
}

// repeat sends the attack until the context ends.
func (a attack) repeat(ctx context.Context, c *caller, counts *counts) {
	done := make(chan struct{})
	for range a.parallel {
		go func() {
			defer func() { done <- struct{}{} }()
			for ctx.Err() == nil {
				status := a.send(ctx, c)
				busy := []int{0, http.StatusTooManyRequests, http.StatusServiceUnavailable}
				counts.add(a.name, status, !slices.Contains(slices.Concat(a.right, busy), status))
			}
		}()
	}
	for range a.parallel {
		<-done
	}
}

func attacks(recipe string) []attack {
	const few, many = 4, 200
	header := "POST /v1/bundle HTTP/1.1\r\nHost: x\r\nContent-Type: application/yaml\r\n"
	whole := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", header, len(recipe), recipe)
	refused := []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}
	all := []attack{
		{"half headers", held("GET /v1/recipe HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 20<<10)), nil, many},
		{"half bodies", held(header + "Content-Length: 1000000\r\n\r\nkind:"), nil, many},
		{"answers nobody reads", held(strings.Repeat(whole, 20)), nil, few},
		{"distinct queries", distinct(), []int{http.StatusOK}, few},
		{"bodies too large", posted("/v1/bundle", strings.Repeat("x", 5<<20)), refused, few},
		{"aliases in overrides", posted("/v1/bundle?overrides[gpu-operator]="+url.QueryEscape(bomb()), recipe), refused, few},
		{"long overrides", posted("/v1/bundle?overrides[gpu-operator]="+url.QueryEscape("daemonsets: {annotations: {"+numbered(4<<10, "a%d: '',")+"}}"), recipe), []int{http.StatusOK, http.StatusUnprocessableEntity}, few},
	}
	for name, body := range documents() {
		for _, target := range []string{"/v1/recipe", "/v1/bundle"} {
			all = append(all, attack{name, posted(target, body), refused, few})
		}
	}
	return all
}

// documents cost far more than their bytes, were nothing to bound it.
func documents() map[string]string {
	const recipe = "apiVersion: recipe.dgxc.io/v1\nkind: Recipe\n"
	return map[string]string{
		"empty keys":      "{" + repeated("?,") + "}",
		"some empty keys": "{" + strings.Repeat("?,", 45_000) + "}",
		"directives":      repeated("%TAG ! x\n") + "---\na: 1\n",
		"aliases":         bomb(),
		"deep lists":      repeated("["),
		"JSON lists":      `{"a":[` + repeated("[],") + "1]}",
		"some JSON":       `{"a":[` + strings.Repeat("{},", 40_000) + "1]}",
		"a long key":      `{"` + strings.Repeat("k", size/2) + `": {` + numbered(size/2, `"%d":1,`) + `"a":1}}`,
		"comments":        "a:\n" + repeated("  # x\n") + "- 1\n",
		"subtypes":        recipe + "measurements: {" + numbered(size/2, "K8s/%d/x: 1,") + "}\n",
		"a long text":     recipe + "measurements: [{type: K8s, subtypes: [{subtype: config, data: {a: '" + repeated("x ") + "'}}]}]\n",
	}
}

func repeated(text string) string { return strings.Repeat(text, (size-200)/len(text)) } //nolint:mnd // room for what is around it

func numbered(length int, format string) string {
	var text strings.Builder
	for i := 0; text.Len() < length; i++ {
		fmt.Fprintf(&text, format, i)
	}
	return text.String()
}

// bomb has aliases of aliases.
func bomb() string {
	var text strings.Builder
	text.WriteString("a0: &a0 [b, c, d, e, f, g, h, i]\n")
	for i := range 5 {
		fmt.Fprintf(&text, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), ", "))
	}
	return text.String()
}

func posted(target, body string) func(context.Context, *caller) int {
	return func(ctx context.Context, c *caller) int {
		status, _, _ := c.send(ctx, http.MethodPost, target, body) // 0 after an error
		return status
	}
}

func held(text string) func(context.Context, *caller) int {
	return func(ctx context.Context, c *caller) int {
		_ = c.hold(ctx, text) // the server may close it at any time
		return 0
	}
}

// distinct asks for recipes that nobody asked for before.
func distinct() func(context.Context, *caller) int {
	var number atomic.Int64
	return func(ctx context.Context, c *caller) int {
		status, _, _ := c.send(ctx, http.MethodGet, fmt.Sprintf("%s&kernel=6.8.%d", recipeTarget, number.Add(1)), "")
		return status
	}
}
