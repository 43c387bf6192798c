// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"os"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// takeDocument reads the body of a request, a YAML or JSON document, and waits
// for the turn of its client. The caller calls done when it has worked on it.
// From before the first byte is read until then, the body counts against the
// bytes that bodies may take.
func (s *Server) takeDocument(w http.ResponseWriter, r *http.Request) (data []byte, done func(), err error) {
	media, err := documentType(r)
	if err != nil {
		return nil, nil, err
	}
	size := r.ContentLength
	if size > s.options.MaxBody {
		return nil, nil, s.tooLarge(w)
	}
	if size < 0 { // it comes in chunks
		size = s.options.MaxBody
	}
	client := household(s.proxies.client(r))
	if !s.bodies.take(client, size) {
		leaveUnread(w)
		return nil, nil, s.turnAway("too many bodies are being read; wait and try again")
	}
	data, err = s.readDocument(w, r, media)
	if err != nil {
		s.bodies.giveBack(client, size)
		return nil, nil, err
	}
	leave, ok := s.work.enter(r.Context(), client)
	if !ok {
		s.bodies.giveBack(client, size)
		return nil, nil, s.turnAway("too many documents are being worked on; wait and try again")
	}
	return data, func() { leave(); s.bodies.giveBack(client, size) }, nil
}

// takeDecoded is takeDocument, and decodes what it reads. Its errors hold the
// mistakes too, those in the form of the request's parameters.
func takeDecoded[T any](s *Server, w http.ResponseWriter, r *http.Request, mistakes []detail, decode func([]byte) (T, error)) (document T, done func(), err error) {
	body, done, err := s.takeDocument(w, r)
	if err != nil {
		return document, nil, withMistakes(mistakes, err)
	}
	document, err = decode(body)
	if err != nil {
		done()
		return document, nil, withMistakes(mistakes, invalid(detail{Field: fieldBody, Message: err.Error()}))
	}
	return document, done, nil
}

// turnAway counts a request that the server is too busy for.
func (s *Server) turnAway(message string) error {
	s.metrics.rejected.add(reasonBusy, 1)
	return busy(http.StatusServiceUnavailable, codeUnavailable, message)
}

// readDocument reads the body of a request into as much memory as it says that
// it needs.
func (s *Server) readDocument(w http.ResponseWriter, r *http.Request, media string) ([]byte, error) {
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, s.options.MaxBody))
	data := body.Bytes()
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

// leaveUnread has the connection closed: what is left of the body is not read.
func leaveUnread(w http.ResponseWriter) { w.Header().Set("Connection", "close") }

func (s *Server) tooLarge(w http.ResponseWriter) error {
	leaveUnread(w)
	return newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "the body is larger than %d bytes", s.options.MaxBody)
}

// documentType returns the media type of a body, JSON or YAML.
func documentType(r *http.Request) (string, error) {
	const want = "; send " + typeJSON + " or " + typeYAML
	header := r.Header.Get("Content-Type")
	name, params, err := mime.ParseMediaType(header)
	media := canonicalType(name)
	if err != nil || media != typeJSON && media != typeYAML {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "Content-Type %s is not supported%s", words.Quote(header), want)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "charset %s is not supported; send UTF-8", words.Quote(charset))
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return "", newProblem(http.StatusUnsupportedMediaType, codeMediaType, "Content-Encoding %s is not supported; send the document as it is", words.Quote(coding))
	}
	return media, nil
}
