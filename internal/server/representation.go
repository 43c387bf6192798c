// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// Values of Cache-Control.
const (
	cacheShared = "public, max-age=300" // the same question has the same answer
	cacheNever  = "no-store"
)

// representation is an encoded answer with the headers that tell of it.
type representation struct {
	header http.Header
	etag   string
	body   []byte
}

func represent(media, cache string, body []byte) representation {
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return representation{etag: etag, body: body, header: http.Header{
		"Content-Type":           {media},
		"Content-Length":         {strconv.Itoa(len(body))},
		"Cache-Control":          {cache},
		"Etag":                   {etag},
		"X-Content-Type-Options": {"nosniff"},
	}}
}

// write answers with a representation, or with 304 when the client has it.
func (rep representation) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), rep.header)
	isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
	if isRead && matches(r.Header.Values("If-None-Match"), rep.etag) {
		w.Header().Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
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
