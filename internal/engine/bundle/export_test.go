// SPDX-License-Identifier: Apache-2.0

package bundle

// Functions with tests of their own.
var (
	ShellQuote    = shellQuote
	ShellWord     = shellWord
	Markdown      = markdown
	CheckSize     = checkSize
	CheckFormSize = checkFormSize
)
