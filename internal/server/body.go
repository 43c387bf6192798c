// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
)

// readDocument reads the body of a request: a YAML or JSON document.
func (s *Server) readDocument(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	media, err := documentType(r)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > s.options.MaxBody {
		return nil, s.tooLarge(w)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.options.MaxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, s.tooLarge(w)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &problem{status: http.StatusRequestTimeout, code: codeTimeout, message: "the body did not arrive in time", retryAfter: 1}
	case err != nil:
		return nil, invalid(detail{Field: fieldBody, Message: "the body ended early"})
	case len(data) == 0:
		return nil, invalid(detail{Field: fieldBody, Message: "the body is empty; send a document"})
	case media == typeJSON && !json.Valid(data):
		return nil, invalid(detail{Field: fieldBody, Message: "the body is not JSON, as its Content-Type says; send YAML as " + typeYAML})
	}
	return data, nil
}

// fieldBody is the body of a request as details name it.
const fieldBody = "body"

// tooLarge also closes the connection: what is left of the body is not read.
func (s *Server) tooLarge(w http.ResponseWriter) error {
	w.Header().Set("Connection", "close")
	return newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "the body is larger than %d bytes", s.options.MaxBody)
}

// documentType returns the media type of a body, JSON or YAML.
func documentType(r *http.Request) (string, error) {
	const want = "; send " + typeJSON + " or " + typeYAML
	header := r.Header.Get("Content-Type")
	name, params, err := mime.ParseMediaType(header)
	media := canonicalType(name)
	if err != nil || media != typeJSON && media != typeYAML {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "Content-Type %q is not supported%s", shorten(header), want)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "charset %q is not supported; send UTF-8", shorten(charset))
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "Content-Encoding %q is not supported; send the document as it is", shorten(coding))
	}
	return media, nil
}
