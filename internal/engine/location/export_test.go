// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"io"
	"net/http"
	"time"
)

// CheckRedirect is the rule that ReadURL follows redirects by.
func CheckRedirect(next *http.Request, via []*http.Request) error { return checkRedirect(next, via) }

// ReadWithin is ReadFile with less patience.
func ReadWithin(ctx context.Context, patience time.Duration, name string) ([]byte, error) {
	return readWithin(ctx, patience, name)
}

// ReadAll reads what a file, a stream or a web server has.
func ReadAll(ctx context.Context, r io.Reader) ([]byte, error) { return readAll(ctx, r) }
