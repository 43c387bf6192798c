// SPDX-License-Identifier: Apache-2.0

package usage

import (
	"cmp"
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
			trees, err := Parse(chart.id(path), chart.Files[path])
			if err != nil {
				return err
			}
			maps.Copy(r.defined, trees)
		}
	}
	for _, chart := range charts {
		for _, path := range slices.Sorted(maps.Keys(chart.Files)) {
			if name := path[strings.LastIndexByte(path, '/')+1:]; strings.HasPrefix(name, "_") {
				continue
			}
			if r.run(chart.id(path), value{root: chart.Values}); r.err != nil {
				return fmt.Errorf("%s: %w", chart.id(path), r.err)
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
	err     error // the first; no step is taken after it
}

func (r *reader) fail(err error) { r.err = cmp.Or(r.err, err) }

// step reports whether to go on.
func (r *reader) step() bool {
	if r.steps++; r.steps > mostSteps {
		r.fail(errEndless)
	}
	return r.err == nil
}

func (r *reader) run(name string, dot value) {
	r.depth++
	switch tree := r.defined[name]; {
	case tree == nil:
		r.fail(fmt.Errorf("no template defines %q", name))
	case r.depth > mostDepth:
		r.fail(errEndless)
	default:
		s := &scope{reader: r, dot: dot, vars: []variable{{"$", dot}}}
		s.walk(tree.Root)
	}
	r.depth--
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

func (s *scope) walk(node parse.Node) {
	if !s.step() {
		return
	}
	switch n := node.(type) {
	case *parse.ListNode:
		s.walkList(n)
	case *parse.ActionNode:
		if v := s.pipe(n.Pipe); len(n.Pipe.Decl) == 0 {
			v.use()
		}
	case *parse.IfNode:
		s.branch(&n.BranchNode, func(v value) value { v.test(); return s.dot })
	case *parse.WithNode:
		s.branch(&n.BranchNode, func(v value) value { v.test(); return v })
	case *parse.RangeNode:
		s.loop(n)
	case *parse.TemplateNode:
		var v value
		if n.Pipe != nil {
			v = s.pipe(n.Pipe)
		}
		s.run(n.Name, v)
	} // text, comments, break and continue read nothing
}

func (s *scope) walkList(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		s.walk(node)
	}
}

// branch takes both branches of an if or a with; enter says what dot is in the
// first.
func (s *scope) branch(n *parse.BranchNode, enter func(value) value) {
	outer, dot := len(s.vars), s.dot
	v := s.pipe(n.Pipe)
	declared := len(s.vars)
	s.dot = enter(v)
	s.walkList(n.List)
	s.vars, s.dot = s.vars[:declared], dot
	s.walkList(n.ElseList)
	s.vars = s.vars[:outer]
}

// loop runs the body twice, so that what one round assigns reaches the next.
func (s *scope) loop(n *parse.RangeNode) {
	outer, dot := len(s.vars), s.dot
	element := s.commands(n.Pipe).element()
	for range 2 {
		s.vars, s.dot = s.vars[:outer], element
		for i, declared := range n.Pipe.Decl {
			bound := value{} // the index or key
			if i == len(n.Pipe.Decl)-1 {
				bound = element
			}
			s.vars = append(s.vars, variable{declared.Ident[0], bound})
		}
		s.walkList(n.List)
	}
	s.vars, s.dot = s.vars[:outer], dot
	s.walkList(n.ElseList)
	s.vars = s.vars[:outer]
}
