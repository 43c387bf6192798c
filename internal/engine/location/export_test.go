// SPDX-License-Identifier: Apache-2.0

package location

import "net/http"

// CheckRedirect is the rule that ReadURL follows redirects by.
func CheckRedirect(next *http.Request, via []*http.Request) error { return checkRedirect(next, via) }
