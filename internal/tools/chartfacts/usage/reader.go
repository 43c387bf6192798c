// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"
)

// Chart is a chart whose templates share the values below Values.
type Chart struct {
	Name   string
	Values *Key              // filled in by Read
	Files  map[string]string // text of the templates by path; those whose name begins with _ only define others
}

// id is the name under which Helm knows a file's template.
func (c Chart) id(path string) string { return c.Name + "/templates/" + path }

// Read finds out what the templates of a chart and its sub-charts read. As in
// Helm all of them may include what any of them defines, the first chart's
// definition winning.
func Read(charts ...Chart) error {
	r := &reader{defined: map[string]*parse.Tree{}}
	for _, chart := range slices.Backward(charts) {
		for _, path := range slices.Sorted(maps.Keys(chart.Files)) {
			if err := r.define(chart.id(path), chart.Files[path]); err != nil {
				return err
			}
		}
	}
	for _, chart := range charts {
		for _, path := range slices.Sorted(maps.Keys(chart.Files)) {
			if name := path[strings.LastIndexByte(path, '/')+1:]; strings.HasPrefix(name, "_") {
				continue
			}
			top := value{root: chart.Values}
			if err := r.run(chart.id(path), top); err != nil {
				return fmt.Errorf("%s: %w", chart.id(path), err)
			}
		}
	}
	return nil
}

// Parse parses one template file, without a check that its functions exist. The
// trees are the file's own, under path, and those that it defines.
func Parse(path, text string) (map[string]*parse.Tree, error) {
	tree := parse.New(path)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		return nil, err // names the file and the line
	}
	return trees, nil
}

// The most that a chart's templates may take. Real charts need a thousandth of
// the steps; templates that include each other without end need more.
const (
	mostSteps = 2_000_000
	mostDepth = 100
)

var errEndless = errors.New("the templates include each other without end")

type reader struct {
	defined map[string]*parse.Tree
	steps   int
	depth   int
}

func (r *reader) define(path, text string) error {
	trees, err := Parse(path, text)
	if err != nil {
		return err
	}
	maps.Copy(r.defined, trees)
	return nil
}

// run runs a template on a value.
func (r *reader) run(name string, dot value) error {
	tree := r.defined[name]
	if tree == nil {
		return fmt.Errorf("no template defines %q", name)
	}
	if r.depth++; r.depth > mostDepth {
		return errEndless
	}
	defer func() { r.depth-- }()
	s := &scope{reader: r, dot: dot, vars: []variable{{"$", dot}}}
	return s.walk(tree.Root)
}

// scope is one run of a template, at a place where dot and variables have
// their values.
type scope struct {
	*reader
	dot  value
	vars []variable // innermost last
}

type variable struct {
	name  string
	value value
}

func (s *scope) walk(node parse.Node) error {
	if s.steps++; s.steps > mostSteps {
		return errEndless
	}
	switch n := node.(type) {
	case *parse.ListNode:
		return s.walkList(n)
	case *parse.ActionNode:
		v, err := s.pipe(n.Pipe)
		if err == nil && len(n.Pipe.Decl) == 0 {
			v.use()
		}
		return err
	case *parse.IfNode:
		return s.branch(&n.BranchNode, func(v value) value { v.test(); return s.dot })
	case *parse.WithNode:
		return s.branch(&n.BranchNode, func(v value) value { v.test(); return v })
	case *parse.RangeNode:
		return s.loop(n)
	case *parse.TemplateNode:
		v, err := s.optional(n.Pipe)
		if err != nil {
			return err
		}
		return s.run(n.Name, v)
	default: // text, comments, break and continue
		return nil
	}
}

func (s *scope) walkList(list *parse.ListNode) error {
	if list == nil {
		return nil
	}
	for _, node := range list.Nodes {
		if err := s.walk(node); err != nil {
			return err
		}
	}
	return nil
}

// optional evaluates a pipe that may be missing.
func (s *scope) optional(pipe *parse.PipeNode) (value, error) {
	if pipe == nil {
		return value{}, nil
	}
	return s.pipe(pipe)
}

// branch takes both branches of an if or a with; enter says what dot is in the
// first.
func (s *scope) branch(n *parse.BranchNode, enter func(value) value) error {
	outer, dot := len(s.vars), s.dot
	defer func() { s.vars, s.dot = s.vars[:outer], dot }()
	v, err := s.pipe(n.Pipe)
	if err != nil {
		return err
	}
	declared := len(s.vars)
	s.dot = enter(v)
	if err := s.walkList(n.List); err != nil {
		return err
	}
	s.vars, s.dot = s.vars[:declared], dot
	return s.walkList(n.ElseList)
}

// loop runs the body twice, so that what one round assigns reaches the next.
func (s *scope) loop(n *parse.RangeNode) error {
	outer, dot := len(s.vars), s.dot
	defer func() { s.vars, s.dot = s.vars[:outer], dot }()
	v, err := s.commands(n.Pipe)
	if err != nil {
		return err
	}
	element := v.element()
	for range 2 {
		s.vars, s.dot = s.vars[:outer], element
		for i, declared := range n.Pipe.Decl {
			bound := value{} // the index or key
			if i == len(n.Pipe.Decl)-1 {
				bound = element
			}
			s.vars = append(s.vars, variable{declared.Ident[0], bound})
		}
		if err := s.walkList(n.List); err != nil {
			return err
		}
	}
	s.vars, s.dot = s.vars[:outer], dot
	return s.walkList(n.ElseList)
}
