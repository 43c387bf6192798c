// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"os"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// work answers a request that has a document as its body, YAML or JSON, with what
// answer makes of it. mistakes are those in the form of the request's parameters,
// which errors about the body hold, too.
//
// The bytes of the body count as taken from before it is read until the answer is
// written; the place of work is left before that, so that no client holds it by not
// reading.
func (s *Server) work(w http.ResponseWriter, r *http.Request, mistakes []detail, answer func(document.Value) (answer, error)) error {
	media, err := documentType(r)
	if err != nil {
		return err
	}
	size := r.ContentLength
	if size > s.options.MaxBody {
		return s.tooLarge(w)
	}
	if size < 0 { // it comes in chunks
		size = s.options.MaxBody
	}
	size += int64(len(r.URL.RawQuery))
	client := household(s.proxies.client(r))
	if !s.bodies.take(client, size) {
		leaveUnread(w)
		return s.turnAway("too many bodies are being read; wait and try again")
	}
	defer func() { s.bodies.giveBack(client, size) }()
	data, err := s.readDocument(w, r, media)
	if err != nil {
		return withMistakes(mistakes, err)
	}
	a, err := s.inPlace(r, client, data, mistakes, answer)
	if err != nil {
		return err
	}
	if more := int64(len(a.body)) - size; more > 0 {
		if !s.bodies.take(client, more) {
			return s.turnAway("too many answers are being written; wait and try again")
		}
		size += more
	}
	a.write(w, r)
	return nil
}

// inPlace has a body worked on when it is its client's turn.
func (s *Server) inPlace(r *http.Request, client netip.Addr, data []byte, mistakes []detail, answer func(document.Value) (answer, error)) (none answer, err error) {
	memory := workMemory + document.Memory(data) + document.Memory([]byte(r.URL.RawQuery))
	places, most := s.small, s.options.DocumentMemory/4*3
	if memory > s.options.DocumentMemory/smallShare {
		places = s.large
	}
	if memory > most {
		return none, newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "the document may take %d MiB of memory, by the count of its values; the limit is %d MiB", memory>>20, most>>20)
	}
	leave, ok := places.enter(r.Context(), client, memory)
	if !ok {
		return none, s.turnAway("too many documents are being worked on; wait and try again")
	}
	defer leave()
	root, err := document.Parse(r.Context(), data)
	if err == nil {
		err = root.NoAliases()
	}
	if err != nil {
		return none, withMistakes(mistakes, invalidBody(err))
	}
	return answer(root)
}

// smallShare is what part of all memory a small document takes at most: 1/8, of
// which two find place at a time. Small documents never wait for large ones.
const smallShare = 8

// workMemory is what work on any document takes besides the document, in bytes.
const workMemory = 2 << 20

// invalidBody reports a mistake in a body, with the path of the value where it is one's.
func invalidBody(err error) error {
	d := detail{Field: fieldBody, Message: err.Error()}
	var at *document.Error
	if errors.As(err, &at) {
		d.Path = at.Path
	}
	return invalid(d)
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

// leaveUnread has the connection closed: what is left of the body is of no use.
func leaveUnread(w http.ResponseWriter) { w.Header().Set("Connection", "close") }

func (s *Server) tooLarge(w http.ResponseWriter) error {
	leaveUnread(w)
	return newProblem(http.StatusRequestEntityTooLarge, codeTooLarge, "the body is larger than %d bytes", s.options.MaxBody)
}

// maxDrained is how much of a body is read after its refusal, in bodies of the
// largest size.
const maxDrained = 16

// refuse answers with a problem, and then reads what still comes of the body, for
// a while: a connection that is closed before may end in a reset, and the client
// never sees the answer.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p *problem) {
	control := http.NewResponseController(w)
	waits := r.Header.Get("Expect") != "" // to send the body, which reading asks for
	drains := r.ProtoMajor == 1 && r.ContentLength != 0 && !waits && control.EnableFullDuplex() == nil
	s.writeProblem(w, p)
	if drains && control.Flush() == nil {
		_, _ = io.CopyN(io.Discard, r.Body, maxDrained*s.options.MaxBody) // what ends it is all the same
	}
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
