// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// raw is the text of a JSON value.
type raw string

func (v raw) reader() *reader { return &reader{rest: v} }

// reader takes a JSON value apart in one go, so that what nobody asks for is
// passed over and not decoded. A value of another kind than is asked for is an
// error, which ends the reading. That the text is JSON at all is for Verify to
// find out: a reader takes separators for blanks.
type reader struct {
	rest raw
	err  error
}

// next returns the first byte of the next value or the closing bracket before
// it, 0 at the end.
func (r *reader) next() byte {
	for i := range len(r.rest) {
		switch c := r.rest[i]; c {
		case ' ', '\n', '\t', '\r', ',', ':':
		default:
			r.rest = r.rest[i:]
			return c
		}
	}
	r.rest = ""
	return 0
}

// begins reports whether the next value is of the kind that begins with a byte.
func (r *reader) begins(with byte, kind string) bool {
	if r.err == nil && r.next() != with {
		r.err = fmt.Errorf("want %s, got %.60s", kind, r.skip())
	}
	return r.err == nil
}

// members yields the names in an object, whose values the caller reads or skips.
func (r *reader) members() iter.Seq[string] {
	return func(yield func(string) bool) {
		r.each('{', '}', "an object", func() bool {
			name := r.text()
			return r.err == nil && yield(name)
		})
	}
}

// elements yields before each element of an array, which the caller reads or
// skips.
func (r *reader) elements() func(yield func() bool) {
	return func(yield func() bool) { r.each('[', ']', "a list", yield) }
}

func (r *reader) each(opening, closing byte, kind string, yield func() bool) {
	if !r.begins(opening, kind) {
		return
	}
	r.rest = r.rest[1:]
	for r.err == nil && r.next() != closing {
		if r.rest == "" {
			r.err = fmt.Errorf("%s without an end", kind)
		} else if !yield() {
			return
		}
	}
	if r.err == nil {
		r.rest = r.rest[1:]
	}
}

// skip returns the next value as it is.
func (r *reader) skip() raw {
	r.next()
	end := r.rest.end()
	if end == 0 && r.err == nil {
		r.err = fmt.Errorf("want a value, got %.60s", r.rest)
	}
	value := r.rest[:end]
	r.rest = r.rest[end:]
	return value
}

// end returns where the value ends that the text begins with.
func (v raw) end() int {
	if !strings.HasPrefix(string(v), `"`) && !strings.HasPrefix(string(v), "{") && !strings.HasPrefix(string(v), "[") {
		if end := strings.IndexAny(string(v), ",:]} \n\t\r"); end >= 0 {
			return end
		}
		return len(v)
	}
	depth := 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '"':
			for i++; i < len(v) && v[i] != '"'; i++ {
				if v[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		default:
			continue
		}
		if depth == 0 {
			return min(i+1, len(v))
		}
	}
	return len(v)
}

// text reads a text.
func (r *reader) text() string {
	if !r.begins('"', "a text") {
		return ""
	}
	if end := strings.IndexByte(string(r.rest[1:]), '"'); end >= 0 && strings.IndexByte(string(r.rest[1:end+1]), '\\') < 0 {
		text := r.rest[1 : end+1]
		r.rest = r.rest[end+2:]
		return string(text)
	}
	v := r.skip()
	var text string
	r.err = json.Unmarshal([]byte(v), &text)
	return text
}

// value decodes into what a values tree holds: a whole number becomes an int64.
func (r *reader) value() any {
	switch r.next() {
	case '"':
		return r.text()
	case '{':
		out := map[string]any{}
		for name := range r.members() {
			out[name] = r.value()
		}
		return out
	case '[':
		out := []any{}
		for range r.elements() {
			out = append(out, r.value())
		}
		return out
	}
	switch v := r.skip(); v {
	case "true", "false":
		return v == "true"
	case "null":
		return nil
	default:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n
		}
		f, _ := strconv.ParseFloat(string(v), 64) // out of range it is infinite
		return f
	}
}
