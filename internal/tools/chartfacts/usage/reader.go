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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/tools/chartfacts/condition"
)

// Chart is a chart whose templates share the values below Values.
type Chart struct {
	Name   string
	Values *Key                // filled in by Read
	Files  map[string]string   // text of the templates by path; those whose name begins with _ only define others
	Assets map[string]string   // text of other files by path, which templates may run with tpl
	When   condition.Condition // when Helm renders the templates; nil for always
}

// Findings is what templates do besides reading values.
type Findings struct {
	Failures []Failure
	Kinds    map[string]condition.Condition // of the objects that they write, and when
}

// Failure is what a template refuses.
type Failure struct {
	Message string
	When    condition.Condition
}

// id is the name under which Helm knows a file's template.
func (c Chart) id(path string) string { return c.Name + "/templates/" + path }

// Read finds out what the templates of a chart and its sub-charts read, and
// when they refuse to be rendered, as far as that depends on values. As in Helm
// all of them may include what any of them defines, the first chart's definition
// winning.
func Read(charts ...Chart) (*Findings, error) {
	r := &reader{defined: map[string]*parse.Tree{}, found: Findings{Kinds: map[string]condition.Condition{}}}
	for _, chart := range slices.Backward(charts) {
		for _, path := range slices.Sorted(maps.Keys(chart.Files)) {
			trees, err := Parse(chart.id(path), chart.Files[path])
			if err != nil {
				return nil, err
			}
			maps.Copy(r.defined, trees)
		}
	}
	for _, chart := range charts {
		for _, path := range slices.Sorted(maps.Keys(chart.Files)) {
			if name := path[strings.LastIndexByte(path, '/')+1:]; strings.HasPrefix(name, "_") {
				continue
			}
			r.when, r.at, r.chart = certain(true), &cursor{}, chart
			if chart.When != nil {
				r.when = exactly(chart.When)
			}
			if r.run(chart.id(path), value{root: chart.Values}); r.err != nil {
				return nil, fmt.Errorf("%s: %w", chart.id(path), r.err)
			}
			r.at.write("\n")
		}
	}
	return &r.found, nil
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

	chart Chart   // whose templates are run
	when  truth   // of the place in the templates
	at    *cursor // where they write; nil where the text does not go into a manifest as it is
	found Findings
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
		s := &scope{reader: r, dot: dot, vars: []variable{{name: "$", value: dot}}}
		s.walk(tree.Root)
	}
	r.depth--
}

// scope is one run of a template, at a place where dot and variables have
// their values.
type scope struct {
	*reader
	dot    value
	vars   []variable // innermost last
	nested int        // branches and loops around the place
}

type variable struct {
	name   string
	value  value
	nested int // of its declaration
}

func (s *scope) walk(node parse.Node) {
	if !s.step() {
		return
	}
	switch n := node.(type) {
	case *parse.ListNode:
		s.walkList(n)
	case *parse.TextNode:
		s.write(string(n.Text))
	case *parse.ActionNode:
		s.action(n.Pipe)
	case *parse.IfNode:
		s.branch(&n.BranchNode, func(value) value { return s.dot })
	case *parse.WithNode:
		s.branch(&n.BranchNode, func(v value) value { return v })
	case *parse.RangeNode:
		s.loop(n)
	case *parse.TemplateNode:
		var v value
		if n.Pipe != nil {
			v = s.aside(func() value { return s.pipe(n.Pipe) })
		}
		s.run(n.Name, v)
	} // comments, break and continue read nothing
}

func (s *scope) write(text string) {
	if s.at == nil {
		return
	}
	before := s.at.kind
	if s.at.write(text); s.at.kind != before && s.at.kind != "" {
		s.found.Kinds[s.at.kind] = s.found.Kinds[s.at.kind].Or(s.when.may)
	}
}

func (s *scope) walkList(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		s.walk(node)
	}
}

// aside evaluates something whose text does not go into the manifest.
func (s *scope) aside(evaluate func() value) value {
	at := s.at
	s.at = nil
	v := evaluate()
	s.at = at
	return v
}

// action prints the value of a pipeline, or declares a variable.
func (s *scope) action(pipe *parse.PipeNode) {
	if len(pipe.Decl) > 0 {
		s.aside(func() value { return s.pipe(pipe) })
		return
	}
	if indent, isPlain := layout(pipe); isPlain {
		s.print(s.indented(indent, func() value { return s.pipe(pipe) }))
		return
	}
	s.print(s.aside(func() value { return s.pipe(pipe) }))
}

// print puts a value into the manifest.
func (s *scope) print(v value) {
	if v.yaml == nil {
		v.use(s.when.may)
		if s.at != nil {
			s.at.bare(v, s.when.may)
		}
		return
	}
	kind, path := "", ""
	if s.at != nil {
		kind, path = s.at.place(v.yaml.indent)
		s.at.fill()
	}
	s.whole(v.yaml.of, Place{Kind: kind, Path: path, When: s.when.may})
}

// whole marks the keys as rendered with all that is below them.
func (s *scope) whole(v value, at Place) {
	v.each(map[*box]bool{}, false, func(k *Key, isText bool) {
		if isText {
			k.Used = k.Used.Or(at.When)
			return
		}
		k.Whole = k.Whole.Or(at.When)
		if slices.Contains(v.keys, k) {
			k.land(at)
		} else {
			k.land(Place{When: at.When})
		}
	})
}

// under walks what is rendered on a condition.
func (s *scope) under(on truth, list *parse.ListNode) {
	when, outer := s.when, len(s.vars)
	s.when, s.nested = when.and(on), s.nested+1
	if !s.when.may.Never() {
		s.walkList(list)
	}
	s.when, s.nested, s.vars = when, s.nested-1, s.vars[:outer]
}

// branch takes both branches of an if or a with; enter says what dot is in the
// first.
func (s *scope) branch(n *parse.BranchNode, enter func(value) value) {
	outer, dot := len(s.vars), s.dot
	v := s.aside(func() value { return s.pipe(n.Pipe) })
	v.test(s.when.may)
	s.dot = enter(v)
	s.under(v.isTrue(), n.List)
	s.dot = dot
	s.under(v.isTrue().not(), n.ElseList)
	s.vars = s.vars[:outer]
}

// loop runs the body twice, so that what one round assigns reaches the next.
func (s *scope) loop(n *parse.RangeNode) {
	outer, dot := len(s.vars), s.dot
	over := s.aside(func() value { return s.commands(n.Pipe) })
	element := over.element(s.when.may)
	if len(n.Pipe.Decl) > 1 {
		over.named()
	}
	for range 2 {
		s.vars, s.dot = s.vars[:outer], element
		for i, declared := range n.Pipe.Decl {
			bound := value{} // the index or key
			if i == len(n.Pipe.Decl)-1 {
				bound = element
			}
			s.vars = append(s.vars, variable{declared.Ident[0], bound, s.nested})
		}
		s.under(over.isTrue(), n.List)
	}
	s.vars, s.dot = s.vars[:outer], dot
	s.under(over.isTrue().not(), n.ElseList)
	s.vars = s.vars[:outer]
}
