// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"errors"
	"fmt"
	"strings"
)

// constraint is what a key or a layer says of a version: either a prefix
// ("1.33" stands for every 1.33.x) or a range (">= 1.30, < 1.33").
type constraint struct {
	text   string // as written, without surrounding blanks
	prefix *version
	span   span
}

const operatorRunes = "<>=!~^"

// parseConstraint reads a version prefix, or comparisons separated by commas
// that must all hold. Comparisons see numbers only: a suffix in a bound has no
// effect, and the missing numbers of a bound count as 0.
func parseConstraint(text string) (constraint, error) {
	c := constraint{text: strings.TrimSpace(text)}
	if c.text == "" || !strings.ContainsRune(operatorRunes, rune(c.text[0])) {
		v, err := parseVersion(c.text)
		if err != nil {
			return constraint{}, fmt.Errorf("%w; or a range such as \">= 1.30, < 1.33\"", err)
		}
		c.prefix = &v
		c.span = span{low: v.numbers, high: next(v.numbers), bounded: true, highOpen: true}
		return c, nil
	}
	for term := range strings.SplitSeq(c.text, ",") {
		s, err := parseTerm(strings.TrimSpace(term))
		if err != nil {
			return constraint{}, fmt.Errorf("range %s: %w", quote(c.text), err)
		}
		c.span = c.span.intersect(s)
	}
	if c.span.empty() {
		return constraint{}, fmt.Errorf("range %s: no version satisfies all of it", quote(c.text))
	}
	return c, nil
}

func parseTerm(term string) (span, error) {
	operand := strings.TrimLeft(term, operatorRunes)
	v, err := parseVersion(operand)
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
		return span{}, fmt.Errorf("unknown operator %s; expected one of >=, >, <=, <, =", quote(operator))
	}
}

// matches reports whether the constraint allows the version.
func (c constraint) matches(v version) bool {
	if c.prefix != nil {
		return v.hasPrefix(*c.prefix)
	}
	return c.span.contains(v.numbers)
}

// overlaps reports whether some version satisfies both.
func (c constraint) overlaps(other constraint) bool {
	if c.prefix != nil && other.prefix != nil && c.prefix.suffix != "" && other.prefix.suffix != "" && c.prefix.suffix != other.prefix.suffix {
		return false
	}
	return !c.span.intersect(other.span).empty()
}

// name returns the text as it appears in the name of an overlay, without the
// commas that separate the fields there: ">=1.30 <1.33".
func (c constraint) name() string {
	if c.prefix != nil {
		return c.text
	}
	terms := strings.Split(c.text, ",")
	for i, term := range terms {
		terms[i] = strings.Join(strings.Fields(term), "")
	}
	return strings.Join(terms, " ")
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
