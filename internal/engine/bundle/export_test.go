// SPDX-License-Identifier: Apache-2.0

package bundle

// The template functions, for tests of their own.
var (
	ShellQuote = shellQuote
	ShellWord  = shellWord
	Markdown   = markdown
)
