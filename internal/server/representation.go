// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// Values of Cache-Control.
const (
	cacheShared = "public, max-age=300" // the same question has the same answer
	cacheNever  = "no-store"
)

// representation is an encoded answer.
type representation struct {
	media string
	body  []byte
	etag  string
}

func represent(media string, body []byte) representation {
	sum := sha256.Sum256(body)
	return representation{media: media, body: body, etag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}

// write answers with a representation, or with 304 when the client has it.
func (rep representation) write(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	h.Set("Content-Type", rep.media)
	h.Set("Cache-Control", cache)
	h.Set("Etag", rep.etag)
	h.Set("X-Content-Type-Options", "nosniff")
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	if isRead && matches(r.Header.Values("If-None-Match"), rep.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(rep.body)))
	_, _ = w.Write(rep.body) // a client that has gone cannot be told
}

// matches reports whether If-None-Match names the tag, weakly compared
// (RFC 9110, 13.1.2). Tags here hold no commas.
func matches(headers []string, etag string) bool {
	for _, header := range headers {
		for tag := range strings.SplitSeq(header, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
				return true
			}
		}
	}
	return false
}
