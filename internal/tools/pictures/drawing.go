// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// drawing is a picture while it is drawn, in pixels from the top left.
type drawing struct{ body strings.Builder }

// Sizes of what all pictures have.
const (
	margin     = 24
	lineHeight = 18
	padding    = 12
	// codeWidth and proseWidth are bounds of how wide a character of a class is.
	codeWidth  = 7.3
	proseWidth = 7.6
)

// style gives pictures a ground of their own, so that they can be read on any page,
// and a dark one where the reader's system is dark.
const style = `<style>
.ground{fill:#fff;stroke:#d0d7de}.box{fill:#f6f8fa;stroke:#8c959f}.strong{fill:#ddf4ff;stroke:#0969da}.faint{fill:none;stroke:#8c959f;stroke-dasharray:4 3}
text{font-size:13px;font-family:-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
.head{font-weight:600}.code{font-size:12px;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}
.note{fill:#59636e}.add{fill:#1a7f37}.change{fill:#9a6700}.remove{fill:#cf222e}.line{fill:none;stroke:#59636e;stroke-width:1.5}.tip{fill:#59636e}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117;stroke:#3d444d}.box{fill:#151b23;stroke:#656c76}.strong{fill:#121d2f;stroke:#4493f8}.faint{stroke:#656c76}
text{fill:#f0f6fc}.note{fill:#9198a1}.add{fill:#3fb950}.change{fill:#d29922}.remove{fill:#f85149}.line{stroke:#9198a1}.tip{fill:#9198a1}}
</style>
<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>
`

// svg returns the picture with a title and a description for those who cannot see it.
func (d *drawing) svg(width, height int, title, description string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc">
<title id="title">%s</title>
<desc id="desc">%s</desc>
%s<rect class="ground" x=".5" y=".5" width="%d" height="%d" rx="8"/>
%s</svg>
`, width, height, width, height, escaped(title), escaped(description), style, width-1, height-1, d.body.String())
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder never fails
	return b.String()
}

func (d *drawing) printf(format string, args ...any) { _, _ = fmt.Fprintf(&d.body, format, args...) } // the same

func (d *drawing) text(x, y int, class, text string) {
	d.printf("<text class=%q x=\"%d\" y=\"%d\">%s</text>\n", class, x, y, escaped(text))
}

// box is a rectangle with a head and lines below it, each with the class that comes
// before a bar, such as code|values.yaml.
func (d *drawing) box(x, y, width int, class, head string, lines ...string) (height int) {
	height = 2*padding + lineHeight*(len(lines)+1) - 4
	d.printf("<rect class=%q x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n", class, x, y, width, height)
	d.text(x+padding, y+padding+lineHeight-6, "head", head)
	for i, line := range lines {
		class, text, _ := strings.Cut(line, "|")
		d.text(x+padding, y+padding+lineHeight*(i+2)-6, class, text)
	}
	return height
}

// boxWidth is how wide a box must be for its texts.
func boxWidth(head string, lines ...string) int {
	widest := proseWidth * float64(len(head))
	for _, line := range lines {
		class, text, _ := strings.Cut(line, "|")
		width := codeWidth
		if class != "code" {
			width = proseWidth - 1 // not bold
		}
		widest = max(widest, width*float64(len([]rune(text))))
	}
	return int(widest) + 2*padding
}

// arrow leads from one point to another by a straight line, or with a bend in the
// middle where neither axis is the same.
func (d *drawing) arrow(x1, y1, x2, y2 int) {
	middle := (x1 + x2) / 2
	d.printf("<path class=\"line\" marker-end=\"url(#tip)\" d=\"M%d %dH%dV%dH%d\"/>\n", x1, y1, middle, y2, x2)
}

// down is an arrow from above.
func (d *drawing) down(x, y1, y2 int) {
	d.printf("<path class=\"line\" marker-end=\"url(#tip)\" d=\"M%d %dV%d\"/>\n", x, y1, y2)
}
