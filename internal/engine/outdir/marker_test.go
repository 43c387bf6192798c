// SPDX-License-Identifier: Apache-2.0

package outdir

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const goodSum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func TestDecodeMarker(t *testing.T) {
	t.Parallel()
	want := marker{Version: 1, Owner: "me", Files: map[string]string{"a/b": goodSum}, Pending: map[string]string{"c": goodSum}}
	for name, data := range map[string]string{
		"compact":  `{"version":1,"owner":"me","files":{"a/b":"` + goodSum + `"},"pending":{"c":"` + goodSum + `"}}`,
		"reflowed": "\r\n{ \"version\": 1,\t\"owner\":\"me\",\n\"files\":{\"a/b\":\"" + goodSum + "\"},\"pending\":{\"c\":\"" + goodSum + "\"}}\r\n\r\n",
	} {
		got, err := decodeMarker([]byte(data))
		noError(t, err)
		equal(t, name, *got, want)
	}
}

func TestDecodeMarkerRejects(t *testing.T) {
	t.Parallel()
	file := func(name, sum string) string {
		return `{"version":1,"owner":"me","files":{"` + name + `":"` + sum + `"}}`
	}
	tests := map[string]struct{ data, words string }{
		"nothing":          {"", "not valid"},
		"truncated":        {`{"version":1,"owner":"me"`, "not valid"},
		"merge conflict":   {"<<<<<<< HEAD\n{}", "not valid"},
		"null":             {"null", "not complete"},
		"array":            {"[]", "not valid"},
		"wrong type":       {`{"version":1,"owner":3,"files":{}}`, "not valid"},
		"no version":       {`{"owner":"me","files":{}}`, "not complete"},
		"no owner":         {`{"version":1,"files":{}}`, "not complete"},
		"no files":         {`{"version":1,"owner":"me"}`, "not complete"},
		"unknown field":    {`{"version":1,"owner":"me","files":{},"more":1}`, "not in the form"},
		"misspelled field": {`{"Version":1,"owner":"me","files":{}}`, "not in the form"},
		"repeated field":   {`{"version":1,"owner":"you","owner":"me","files":{}}`, "not in the form"},
		"second document":  {`{"version":1,"owner":"me","files":{}}{}`, "not valid"},
		"bad path":         {file("../x", goodSum), `"../x"`},
		"marker as file":   {file(MarkerName, goodSum), "reserved"},
		"bad sum":          {file("x", "abc"), "sha256"},
		"upper-case sum":   {file("x", strings.ToUpper(goodSum)), "sha256"},
		"too large":        {strings.Repeat(" ", markerLimit+1), "too large"},
		"newer":            {`{"version":2,"owners":["me"]}`, "newer version of eidos: it has version 2, this one knows 1"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decodeMarker([]byte(test.data))
			mentions(t, err, test.words)
			if errors.Is(err, errNewerMarker) != (name == "newer") {
				t.Errorf("wrongly told apart from a newer marker: %v", err)
			}
		})
	}
}

// TestMarkerLimit writes the largest marker that an update of the largest
// bundle needs, and one that is too large.
func TestMarkerLimit(t *testing.T) {
	t.Parallel()
	m := marker{Version: markerVersion, Owner: rand.Text(), Files: map[string]string{}}
	for i := range filesLimit {
		m.Files[fmt.Sprintf("%0*d", pathLimit, i)] = goodSum
	}
	m.Pending = m.Files
	data, err := m.encode()
	noError(t, err)
	_, err = decodeMarker(data)
	noError(t, err)

	m.Owner = strings.Repeat("x", markerLimit)
	_, err = m.encode()
	mentions(t, err, "more than 4194304")
}

func FuzzDecodeMarker(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[`, `{"version":2}`, `{"version":1,"owner":"me","files":{}}`,
		`{"version":1,"owner":"me","files":{"a/b":"` + goodSum + `"},"pending":{"a":"` + goodSum + `"}}`,
		`{"version":1,"owner":"\u003c","files":{"../a":"` + goodSum + `"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decodeMarker(data)
		if err != nil {
			return
		}
		noError(t, validateSums(m.Files))
		noError(t, validateSums(m.Pending))
		encoded, err := m.encode()
		noError(t, err)
		var got, want bytes.Buffer
		noError(t, json.Compact(&got, encoded))
		noError(t, json.Compact(&want, data))
		equal(t, "encoded again", got.String(), want.String())
	})
}
