// SPDX-License-Identifier: Apache-2.0

package measurement

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
)

// Reading is one scalar value: a string, a bool, an integer or a fraction.
// Readings are immutable and comparable with ==. jq and browsers keep every number
// in a float64, so that what they would change is text: an integer beyond 2^53, and
// a whole number with a decimal point, which rather is a version.
type Reading interface {
	// Any returns the value as string, bool, int64 or float64.
	Any() any
	// String returns the value as text, as it appears in documents and tables.
	String() string

	sealed()
}

type (
	text    string
	boolean bool
	integer int64
	float   float64
)

// Str returns the reading of a string.
func Str(s string) Reading { return text(s) }

// Bool returns the reading of a bool.
func Bool(b bool) Reading { return boolean(b) }

// largest is the number up to which a float64 holds every integer.
const largest = 1 << 53

// Int returns the reading of a signed integer.
func Int(i int64) Reading {
	if i < -largest || i > largest {
		return Str(strconv.FormatInt(i, 10))
	}
	return integer(i)
}

func unsigned(u uint64) Reading {
	if u > largest {
		return Str(strconv.FormatUint(u, 10))
	}
	return integer(u)
}

// Float returns the reading of a float64, which is text where it is whole. NaN and
// the infinities are refused: no JSON document can carry them.
func Float(f float64) (Reading, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, errors.New("a number must be finite")
	case f == math.Trunc(f):
		return Str(float(f).String()), nil
	}
	return float(f), nil
}

// Number returns the reading of a number as text, exact: what no float64 can hold
// stays text.
func Number(text string) Reading {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Int(i)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && strings.ContainsAny(text, ".eE") {
		if reading, err := Float(f); err == nil {
			return reading
		}
	}
	return Str(text)
}

// FromAny returns the reading of a Go scalar of any integer, float, string or
// bool type. Every other type is an error.
func FromAny(v any) (Reading, error) {
	switch v := v.(type) {
	case string:
		return Str(v), nil
	case bool:
		return Bool(v), nil
	case int:
		return Int(int64(v)), nil
	case int8:
		return Int(int64(v)), nil
	case int16:
		return Int(int64(v)), nil
	case int32:
		return Int(int64(v)), nil
	case int64:
		return Int(v), nil
	case uint:
		return unsigned(uint64(v)), nil
	case uint8:
		return unsigned(uint64(v)), nil
	case uint16:
		return unsigned(uint64(v)), nil
	case uint32:
		return unsigned(uint64(v)), nil
	case uint64:
		return unsigned(v), nil
	case float32:
		return Float(float64(v))
	case float64:
		return Float(v)
	default:
		return nil, fmt.Errorf("%T is not a scalar", v)
	}
}

func (t text) Any() any       { return string(t) }
func (t text) String() string { return string(t) }
func (text) sealed()          {}

func (b boolean) Any() any       { return bool(b) }
func (b boolean) String() string { return strconv.FormatBool(bool(b)) }
func (boolean) sealed()          {}

func (i integer) Any() any       { return int64(i) }
func (i integer) String() string { return strconv.FormatInt(int64(i), 10) }
func (integer) sealed()          {}

func (f float) Any() any { return float64(f) }

// String keeps a decimal point or an exponent in the text, so that a float
// never reads as an integer.
func (f float) String() string { return canonical.Float(float64(f)) }
func (float) sealed()          {}
