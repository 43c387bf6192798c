// SPDX-License-Identifier: Apache-2.0

package frame_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/frame"
)

const document = "apiVersion: snapshot.dgxc.io/v1\nkind: Snapshot\n\nmeasurements:\n  - type: OS\n"

func framed(t *testing.T, text string) string {
	t.Helper()
	var log bytes.Buffer
	if err := frame.Write(&log, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return log.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	whole := framed(t, document)
	lines := strings.SplitAfter(whole, "\n")
	for name, tt := range map[string]struct {
		log  string
		want string // "" for an error
		rest string
		err  string
	}{
		"alone":              {log: whole, want: document},
		"between other text": {log: "before\n" + lines[0] + lines[1] + "between\n" + strings.Join(lines[2:], "") + "after", want: document, rest: "before\nbetween\nafter"},
		"twice":              {log: whole + framed(t, "kind: Other\n"), want: document, rest: "eidos-document: "},
		"a marked line early": {
			log: "eidos-document| kind: Other\n" + whole, want: document, rest: "eidos-document| kind: Other",
		},
		"not UTF-8":      {log: "\xff\n" + whole, want: document, rest: "\ufffd"},
		"none":           {log: "exec: eidos: not found\n", err: "the log holds no document"},
		"empty":          {log: "", err: "the log holds no document"},
		"cut":            {log: strings.Join(lines[:3], ""), err: "the log ends after 47 of the 75 bytes of the document"},
		"cut in a line":  {log: whole[:len(whole)-4], err: "the log ends after"},
		"a line changed": {log: strings.Replace(whole, "Snapshot", "Snapshoz", 1), err: "does not have the SHA-256"},
		"a line lost":    {log: strings.Replace(whole, lines[2], "", 1), err: "the log ends after"},
		"lines swapped":  {log: lines[0] + lines[2] + lines[1] + strings.Join(lines[3:], ""), err: "does not have the SHA-256"},
		"no length":      {log: "eidos-document: sha256=00\n", err: "the head of the document is malformed"},
		"negative":       {log: strings.Replace(whole, "bytes=75", "bytes=-1", 1), err: "the head of the document is malformed"},
		"short sum":      {log: "eidos-document: bytes=1 sha256=00\n", err: "the head of the document is malformed"},
		"too large":      {log: framed(t, strings.Repeat(document, 20)), err: "the document has 1500 bytes, more than the 1000 that are read"},
		"one long line":  {log: strings.Repeat("x", 2000) + "\n" + whole, err: "longer than a document may be: 1000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, rest, err := frame.Read(strings.NewReader(tt.log), 1000)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil || string(got) != tt.want || !strings.HasPrefix(rest, tt.rest) {
				t.Errorf("document %q, rest %q, %v", got, rest, err)
			}
		})
	}
}

// Much that others write costs neither memory nor the last words.
func TestRestIsBounded(t *testing.T) {
	t.Parallel()
	log := strings.Repeat("noise\n", 10000) + framed(t, document) + "last words\n"
	_, rest, err := frame.Read(strings.NewReader(log), 1000)
	if err != nil || len(rest) > 2048 || !strings.HasSuffix(rest, "\nlast words") {
		t.Errorf("the rest has %d bytes, %v", len(rest), err)
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	_, _, err := frame.Read(io.MultiReader(strings.NewReader("eidos: note\n"), iotest.ErrReader(broken)), 1000)
	if !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("eidos-document: bytes=1 sha256=00\neidos-document| \n")
	f.Fuzz(func(t *testing.T, log string) {
		if text, rest, err := frame.Read(strings.NewReader(log), 100); err == nil && len(text) > 100 || len(rest) > 3*2048 {
			t.Errorf("%d bytes, %d of the rest, %v", len(text), len(rest), err)
		}
		if log == "" {
			return
		}
		whole := strings.ReplaceAll(log, "\r", "") + "\n"
		var framed bytes.Buffer
		if err := frame.Write(&framed, []byte(whole)); err != nil {
			t.Fatal(err)
		}
		if got, _, err := frame.Read(&framed, len(whole)); err != nil || string(got) != whole {
			t.Errorf("read %q, %v, want %q", got, err, whole)
		}
	})
}
