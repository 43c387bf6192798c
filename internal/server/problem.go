// SPDX-License-Identifier: Apache-2.0

package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
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

// problem is an error that is told to the client.
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

func (p *problem) Error() string { return p.message }

func newProblem(status int, code, format string, args ...any) *problem {
	return &problem{status: status, code: code, message: fmt.Sprintf(format, args...)}
}

// invalid returns a problem with one mistake or more.
func invalid(details ...detail) *problem {
	p := newProblem(http.StatusBadRequest, codeInvalid, "%s: %s", details[0].Field, details[0].Message)
	if len(details) > 1 {
		p.message = fmt.Sprintf("%d mistakes in the request", len(details))
	}
	p.details = details[:min(len(details), maxDetails)]
	return p
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

// writeProblem answers a request with a problem.
func (s *Server) writeProblem(w http.ResponseWriter, p *problem) {
	body := problemBody{
		Code: p.code, Message: p.message, Details: p.details, RequestID: w.Header().Get(requestIDHeader),
		Timestamp: s.now().UTC().Format(time.RFC3339), Retryable: p.retryAfter > 0,
	}
	if body.Details == nil {
		body.Details = []detail{}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // texts and a bool are always encodable
	}
	h := w.Header()
	h.Set("Content-Type", typeJSON)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)+1))
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(append(text, '\n')) // a client that has gone cannot be told
}
