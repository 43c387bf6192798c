// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// version is a version as clusters report it: numbers, and a suffix that
// vendors append and that has no order, such as "-eks-3025e55".
type version struct {
	numbers []uint64
	suffix  string // with its separator
}

// parseVersion reads one or more numbers separated by dots, optionally with a
// leading v and with a suffix that begins with - or +.
func parseVersion(text string) (version, error) {
	digits := strings.TrimSpace(text)
	if len(digits) > 0 && (digits[0] == 'v' || digits[0] == 'V') {
		digits = digits[1:]
	}
	var v version
	if i := strings.IndexAny(digits, "-+"); i >= 0 {
		digits, v.suffix = digits[:i], digits[i:]
	}
	for part := range strings.SplitSeq(digits, ".") {
		// 63 bits, so that the number after it exists.
		n, err := strconv.ParseUint(part, 10, 63)
		if err != nil {
			return version{}, notAVersion(text)
		}
		v.numbers = append(v.numbers, n)
	}
	if strings.ContainsFunc(v.suffix, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		return version{}, notAVersion(text)
	}
	return v, nil
}

func notAVersion(text string) error {
	return fmt.Errorf("%s is not a version: expected numbers separated by dots, optionally with a leading v and a suffix, such as 24.04, v1.33.5-eks-3025e55 or 6.8.0-1028-aws", quote(text))
}

// hasPrefix reports whether v begins with all numbers of p. A suffix of p must
// be v's.
func (v version) hasPrefix(p version) bool {
	if len(v.numbers) < len(p.numbers) || p.suffix != "" && p.suffix != v.suffix {
		return false
	}
	return compareNumbers(v.numbers[:len(p.numbers)], p.numbers) == 0
}

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
