// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Codes of errors, as clients see them.
const (
	codeInvalid       = "INVALID_REQUEST"
	codeNotFound      = "NOT_FOUND"
	codeMethod        = "METHOD_NOT_ALLOWED"
	codeNotAcceptable = "NOT_ACCEPTABLE"
	codeTimeout       = "TIMEOUT"
	codeTooLarge      = "PAYLOAD_TOO_LARGE"
	codeURITooLong    = "URI_TOO_LONG"
	codeMediaType     = "UNSUPPORTED_MEDIA_TYPE"
	codeUnprocessable = "UNPROCESSABLE"
	codeRateLimit     = "RATE_LIMIT_EXCEEDED"
	codeInternal      = "INTERNAL"
	codeUnavailable   = "SERVICE_UNAVAILABLE"
)

// maxDetails bounds how many mistakes an answer lists.
const maxDetails = 20

// maxMessage bounds, in bytes, each message. None of the engine's is as long by itself.
const maxMessage = 2 << 10

// problem is an error that the client gets.
type problem struct {
	status  int
	code    string
	message string
	details []detail
	// retryAfter says that the same request may succeed after this many
	// seconds; 0 says that it will not.
	retryAfter int
}

// detail is one mistake of a request.
type detail struct {
	// Field is a parameter, or "body".
	Field     string `json:"field"`
	Message   string `json:"message"`
	Rule      string `json:"rule,omitempty"`
	Component string `json:"component,omitempty"`
	Path      string `json:"path,omitempty"`
}

// short returns the detail with what a client sent shortened, wherever it is, so that
// small requests never get large answers. What the server says itself stays.
func (d detail) short() detail {
	for _, sent := range []*string{&d.Field, &d.Component, &d.Path} {
		if short := shorten(*sent); short != *sent {
			d.Message = strings.ReplaceAll(d.Message, *sent, short)
			*sent = short
		}
	}
	d.Message = trim(d.Message)
	return d
}

func (p *problem) Error() string { return p.message }

func newProblem(status int, code, format string, args ...any) *problem {
	return &problem{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// invalid returns a problem with one mistake or more.
func invalid(details ...detail) *problem {
	var short []detail
	for _, d := range details[:min(len(details), maxDetails)] {
		short = append(short, d.short())
	}
	p := newProblem(http.StatusBadRequest, codeInvalid, "%s: %s", short[0].Field, short[0].Message)
	if len(details) > 1 {
		p.message = fmt.Sprintf("%d mistakes in the request", len(details))
	}
	p.details = short
	return p
}

// withMistakes puts mistakes before those of an invalid request; other errors
// stay as they are.
func withMistakes(mistakes []detail, err error) error {
	var p *problem
	if len(mistakes) == 0 || !errors.As(err, &p) || p.code != codeInvalid {
		return err
	}
	return invalid(slices.Concat(mistakes, p.details)...)
}

// busy returns a problem that goes away by itself.
func busy(status int, code, message string) *problem {
	return &problem{status: status, code: code, message: message, retryAfter: 1}
}

// problemBody is the one form of every error.
type problemBody struct {
	Code      string   `json:"code"`
	Message   string   `json:"message"`
	Details   []detail `json:"details"`
	RequestID string   `json:"requestId"`
	Timestamp string   `json:"timestamp"`
	Retryable bool     `json:"retryable"`
}

// encode returns the error as a line of JSON. It is never part of a page: <, >
// and & stay what they are.
func (b problemBody) encode() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(b); err != nil {
		panic(err) // texts and a bool are always encodable
	}
	return text.Bytes()
}

// writeProblem answers a request with a problem.
func (s *Server) writeProblem(w http.ResponseWriter, p *problem) {
	body := problemBody{
		Code: p.code, Message: trim(p.message), Details: append([]detail{}, p.details...), RequestID: w.Header().Get(requestIDHeader),
		Timestamp: s.now().UTC().Format(time.RFC3339), Retryable: p.retryAfter > 0,
	}
	text := body.encode()
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(text) // a client that is gone learns nothing
}

// shorten bounds a word of a client in messages and logs.
func shorten(text string) string { return cut(text, 128) }

// trim bounds a message by leaving out its middle: it begins with what is wrong and
// ends with what to do.
func trim(text string) string {
	const half = maxMessage / 2
	if len(text) <= maxMessage {
		return text
	}
	begin := len(text) - half
	for begin < len(text) && !utf8.RuneStart(text[begin]) {
		begin++
	}
	return cut(text, half) + text[begin:]
}

// cut bounds a text to a number of bytes, of whole characters, and dots. Bytes
// bound the size of an answer, as the characters of package words do not.
func cut(text string, longest int) string {
	if len(text) <= longest {
		return text
	}
	end := longest
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
