// SPDX-License-Identifier: Apache-2.0

package document

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Tree returns the mapping as Helm reads a values file: plain scalars by the
// rules of YAML 1.1 (y, yes, on, n, no and off are booleans), nulls kept, dates
// as text, keys as text. The tree holds string, bool, int64, float64, nil,
// []any and map[string]any.
func (v Value) Tree() (map[string]any, error) {
	fields, err := v.Fields()
	if err != nil {
		return nil, err
	}
	tree := make(map[string]any, len(fields))
	for _, f := range fields {
		key := f.Key
		if f.key.Style == 0 { // written without quotes or tag
			key = keyText(f.Key)
		}
		if _, twice := tree[key]; twice {
			return nil, f.Value.Errorf("the key %s is given twice", words.Quote(key))
		}
		if tree[key], err = f.Value.Any(); err != nil {
			return nil, err
		}
	}
	return tree, nil
}

// keyText is the text of a plain key: Helm turns a boolean or null key into the
// text of its value.
func keyText(key string) string {
	value, err := plain(key)
	if b, ok := value.(bool); ok {
		return strconv.FormatBool(b)
	}
	if value == nil && err == nil {
		return "null"
	}
	return key
}

// Any returns the value as Tree returns its entries: a mapping, a list or a
// scalar.
func (v Value) Any() (any, error) {
	switch v.target().Kind {
	case yaml.MappingNode:
		return v.Tree()
	case yaml.SequenceNode:
		return List(Value.Any)(v)
	default:
		return v.scalarValue()
	}
}

func (v Value) scalarValue() (any, error) {
	const written = yaml.TaggedStyle | yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	n := v.target()
	if n.Style&written != 0 {
		switch n.ShortTag() {
		case "!!str", "!!timestamp":
			return n.Value, nil
		case "!!null":
			return nil, nil
		case "!!bool", "!!int", "!!float":
		default:
			return nil, v.Errorf("the tag %s is not supported; write a plain string, number or bool", words.Quote(n.Tag))
		}
	}
	value, err := plain(n.Value)
	if err != nil {
		return nil, v.Errorf("%v", err)
	}
	return value, nil
}

// floatText is what the YAML 1.1 reader of Helm takes for a float: an exponent
// has a sign, so that 1e3 is text.
//
//nolint:gochecknoglobals // compiled once, on first use
var floatText = words.Pattern(`^[-+]?[0-9]*\.?[0-9]+([eE][-+][0-9]+)?$`)

// plain resolves a plain scalar by the rules of YAML 1.1.
func plain(text string) (any, error) {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return nil, nil
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true, nil
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false, nil
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return nil, fmt.Errorf("%s is not a number that JSON can carry; quote it if it is a text", text)
	}
	if strings.IndexByte("+-.0123456789", text[0]) < 0 {
		return text, nil
	}
	digits := strings.ReplaceAll(text, "_", "")
	if n, err := strconv.ParseInt(digits, 0, 64); err == nil {
		return n, nil
	}
	if n, err := strconv.ParseUint(digits, 0, 64); err == nil {
		return float64(n), nil
	}
	if floatText().MatchString(digits) {
		if f, err := strconv.ParseFloat(digits, 64); err == nil && !math.IsInf(f, 0) {
			return f, nil
		}
	}
	return text, nil
}
