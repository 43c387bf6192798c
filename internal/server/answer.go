// SPDX-License-Identifier: Apache-2.0

package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// representation is an encoded answer with the headers that describe it.
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

// encodeJSON encodes an answer for people to read, too; cache is its
// Cache-Control.
func encodeJSON(v any, cache string) (representation, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return representation{}, fmt.Errorf("encoding an answer: %w", err)
	}
	return represent(typeJSON, cache, append(text, '\n')), nil
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
	_, _ = w.Write(rep.body) // a client that is gone learns nothing
}

func writeJSON(w http.ResponseWriter, r *http.Request, v any) error {
	rep, err := encodeJSON(v, cacheNever)
	if err != nil {
		return err
	}
	rep.write(w, r)
	return nil
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

// warningHeader is repeated for each doubt about an answer that is given all
// the same. Documents and archives have no room for it: they are the same bytes
// as those of the command and of Terraform.
const warningHeader = "X-Eidos-Warning"

// maxWarnings bounds, in bytes, the headers with warnings together: proxies refuse
// answers with large ones. A warning is there whole or is counted.
const maxWarnings = 3 << 10

// addWarnings adds the warnings. all is how a client gets those that find no place.
func addWarnings(w http.ResponseWriter, warnings []string, all string) {
	left := maxWarnings
	for i, warning := range warnings {
		text := headerText(warning)
		if left -= len(text); left < 0 {
			w.Header().Add(warningHeader, fmt.Sprintf("%d more; %s", len(warnings)-i, all))
			return
		}
		w.Header().Add(warningHeader, text)
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
	return trim(ascii)
}
