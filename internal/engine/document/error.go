// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Error says what is wrong with a document and where. Line and Column count
// from 1; Path names the value, such as measurements[0].type, and is empty for
// the document itself.
type Error struct {
	Line, Column int
	Path         string
	Message      string
}

// Error returns "line 3, column 7: path: message".
func (e *Error) Error() string {
	where := fmt.Sprintf("line %d, column %d: ", e.Line, e.Column)
	if e.Path != "" {
		where += e.Path + ": "
	}
	return where + e.Message
}

// plainKey reports whether a key is a plain word. It is asked for every key of
// every document.
func plainKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return key != ""
}

// keyPath returns the path of a mapping's entry: a.b, or a["x/y"] for keys
// that are no plain words.
func keyPath(parent, key string) string {
	switch {
	case !plainKey(key):
		return parent + "[" + words.Quote(key) + "]"
	case parent == "":
		return key
	default:
		return parent + "." + key
	}
}
