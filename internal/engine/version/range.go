// SPDX-License-Identifier: Apache-2.0

package version

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Range is a set of versions: those with a prefix ("1.33" stands for every
// 1.33.x), those that meet comparisons (">= 1.30, < 1.33"), or those from one
// prefix to another ("1.30 - 1.33", which has 1.33.5). The zero Range has all.
type Range struct {
	text   string // as written, without surrounding blanks
	prefix *Version
	span   span
}

const operatorRunes = "<>=!~^"

// ParseRange reads a version prefix, two prefixes with " - " between them, or
// comparisons separated by commas that must all hold. Comparisons see numbers
// only: a suffix in a bound has no effect, and the missing numbers of a bound
// count as 0.
func ParseRange(text string) (Range, error) {
	c := Range{text: strings.TrimSpace(text)}
	if low, high, ok := strings.Cut(c.text, " - "); ok {
		return parseSpan(c, low, high)
	}
	if c.text == "" || !strings.ContainsRune(operatorRunes, rune(c.text[0])) {
		v, err := Parse(c.text)
		if err != nil {
			return Range{}, fmt.Errorf("%w; or a range such as \">= 1.30, < 1.33\"", err)
		}
		c.prefix = &v
		c.span = span{low: v.numbers, high: next(v.numbers), bounded: true, highOpen: true}
		return c, nil
	}
	for term := range strings.SplitSeq(c.text, ",") {
		s, err := parseTerm(strings.TrimSpace(term))
		if err != nil {
			return Range{}, fmt.Errorf("range %s: %w", words.Quote(c.text), err)
		}
		c.span = c.span.intersect(s)
	}
	if c.span.empty() {
		return Range{}, fmt.Errorf("range %s: no version satisfies all of it", words.Quote(c.text))
	}
	return c, nil
}

func parseSpan(c Range, low, high string) (Range, error) {
	from, err := Parse(low)
	if err != nil {
		return Range{}, err
	}
	to, err := Parse(high)
	if err != nil {
		return Range{}, err
	}
	c.span = span{low: from.numbers, high: next(to.numbers), bounded: true, highOpen: true}
	if c.span.empty() {
		return Range{}, fmt.Errorf("range %s: its end is before its beginning", words.Quote(c.text))
	}
	return c, nil
}

func parseTerm(term string) (span, error) {
	operand := strings.TrimLeft(term, operatorRunes)
	v, err := Parse(operand)
	if err != nil {
		return span{}, err
	}
	switch operator := term[:len(term)-len(operand)]; operator {
	case ">=":
		return span{low: v.numbers}, nil
	case ">":
		return span{low: v.numbers, lowOpen: true}, nil
	case "<=":
		return span{high: v.numbers, bounded: true}, nil
	case "<":
		return span{high: v.numbers, bounded: true, highOpen: true}, nil
	case "=":
		return span{low: v.numbers, high: v.numbers, bounded: true}, nil
	case "":
		return span{}, errors.New("every part of a range begins with an operator: one of >=, >, <=, <, =")
	default:
		return span{}, fmt.Errorf("unknown operator %s; expected one of >=, >, <=, <, =", words.Quote(operator))
	}
}

// String returns the range as it was written.
func (r Range) String() string { return r.text }

// Contains reports whether the range has the version.
func (r Range) Contains(v Version) bool {
	if r.prefix != nil {
		return v.HasPrefix(*r.prefix)
	}
	return r.span.contains(v.numbers)
}

// Overlaps reports whether some version is in both.
func (r Range) Overlaps(other Range) bool {
	if r.prefix != nil && other.prefix != nil && r.prefix.Suffix != "" && other.prefix.Suffix != "" && r.prefix.Suffix != other.prefix.Suffix {
		return false
	}
	return !r.span.intersect(other.span).empty()
}

// Steps lists the versions from the first of the range to its end, as far as the last
// number of the first counts them: 1.29, 1.30 and 1.31 of "1.29 - 1.31". There are none
// where the range has no end, or one that this never reaches.
func (r Range) Steps() []string {
	low, high := r.span.low, r.span.high
	last := len(low) - 1
	if !r.span.bounded || last < 0 || len(high) != len(low) || !slices.Equal(low[:last], high[:last]) || high[last]-low[last] > maxSteps {
		return nil
	}
	var steps []string
	for numbers := low; compareNumbers(numbers, high) <= 0; numbers = next(numbers) {
		if r.span.contains(numbers) {
			steps = append(steps, Version{numbers: numbers}.text())
		}
	}
	return steps
}

// maxSteps bounds what a range in somebody's data may count up to.
const maxSteps = 1000

// Name returns the text as it appears in the name of an overlay, without the
// commas that separate the fields there: ">=1.30 <1.33".
func (r Range) Name() string {
	if r.prefix != nil {
		return r.text
	}
	terms := strings.Split(r.text, ",")
	for i, term := range terms {
		terms[i] = strings.Join(strings.Fields(term), "")
	}
	return strings.Join(terms, " ")
}

// Satisfies reports whether a version is in a range, both as texts.
func Satisfies(text, of string) (bool, error) {
	r, err := ParseRange(of)
	if err != nil {
		return false, err
	}
	v, err := Parse(text)
	if err != nil {
		return false, err
	}
	return r.Contains(v), nil
}

// span is an interval of versions by their numbers. The zero span holds every
// version.
type span struct {
	low, high         []uint64
	lowOpen, highOpen bool // the bound itself is outside
	bounded           bool // high is a bound
}

func (s span) contains(numbers []uint64) bool {
	if c := compareNumbers(numbers, s.low); c < 0 || c == 0 && s.lowOpen {
		return false
	}
	if !s.bounded {
		return true
	}
	c := compareNumbers(numbers, s.high)
	return c < 0 || c == 0 && !s.highOpen
}

func (s span) intersect(o span) span {
	if c := compareNumbers(o.low, s.low); c > 0 || c == 0 && o.lowOpen {
		s.low, s.lowOpen = o.low, o.lowOpen
	}
	if !o.bounded {
		return s
	}
	if c := compareNumbers(o.high, s.high); !s.bounded || c < 0 || c == 0 && o.highOpen {
		s.high, s.highOpen, s.bounded = o.high, o.highOpen, true
	}
	return s
}

// empty is exact: between two different versions there is always a third,
// since a version may have any number of components.
func (s span) empty() bool {
	if !s.bounded {
		return false
	}
	c := compareNumbers(s.low, s.high)
	return c > 0 || c == 0 && (s.lowOpen || s.highOpen)
}
