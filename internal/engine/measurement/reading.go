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

// Reading is one scalar value: a string, a bool, a 64-bit integer or a finite
// float64. Readings are immutable and comparable with ==; an int and a float of
// the same number are different readings.
type Reading interface {
	// Any returns the value as string, bool, int64, uint64 or float64. A uint64
	// is returned only for integers above math.MaxInt64.
	Any() any
	// String returns the value as text, as it appears in documents and tables.
	String() string

	sealed()
}

type (
	text    string
	boolean bool
	integer int64
	natural uint64 // only values above math.MaxInt64
	float   float64
)

// Str returns the reading of a string.
func Str(s string) Reading { return text(s) }

// Bool returns the reading of a bool.
func Bool(b bool) Reading { return boolean(b) }

// Int returns the reading of a signed integer.
func Int(i int64) Reading { return integer(i) }

// Uint returns the reading of an unsigned integer.
func Uint(u uint64) Reading {
	if u <= math.MaxInt64 {
		return integer(u)
	}
	return natural(u)
}

// Float returns the reading of a float64. NaN and the infinities are refused:
// no JSON document can carry them.
func Float(f float64) (Reading, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("a number must be finite")
	}
	return float(f), nil
}

// Number returns the reading of a number as text, exact: what no 64-bit integer
// or float64 can hold stays text.
func Number(text string) Reading {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return Int(i)
	}
	if u, err := strconv.ParseUint(text, 10, 64); err == nil {
		return Uint(u)
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
		return Uint(uint64(v)), nil
	case uint8:
		return Uint(uint64(v)), nil
	case uint16:
		return Uint(uint64(v)), nil
	case uint32:
		return Uint(uint64(v)), nil
	case uint64:
		return Uint(v), nil
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

func (n natural) Any() any       { return uint64(n) }
func (n natural) String() string { return strconv.FormatUint(uint64(n), 10) }
func (natural) sealed()          {}

func (f float) Any() any { return float64(f) }

// String keeps a decimal point or an exponent in the text, so that a float
// never reads as an integer.
func (f float) String() string { return canonical.Float(float64(f)) }
func (float) sealed()          {}
