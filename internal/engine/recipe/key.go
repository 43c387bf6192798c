// SPDX-License-Identifier: Apache-2.0

package recipe

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// condition is one stated field of an overlay's key.
type condition struct {
	field   string
	index   int            // of the field in query order
	value   string         // of an enumerated field, in its one form
	version *version.Range // of a version field, else nil
}

func (c condition) String() string {
	if c.version != nil {
		return c.field + "=" + c.version.Name()
	}
	return c.field + "=" + c.value
}

// subject is a query prepared for matching: its fields in query order, so that
// a catalog of many overlays is matched by index.
type subject struct {
	query    document.Query
	values   []string
	versions []*version.Version // nil for enumerated and open fields
}

// newSubject prepares a normalised query.
func newSubject(q document.Query) (*subject, error) {
	fields := document.QueryFields()
	s := &subject{query: q, values: make([]string, len(fields)), versions: make([]*version.Version, len(fields))}
	for i, field := range fields {
		s.values[i] = *q.Field(field)
		if s.values[i] == "" || isEnum(field) {
			continue
		}
		v, err := version.Parse(s.values[i])
		if err != nil {
			return nil, &Error{Field: field, Err: err}
		}
		s.versions[i] = &v
	}
	return s, nil
}

func (s *subject) satisfies(c *condition) bool {
	if c.version == nil {
		return s.values[c.index] == c.value
	}
	v := s.versions[c.index]
	return v != nil && c.version.Contains(*v)
}

// key reads the key of an overlay: its stated fields in query order.
func (l *loader) key(v document.Value) ([]condition, error) {
	// The field names and shapes are those of a query.
	if _, err := v.Query(false); err != nil {
		return nil, err
	}
	o := v.Object(nil, document.QueryFields())
	var conditions []condition
	system := ""
	for index, name := range document.QueryFields() {
		o.Read(name, func(v document.Value) error {
			text, err := v.Text()
			if err != nil {
				return err
			}
			c, err := newCondition(index, text, l.names)
			if err != nil {
				return v.Errorf("%v", err)
			}
			if name == "os" {
				system = c.value
			}
			if err := l.names.systems.lostZero(name, text, system); err != nil {
				return v.Errorf("%v", err)
			}
			if c.value != "" || c.version != nil {
				conditions = append(conditions, c)
			}
			return nil
		})
	}
	return conditions, o.Err()
}

// newCondition reads a field, given by its place in query order. For any the
// condition has neither value nor version.
func newCondition(index int, text string, known names) (condition, error) {
	c := condition{field: document.QueryFields()[index], index: index}
	if strings.TrimSpace(text) == "" {
		return c, errors.New("the value is blank; leave the field out to match everything")
	}
	if isEnum(c.field) {
		c.value = known.normal(c.field, text)
		return c, nil
	}
	if strings.EqualFold(strings.TrimSpace(text), anyValue) {
		return c, nil
	}
	parsed, err := version.ParseRange(text)
	c.version = &parsed
	return c, err
}

// keyName names a key by its stated fields and further conditions:
// "service=eks,gpu=h100", "K8s/node/distribution=k3s", or "any".
func keyName(conditions []condition, when component.Condition) string {
	var names []string
	for _, c := range conditions {
		names = append(names, c.String())
	}
	for _, clause := range when.Clauses() {
		name := string(clause.Operand)
		switch test := component.Plain(clause.Test).(type) {
		case string, bool, int64:
			name += "=" + fmt.Sprint(test)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return cmp.Or(strings.Join(names, ","), anyValue)
}

// exclusive reports whether two conditions cannot hold at once: each is one
// alternative, and they ask different values of one operand.
func exclusive(a, b component.Condition) bool {
	if len(a) != 1 || len(b) != 1 {
		return false
	}
	return slices.ContainsFunc(a[0], func(one component.Clause) bool {
		return slices.ContainsFunc(b[0], func(other component.Clause) bool {
			return one.Operand == other.Operand && isScalar(one.Test) && isScalar(other.Test) && one.Test != other.Test
		})
	})
}

func isScalar(test any) bool {
	_, isList := test.([]any)
	return !isList
}

// bothMatch reports whether one query can satisfy both keys.
func bothMatch(a, b []condition) bool {
	for _, c := range a {
		i := slices.IndexFunc(b, func(other condition) bool { return other.field == c.field })
		if i < 0 {
			continue
		}
		if c.version == nil && c.value != b[i].value || c.version != nil && !c.version.Overlaps(*b[i].version) {
			return false
		}
	}
	return true
}
