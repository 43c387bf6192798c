// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseTOML reads what configurations of containerd are made of: tables, and
// keys whose values are texts, bools, integers, lists and tables in one line.
// Other numbers and times stay texts. The result is a tree of maps, []any, string,
// bool and int64; of an array of tables the last one.
func parseTOML(text string) (map[string]any, error) {
	root := map[string]any{}
	r := tomlReader{rest: text}
	err := r.document(root)
	if err != nil {
		line := 1 + strings.Count(text[:len(text)-len(r.rest)], "\n")
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	return root, nil
}

// maxNesting bounds how deep values lie in each other.
const maxNesting = 50

type tomlReader struct {
	rest  string // what is not read yet
	depth int
}

func (r *tomlReader) document(root map[string]any) error {
	table := root
	for r.blank(true); r.rest != ""; r.blank(true) {
		var err error
		if r.take("[") {
			table, err = r.header(root)
		} else {
			err = r.assignment(table)
		}
		if err != nil {
			return err
		}
		if r.blank(false); r.rest != "" && r.rest[0] != '\n' {
			return errors.New("something follows where the line should end")
		}
	}
	return nil
}

// header reads [a."b.c"] or [[a]] and returns the table.
func (r *tomlReader) header(root map[string]any) (map[string]any, error) {
	end := "]"
	if r.take("[") {
		end = "]]"
	}
	names, err := r.key()
	if err != nil {
		return nil, err
	}
	if !r.take(end) {
		return nil, fmt.Errorf("the name of a table does not end with %s", end)
	}
	return tomlTable(root, names)
}

func (r *tomlReader) assignment(table map[string]any) error {
	names, err := r.key()
	if err != nil {
		return err
	}
	if !r.take("=") {
		return errors.New("a key has no =")
	}
	value, err := r.value()
	if err != nil {
		return err
	}
	last := len(names) - 1
	if table, err = tomlTable(table, names[:last]); err != nil {
		return err
	}
	table[names[last]] = value
	return nil
}

// tomlTable returns the table of that name, and makes it where there is none.
func tomlTable(table map[string]any, names []string) (map[string]any, error) {
	for _, name := range names {
		if _, there := table[name]; !there {
			table[name] = map[string]any{}
		}
		below, ok := table[name].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%q is a table and a value", name)
		}
		table = below
	}
	return table, nil
}

// key reads names with dots between them, and the blanks around.
func (r *tomlReader) key() ([]string, error) {
	var names []string
	for {
		r.blank(false)
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
		r.blank(false)
		if !r.take(".") {
			return names, nil
		}
	}
}

func (r *tomlReader) name() (string, error) {
	if r.rest != "" && strings.Contains(`"'`, r.rest[:1]) {
		return r.text(r.rest[:1])
	}
	name := r.while(func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
	})
	if name == "" {
		return "", errors.New("a name is missing")
	}
	return name, nil
}

func (r *tomlReader) value() (any, error) {
	if r.depth++; r.depth > maxNesting {
		return nil, errors.New("values lie too deep in each other")
	}
	defer func() { r.depth-- }()
	r.blank(false)
	for _, quote := range []string{`"""`, `'''`, `"`, `'`} {
		if strings.HasPrefix(r.rest, quote) {
			return r.text(quote)
		}
	}
	switch {
	case r.take("["):
		return r.list()
	case r.take("{"):
		return r.inline()
	}
	word := strings.TrimRight(r.while(func(c byte) bool { return !strings.ContainsRune(",]}#\n", rune(c)) }), " \t\r")
	switch number, err := strconv.ParseInt(strings.ReplaceAll(word, "_", ""), 10, 64); {
	case word == "":
		return nil, errors.New("a value is missing")
	case word == "true", word == "false":
		return word == "true", nil
	case err == nil:
		return number, nil
	default:
		return word, nil
	}
}

// list reads [a, b], which may go over lines.
func (r *tomlReader) list() (any, error) {
	list := []any{}
	for {
		if r.blank(true); r.take("]") {
			return list, nil
		}
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		if r.blank(true); !r.take(",") && !strings.HasPrefix(r.rest, "]") {
			return nil, errors.New("a list does not end with ]")
		}
	}
}

// inline reads {a = 1, b = 2}.
func (r *tomlReader) inline() (any, error) {
	table := map[string]any{}
	for {
		if r.blank(true); r.take("}") {
			return table, nil
		}
		if err := r.assignment(table); err != nil {
			return nil, err
		}
		if r.blank(true); !r.take(",") && !strings.HasPrefix(r.rest, "}") {
			return nil, errors.New("a table in a line does not end with }")
		}
	}
}

// text reads a quoted text. Only double quotes know escapes, which are those of
// Go.
func (r *tomlReader) text(quote string) (string, error) {
	escapes := quote[0] == '"'
	for i := len(quote); i < len(r.rest); i++ {
		switch {
		case escapes && r.rest[i] == '\\':
			i++
		case strings.HasPrefix(r.rest[i:], quote):
			text := r.rest[len(quote):i]
			r.rest = r.rest[i+len(quote):]
			if len(quote) > 1 {
				text = strings.TrimPrefix(text, "\n")
			}
			return unescape(text, escapes)
		case len(quote) == 1 && r.rest[i] == '\n':
			return "", errors.New("a text does not end")
		}
	}
	return "", errors.New("a text does not end")
}

// unescape undoes escapes. A backslash at the end of a line takes away the blanks
// up to the next word.
func unescape(text string, escapes bool) (string, error) {
	var b strings.Builder
	for text != "" {
		before, after, found := strings.Cut(text, `\`)
		b.WriteString(before)
		if !found || !escapes {
			b.WriteString(text[len(before):])
			break
		}
		if below, _, _ := strings.Cut(after, "\n"); strings.TrimSpace(below) == "" && below != after {
			text = strings.TrimLeft(after, " \t\r\n")
			continue
		}
		r, _, rest, err := strconv.UnquoteChar(`\`+after, '"')
		if err != nil {
			return "", fmt.Errorf("a text has an escape that is not one: %q", text)
		}
		b.WriteRune(r)
		text = rest
	}
	return b.String(), nil
}

// take reads a text if it is what follows.
func (r *tomlReader) take(text string) bool {
	rest, found := strings.CutPrefix(r.rest, text)
	r.rest = rest
	return found
}

// blank reads blanks and comments, and the ends of lines as well if lines is
// set.
func (r *tomlReader) blank(lines bool) {
	for {
		r.while(func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || lines && c == '\n' })
		if !strings.HasPrefix(r.rest, "#") {
			return
		}
		r.while(func(c byte) bool { return c != '\n' })
	}
}

func (r *tomlReader) while(is func(byte) bool) string {
	i := 0
	for i < len(r.rest) && is(r.rest[i]) {
		i++
	}
	taken := r.rest[:i]
	r.rest = r.rest[i:]
	return taken
}
