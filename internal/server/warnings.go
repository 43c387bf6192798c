// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"net/http"
	"strings"
)

// warningHeader is repeated for each doubt about an answer that is given all
// the same. Documents and archives have no room for it: they are the same bytes
// as those of the command and of Terraform.
const warningHeader = "X-Eidos-Warning"

// Bounds of the warnings, as proxies refuse answers with large headers.
const (
	maxWarnings      = 12
	maxWarningLength = 400
)

func addWarnings(w http.ResponseWriter, warnings []string) {
	for i, warning := range warnings {
		if i == maxWarnings {
			w.Header().Add(warningHeader, fmt.Sprintf("%d more", len(warnings)-i))
			return
		}
		w.Header().Add(warningHeader, headerText(warning))
	}
}

// headerText makes printable ASCII of a text, of bounded length.
func headerText(text string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return cut(ascii, maxWarningLength)
}
