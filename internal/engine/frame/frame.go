// SPDX-License-Identifier: Apache-2.0

// Package frame carries a document through the log of a container, which mixes
// it with what the program and others say there, and may be cut short: every
// line of the document is marked, and a head states its length and SHA-256.
//
//	eidos-document: bytes=312 sha256=5feceb66...
//	eidos-document| apiVersion: snapshot.dgxc.io/v1
//	eidos snapshot: error: OS/kmod: permission denied
//	eidos-document| kind: Snapshot
package frame

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	headMark   = "eidos-document: "
	lineMark   = "eidos-document| "
	headFormat = headMark + "bytes=%d sha256=%x"
	// maxHead is more than a head has, and than the mark of a line.
	maxHead = 256
	// maxRest bounds what is kept of the other lines: the last ones.
	maxRest = 2048
)

// Write writes a document whose last line ends like the others.
func Write(w io.Writer, document []byte) error {
	var framed bytes.Buffer
	fmt.Fprintf(&framed, headFormat+"\n", len(document), sha256.Sum256(document))
	for line := range bytes.Lines(document) {
		framed.WriteString(lineMark)
		framed.Write(line)
	}
	_, err := w.Write(framed.Bytes())
	return err
}

// Read returns the first document in a log, and the last of the lines that are
// not part of it. A document of more than limit bytes is an error, and so is one
// that is not whole. Of the log it reads all, and keeps no more than the limit.
func Read(log io.Reader, limit int) (document []byte, rest string, err error) {
	r := reader{limit: limit}
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, limit+maxHead)
	for lines.Scan() {
		if err := r.take(lines.Text()); err != nil {
			return nil, "", err
		}
	}
	rest = strings.TrimSpace(strings.ToValidUTF8(string(r.rest), "\ufffd"))
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, rest, fmt.Errorf("the log has a line that is longer than a document may be: %d bytes", limit)
	case err != nil:
		return nil, rest, fmt.Errorf("reading the log: %w", err)
	}
	document, err = r.document()
	return document, rest, err
}

type reader struct {
	limit int
	found bool // the head
	size  int
	sum   string
	text  bytes.Buffer
	rest  []byte
}

func (r *reader) take(line string) error {
	text, marked := strings.CutPrefix(line, lineMark)
	switch {
	case marked && r.found && r.text.Len() < r.size:
		r.text.WriteString(text)
		r.text.WriteByte('\n')
	case !r.found && strings.HasPrefix(line, headMark):
		return r.head(line)
	default:
		r.other(line)
	}
	return nil
}

func (r *reader) head(line string) error {
	var sum []byte
	if _, err := fmt.Sscanf(line, headFormat, &r.size, &sum); err != nil || len(sum) != sha256.Size || r.size <= 0 {
		return fmt.Errorf("the head of the document is malformed: %.100q", line)
	}
	if r.size > r.limit {
		return fmt.Errorf("the document has %d bytes, more than the %d that are read", r.size, r.limit)
	}
	r.found, r.sum = true, string(sum)
	return nil
}

func (r *reader) other(line string) {
	r.rest = append(append(r.rest, line...), '\n')
	r.rest = append(r.rest[:0], r.rest[max(0, len(r.rest)-maxRest):]...)
}

func (r *reader) document() ([]byte, error) {
	sum := sha256.Sum256(r.text.Bytes())
	switch {
	case !r.found:
		return nil, errors.New("the log holds no document")
	case r.text.Len() < r.size:
		return nil, fmt.Errorf("the log ends after %d of the %d bytes of the document", r.text.Len(), r.size)
	case r.sum != string(sum[:]):
		return nil, errors.New("the document in the log does not have the SHA-256 in its first line: lines were lost or changed")
	}
	return r.text.Bytes(), nil
}
