// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"
)

// anyOrigin lets the pages of every site read answers.
const anyOrigin = "*"

// crossOrigin lets pages of other origins, in browsers, send requests and read the
// answers. Without origins it adds nothing.
func crossOrigin(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Content-Type", "If-None-Match", apiVersionHeader, requestIDHeader},
		ExposedHeaders: []string{
			"Content-Disposition", "ETag", "Retry-After",
			apiVersionHeader, requestIDHeader, warningHeader, archiveSumHeader, bundleSumHeader,
		},
		MaxAge: 600, // seconds
	}).Handler(next)
}

// checkOrigins says which texts a browser never sends as an origin.
func checkOrigins(origins []string) error {
	for _, origin := range origins {
		u, err := url.Parse(origin)
		isOrigin := err == nil && slices.Contains([]string{"http", "https"}, u.Scheme) && u.Host != "" && u.Scheme+"://"+u.Host == strings.ToLower(origin)
		if origin != anyOrigin && !isOrigin {
			return fmt.Errorf("origin %q: want a scheme and a host such as https://portal.example.com, or * for every site", origin)
		}
	}
	return nil
}
