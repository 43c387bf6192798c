// SPDX-License-Identifier: Apache-2.0

// Package version reads, compares and ranges versions: of Kubernetes, kernels,
// operating systems, drivers and charts.
package version

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Version is a version as clusters report it: numbers, and a suffix that
// vendors append and that has no order, such as "-eks-3025e55".
type Version struct {
	numbers []uint64
	Suffix  string // with its separator
}

// Parse reads one or more numbers separated by dots, optionally with a
// leading v and with a suffix that begins with - or +.
func Parse(text string) (Version, error) {
	digits := strings.TrimSpace(text)
	if len(digits) > 0 && (digits[0] == 'v' || digits[0] == 'V') {
		digits = digits[1:]
	}
	var v Version
	if i := strings.IndexAny(digits, "-+"); i >= 0 {
		digits, v.Suffix = digits[:i], digits[i:]
	}
	for part := range strings.SplitSeq(digits, ".") {
		// 63 bits, so that the number after it exists.
		n, err := strconv.ParseUint(part, 10, 63)
		if err != nil {
			return Version{}, notAVersion(text)
		}
		v.numbers = append(v.numbers, n)
	}
	if strings.ContainsFunc(v.Suffix, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return Version{}, notAVersion(text)
	}
	return v, nil
}

func notAVersion(text string) error {
	return fmt.Errorf("%s is not a version: expected numbers separated by dots, optionally with a leading v and a suffix, such as 24.04, v1.33.5-eks-3025e55 or 6.8.0-1028-aws", words.Quote(text))
}

// HasPrefix reports whether v begins with all numbers of p. A suffix of p must
// be v's.
func (v Version) HasPrefix(p Version) bool {
	if len(v.numbers) < len(p.numbers) || p.Suffix != "" && p.Suffix != v.Suffix {
		return false
	}
	return compareNumbers(v.numbers[:len(p.numbers)], p.numbers) == 0
}

// Line returns the version of the first n numbers, without the suffix.
func (v Version) Line(n int) Version { return Version{numbers: v.numbers[:min(n, len(v.numbers))]} }

// text returns the numbers with dots between them.
func (v Version) text() string {
	parts := make([]string, len(v.numbers))
	for i, n := range v.numbers {
		parts[i] = strconv.FormatUint(n, 10)
	}
	return strings.Join(parts, ".")
}

// Numbers returns how many numbers the version has.
func (v Version) Numbers() int { return len(v.numbers) }

// Compare orders versions by their numbers; missing ones count as 0, and
// suffixes do not count.
func (v Version) Compare(o Version) int { return compareNumbers(v.numbers, o.numbers) }

// Agree reports whether two versions have the same numbers as far as both go,
// as 24.04 and 24.04.2 do.
func (v Version) Agree(o Version) bool {
	n := min(len(v.numbers), len(o.numbers))
	return slices.Equal(v.numbers[:n], o.numbers[:n])
}

// SameRelease reports whether two names of a release differ by a leading v at
// most, as v26.7.0 and 26.7.0 do.
func SameRelease(a, b string) bool { return strings.TrimPrefix(a, "v") == strings.TrimPrefix(b, "v") }

// SameBranch reports whether two drivers are of one branch, such as 580.
func SameBranch(a, b string) bool { return Lenient(a).Line(1).Compare(Lenient(b).Line(1)) == 0 }

// Lenient reads the numbers that a text begins with, after a leading v; the rest
// is the suffix. A text without any is a version without numbers.
func Lenient(text string) Version {
	rest := strings.TrimPrefix(text, "v")
	var v Version
	for {
		end := 0
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		n, err := strconv.ParseUint(rest[:end], 10, 63)
		if err != nil {
			break
		}
		v.numbers, rest = append(v.numbers, n), rest[end:]
		if len(rest) < 2 || rest[0] != '.' || rest[1] < '0' || rest[1] > '9' {
			break
		}
		rest = rest[1:]
	}
	v.Suffix = rest
	return v
}

// Compare orders two texts by the numbers that they begin with.
func Compare(a, b string) int { return Lenient(a).Compare(Lenient(b)) }

// compareNumbers orders versions by their numbers; missing ones count as 0.
func compareNumbers(a, b []uint64) int {
	for i := range max(len(a), len(b)) {
		if c := cmp.Compare(number(a, i), number(b, i)); c != 0 {
			return c
		}
	}
	return 0
}

func number(numbers []uint64, i int) uint64 {
	if i < len(numbers) {
		return numbers[i]
	}
	return 0
}

// next returns the first version after all that begin with these numbers:
// 1.34 for 1.33.
func next(numbers []uint64) []uint64 {
	after := append([]uint64(nil), numbers...)
	after[len(after)-1]++
	return after
}
