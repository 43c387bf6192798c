// SPDX-License-Identifier: Apache-2.0

package document

import (
	"bytes"
	"slices"
)

const (
	// promise is the first line of a document that ends with endMark when it is written. YAML that is cut
	// at the end of a line is mostly YAML, and most parts of a document are documents:
	// nothing else says that something is missing.
	promise = "# The last line of this document is \"...\": without it, the document is cut.\n"
	endMark = "...\n"
)

// whole makes a document one of which no part is taken for the whole.
func whole(text []byte) []byte { return slices.Concat([]byte(promise), text, []byte(endMark)) }

// promised reports whether one of the comments that a document begins with promises an
// end mark: the one that names the schema for an editor may come before it.
func promised(data []byte) bool {
	for bytes.HasPrefix(data, []byte("#")) {
		if bytes.HasPrefix(data, []byte(promise[:len(promise)-1])) {
			return true
		}
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return false
}

// checkWhole refuses a document that promises an end mark and lacks it. Documents
// that promise none, such as those that people write, need none.
func checkWhole(data []byte) error {
	if !promised(data) {
		return nil
	}
	data = bytes.TrimRight(data, blanks)
	if bytes.HasSuffix(data, []byte("\n...")) {
		return nil
	}
	return errorAt(data, len(data), `the document is cut: it ends here, without the line "..." that a comment at its top promises. Get it anew; if nothing is missing, end it with a line "..." or remove that comment`)
}
