// SPDX-License-Identifier: Apache-2.0

package server

import (
	"net/http"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/server/page"
)

// cacheChecked has a browser ask each time whether its copy is current, so that
// files of two versions of the page never meet.
const cacheChecked = "no-cache"

// pageRoutes answer with the page for people. They are not part of the API, and
// openapi.json does not describe them.
func pageRoutes() ([]route, error) {
	files, err := page.Files()
	if err != nil {
		return nil, err
	}
	routes := make([]route, len(files))
	for i, file := range files {
		rep := represent(file.Type, cacheChecked, file.Content)
		rep.header.Set("Content-Security-Policy", page.Policy)
		rep.header.Set("Referrer-Policy", "no-referrer")
		rep.header.Set("Cross-Origin-Opener-Policy", "same-origin")
		routes[i] = route{method: http.MethodGet, path: file.Path, endpoint: plain(func(w http.ResponseWriter, r *http.Request) error {
			rep.write(w, r)
			return nil
		})}
	}
	return routes, nil
}
