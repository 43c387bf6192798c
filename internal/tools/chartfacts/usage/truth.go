// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"slices"
	"strconv"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

// truth is what an expression's truth depends on, as far as that is known: it
// is false unless may holds, and true when must does.
type truth struct {
	may, must condition.Condition
}

func exactly(c condition.Condition) truth { return truth{c, c} }

func (t truth) not() truth { return truth{t.must.Not(), t.may.Not()} }

func (t truth) and(other truth) truth {
	return truth{t.may.And(other.may), t.must.And(other.must)}.bounded()
}

func (t truth) or(other truth) truth {
	return truth{t.may.Or(other.may), t.must.Or(other.must)}.bounded()
}

// mostClauses bounds what conditions may grow to.
const mostClauses = 24

func (t truth) bounded() truth {
	if len(t.may) > mostClauses {
		t.may = condition.Always()
	}
	if len(t.must) > mostClauses {
		t.must = nil
	}
	return t
}

// isTrue is the truth of a value.
func (v value) isTrue() truth {
	switch {
	case v.truth != nil:
		return *v.truth
	case v.isKey():
		return exactly(condition.Set(v.keys[0].path))
	case v.scalar != "":
		return certain(v.scalar != "false" && v.scalar != "null" && v.scalar != "0")
	case len(v.texts) == 1 && len(v.keys)+len(v.boxes) == 0 && !v.file:
		return certain(v.texts[0] != "")
	default:
		return truth{may: condition.Always()}
	}
}

func certain(holds bool) truth {
	if holds {
		return exactly(condition.Always())
	}
	return truth{}
}

// isKey reports whether the value is that of one key for certain.
func (v value) isKey() bool {
	return len(v.keys) == 1 && len(v.boxes)+len(v.texts) == 0 && !v.file && v.truth == nil && v.yaml == nil && !v.keys[0].isElement && v.keys[0].path != ""
}

// logic evaluates a function that decides something; false means that it is
// not one.
func logic(name string, args []value) (truth, bool) {
	switch name {
	case "and", "or":
		return combined(name, args), true
	case "not", "empty":
		return at(args, 0).isTrue().not(), true
	case "eq":
		return equal(args), true
	case "ne":
		return equal(args).not(), true
	case "has", "kindIs", "typeIs", "gt", "ge", "lt", "le", "contains", "hasPrefix", "hasSuffix", "semverCompare", "regexMatch", "coalesce", "default", "ternary":
		return truth{may: condition.Always()}, true
	default:
		return truth{}, false
	}
}

func combined(name string, args []value) truth {
	out := certain(name == "and")
	for _, arg := range args {
		if name == "and" {
			out = out.and(arg.isTrue())
		} else {
			out = out.or(arg.isTrue())
		}
	}
	return out
}

// equal compares the first value with each other: one of them is a key and the
// rest are constants, or nothing is known.
func equal(args []value) truth {
	key := slices.IndexFunc(args, value.isKey)
	if key < 0 {
		return truth{may: condition.Always()}
	}
	out := truth{}
	for i, arg := range args {
		if i == key {
			continue
		}
		constant, ok := arg.constant()
		if !ok || key > 0 && len(args) > 2 {
			return truth{may: condition.Always()}
		}
		out = out.or(exactly(condition.Equals(args[key].keys[0].path, constant)))
	}
	return out
}

// constant is the constant that a value is, in JSON.
func (v value) constant() (string, bool) {
	if v.scalar != "" {
		return v.scalar, true
	}
	if len(v.texts) == 1 && len(v.keys)+len(v.boxes) == 0 && !v.file && v.truth == nil {
		return strconv.Quote(v.texts[0]), true
	}
	return "", false
}
