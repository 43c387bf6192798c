// SPDX-License-Identifier: Apache-2.0

package bundle

// The template functions, for tests of their own.
var (
	ShellQuote = shellQuote
	ShellWord  = shellWord
	Markdown   = markdown
)

// NewRendererOf returns a Renderer that knows other facts.
var NewRendererOf = newRenderer

// InstanceFamilies is the bundler's table of EC2 instance families.
var InstanceFamilies = instanceFamilies
