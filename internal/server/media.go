// SPDX-License-Identifier: Apache-2.0

package server

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// Media types of answers.
const (
	typeJSON = "application/json"
	typeYAML = "application/yaml" // RFC 9512
	typeZip  = "application/zip"
	typeGzip = "application/gzip"
)

// canonicalType returns the one name of a media type that has several.
func canonicalType(name string) string {
	switch name {
	case "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml":
		return typeYAML
	case "text/json":
		return typeJSON
	case "application/x-gzip", "application/x-gtar", "application/x-tar+gzip":
		return typeGzip
	case "application/x-zip-compressed":
		return typeZip
	default:
		return name
	}
}

// negotiate returns the offer that the Accept header likes best, the first of
// those it likes equally. No header accepts everything.
func negotiate(r *http.Request, offers ...string) (string, error) {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if header == "" || header == "*/*" {
		return offers[0], nil
	}
	accepted := parseAccept(header)
	best, quality := "", 0.0
	for _, offer := range offers {
		if q := accepted.quality(offer); q > quality {
			best, quality = offer, q
		}
	}
	if best == "" {
		return "", newProblem(http.StatusNotAcceptable, codeNotAcceptable, "Accept: nothing acceptable can be sent; there is %s", strings.Join(offers, " and "))
	}
	return best, nil
}

// acceptance maps a media range to its quality, from 0 to 1.
type acceptance map[string]float64

// parseAccept reads an Accept header. An element that cannot be read accepts
// nothing.
func parseAccept(header string) acceptance {
	accepted := acceptance{}
	for element := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		quality := 1.0
		if text, ok := params["q"]; ok {
			if quality, err = strconv.ParseFloat(text, 64); err != nil || quality < 0 || quality > 1 {
				continue
			}
		}
		name = canonicalType(name)
		accepted[name] = max(accepted[name], quality)
	}
	return accepted
}

// quality returns that of the most specific range that covers a media type.
func (a acceptance) quality(name string) float64 {
	family, _, _ := strings.Cut(name, "/")
	for _, r := range []string{name, family + "/*", "*/*"} {
		if q, ok := a[r]; ok {
			return q
		}
	}
	return 0
}
