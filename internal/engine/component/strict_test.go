// SPDX-License-Identifier: Apache-2.0

package component_test

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/added"
)

// strict looks for names in the data that nothing declares.
type strict struct {
	*component.Set
	catalog *recipe.Catalog
	read    map[string]bool // recipe keys
	d       *component.Description
	own     string // the component whose values a path alone names
	found   []string
}

func (s *strict) report(line int, format string, args ...any) {
	s.found = append(s.found, fmt.Sprintf("%s/component.yaml: line %d: %s", s.d.Name, line, fmt.Sprintf(format, args...)))
}

// TestDataNamesWhatExists: every operand, path and key of the data exists, also
// of that which tests add.
func TestDataNamesWhatExists(t *testing.T) {
	t.Parallel()
	_, more := added.Load(t)
	for _, set := range []*component.Set{loadData(t), more} {
		for _, problem := range problems(t, set) {
			t.Error(problem)
		}
	}
}

func loadData(t *testing.T) *component.Set {
	t.Helper()
	set, err := component.Load(os.DirFS("data"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func problems(t *testing.T, set *component.Set) []string {
	t.Helper()
	catalog, err := recipe.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	descriptions, err := set.Descriptions()
	if err != nil {
		t.Fatal(err)
	}
	s := &strict{Set: set, catalog: catalog, read: map[string]bool{}}
	for _, d := range descriptions {
		for _, k := range d.Reads() {
			s.read[k.Key] = true
		}
	}
	for _, d := range descriptions {
		s.d, s.own = d, d.Name
		s.description()
	}
	return s.found
}

func (s *strict) description() {
	for _, name := range s.d.Requires {
		if first, known := s.Entry(name); !known || first.Wave >= s.d.Wave {
			s.report(1, "requires %s, which is not of an earlier wave", name)
		}
	}
	for _, k := range s.d.Keys {
		if !k.Type.Known() || (k.Type == component.Enum) != (k.OneOf != nil) || k.About == "" {
			s.report(1, "the key %s has no known type, or no about", k.Key)
		}
	}
	s.condition(s.d.Needed)
	for _, term := range s.d.Terms {
		s.condition(term.When)
	}
	for _, level := range s.d.PodSecurity {
		s.condition(level.When)
		if !slices.Contains(component.PodSecurityLevels(), level.Name) {
			s.report(1, "%q is not a level of Pod Security Admission", level.Name)
		}
	}
	s.settings(s.d.Values, true)
	for _, p := range s.d.Registry.Images {
		s.condition(p.When)
		s.texts(p.Reference, p.Untagged, strings.ReplaceAll(p.Tag, "${tag}", ""))
		if p.Of != "" && !slices.ContainsFunc(s.releases(s.d.Name), func(r *chart.Release) bool { _, ok := r.Image(strings.TrimPrefix(p.Of, "spec.")); return ok }) {
			s.report(1, "no release has the image %s", p.Of)
		}
	}
	for _, m := range s.d.Manifests {
		s.namespace(m)
		s.condition(m.When)
		s.settings(m.Values, false)
		s.value(m.Object)
	}
	for _, n := range slices.Concat(s.d.Prerequisites, s.d.Notes) {
		s.condition(n.When)
		s.texts(n.Text, n.Command)
	}
	for _, definitions := range s.d.Definitions {
		if _, known := s.Entry(definitions.Of); !known && definitions.Of != "" {
			s.report(1, "there is no component %s that could own definitions", definitions.Of)
		}
		s.condition(definitions.When)
		s.condition(definitions.Deleted)
		s.condition(definitions.Kept)
		if definitions.Job != "" {
			s.path(1, s.d.Name, definitions.Job)
		}
	}
	s.condition(s.d.Upgrades.Partitions.When)
	s.texts(s.d.Upgrades.Partitions.Restart)
	for _, path := range slices.Concat(s.d.Upgrades.Reload, s.d.Upgrades.Partitions.Values, s.d.Credentials) {
		s.path(1, s.d.Name, path)
	}
	s.texts(s.d.Upgrades.Restart)
	for _, m := range s.d.Upgrades.Meanings {
		s.path(1, s.d.Name, m.At)
		s.condition(m.When)
		s.texts(m.Message, m.Advice)
		if m.Breaks == nil || m.Message == "" || m.Advice == "" {
			s.report(1, "what becomes of %s lacks a message, an advice or breaks", m.At)
		}
	}
	reserved := slices.Clone(s.d.Node.Without)
	for i := range s.d.Node.Files {
		s.condition(s.d.Node.Files[i].When)
		reserved = append(reserved, s.d.Node.Files[i].Without...)
	}
	for _, r := range reserved {
		s.condition(r.When)
	}
	for _, ready := range s.d.Ready {
		s.condition(ready.When)
	}
	for _, state := range s.d.States {
		if state.Group == "" || state.Kind == "" || state.Ready == "" {
			s.report(1, "the state of %s.%s lacks its group, its kind or what is ready", state.Kind, state.Group)
		}
		s.nodes(state.Nodes)
	}
	for _, r := range s.d.Rules {
		if r.Twice {
			s.report(1, "the rule %s says twice, which is for rules of the catalog", r.Name)
		}
		for _, c := range r.Cases {
			s.rule(r, c)
		}
	}
}

// nodes checks that what is said of nodes reads nothing but their labels, and that
// the patterns are some.
func (s *strict) nodes(n *component.NodeState) {
	if n == nil {
		return
	}
	label := func(line int, o component.Operand) {
		if kind, _, _ := o.Parts(); kind != component.Label {
			s.report(line, "%q is not a label of a node", o)
		}
	}
	clauses := n.Serves.Clauses()
	for _, p := range n.Problems {
		clauses = append(clauses, p.When.Clauses()...)
		component.Fill(p.Text, func(name string) string { label(1, component.Operand(name)); return "" })
		if len(p.When) == 0 || p.Text == "" {
			s.report(1, "a problem of nodes lacks when or text")
		}
	}
	for _, clause := range clauses {
		label(clause.Line, clause.Operand)
	}
	for _, pattern := range n.Resources {
		if _, err := path.Match(pattern, ""); err != nil {
			s.report(1, "%q is not a pattern", pattern)
		}
	}
	if n.Pending == "" || len(n.Resources)+len(n.Problems) == 0 {
		s.report(1, "nodes lack what is pending, or what shows where it is up")
	}
}

// namespace checks that all components say the same of a namespace, which they may
// share.
func (s *strict) namespace(m component.Manifest) {
	common, err := s.Common()
	if err != nil {
		s.report(1, "%v", err)
		return
	}
	object, _ := m.Object.(map[string]any)
	same := func(shared component.Manifest) bool { return reflect.DeepEqual(shared, m) }
	if (object["kind"] == "Namespace" || m.Name == "namespace") && !slices.ContainsFunc(common.Manifests, same) {
		s.report(1, "the manifest %s is not the common one of namespaces", m.Name)
	}
}

func (s *strict) rule(r component.Rule, c component.Case) {
	s.own = cmp.Or(c.Of, s.d.Name)
	defer func() { s.own = s.d.Name }()
	s.condition(c.When)
	s.texts(c.Message, c.Advice)
	line := 1
	if clauses := c.When.Clauses(); len(clauses) > 0 {
		line = clauses[0].Line
	}
	if c.Breaks == nil || len(c.At) == 0 || r.Severity != "error" && r.Severity != "warning" {
		s.report(line, "the rule %s lacks breaks, a place or a severity", r.Name)
	}
	for _, at := range c.At {
		if isValue := !strings.Contains(at, "/") && at != "namespaces" && !strings.HasPrefix(at, "registry.") && !strings.HasPrefix(at, "placement."); isValue {
			s.path(line, s.own, at)
		}
	}
}

func (s *strict) settings(settings []component.Setting, ofChart bool) {
	for _, setting := range settings {
		line := 1
		if clauses := setting.When.Clauses(); len(clauses) > 0 {
			line = clauses[0].Line
		}
		if ofChart {
			s.path(line, s.d.Name, setting.Set)
		}
		s.condition(setting.When)
		s.value(setting.Value)
		for _, o := range []component.Operand{setting.From, setting.Extend, setting.Why.From} {
			if o != "" {
				s.operand(line, o)
			}
		}
	}
}

// value checks the operands in what data states.
func (s *strict) value(v any) {
	switch v := v.(type) {
	case string:
		s.texts(v)
	case []any:
		for _, item := range v {
			s.value(item)
		}
	case map[string]any:
		if from, ok := v["from"].(string); ok && len(v) == 1 {
			s.texts("${" + from + "}")
			return
		}
		for _, below := range v {
			s.value(below)
		}
	}
}

func (s *strict) condition(c component.Condition) {
	for _, clause := range c.Clauses() {
		s.operand(clause.Line, clause.Operand)
	}
}

func (s *strict) texts(texts ...string) {
	for _, text := range texts {
		component.Fill(text, func(name string) string {
			if err := component.Operand(name).Check(); err != nil {
				s.report(1, "%v", err)
			}
			s.operand(1, component.Operand(name))
			return ""
		})
	}
}

func (s *strict) operand(line int, o component.Operand) {
	kind, of, name := o.Parts()
	of = cmp.Or(of, s.own)
	switch kind {
	case component.RecipeKey:
		if !s.read[name] && len(s.catalog.Settings(measurement.ParsePath(name))) == 0 {
			s.report(line, "no component reads the recipe key %s, and no layer sets it", name)
		}
	case component.Value, component.Override, component.Default:
		if of != "" { // the common rules judge other components' values
			s.path(line, of, name)
		}
	case component.Previous:
		s.operand(line, component.Operand(name))
	case component.With:
		if _, known := s.Entry(name); !known {
			s.report(line, "there is no component %s", name)
		}
	case component.NodeText:
		common, err := s.Common()
		if err != nil || !slices.ContainsFunc(common.Node.Files, func(f component.NodeFile) bool { return f.Path == name }) {
			s.report(line, "there is no file %s of node settings", name)
		}
	case component.Label:
		s.report(line, "a label of nodes is known to states alone: %s", name)
	case component.Term:
		if s.Term(s.d.Terms, name) == nil {
			s.report(line, "there is no term %s", name)
		}
	case component.ImageOf:
		if !slices.ContainsFunc(s.releases(of), func(r *chart.Release) bool { _, ok := r.Image(name); return ok }) {
			s.report(line, "no release has the image %s", name)
		}
	}
}

// path looks for a values path in the releases of a chart.
func (s *strict) path(line int, of, path string) {
	values := map[string]any{}
	below := values
	path, _, _ = strings.Cut(path, "[") // without the entry of a list
	segments := strings.Split(path, ".")
	for _, segment := range segments[:len(segments)-1] {
		next := map[string]any{}
		below[segment] = next
		below = next
	}
	below[segments[len(segments)-1]] = ""
	known := slices.ContainsFunc(s.releases(of), func(r *chart.Release) bool {
		return !slices.ContainsFunc(r.CheckValues(values), func(p chart.Problem) bool { return p.Kind == chart.Unknown })
	})
	if !known {
		s.report(line, "no release of %s has the value %s", of, path)
	}
}

func (s *strict) releases(of string) []*chart.Release {
	var all []*chart.Release
	for _, version := range s.Facts.Releases(of) {
		if r, err := s.Facts.Release(of, version); err == nil {
			all = append(all, r)
		}
	}
	return all
}

// TestStrictness: what is wrong in the data is found, with its place.
func TestStrictness(t *testing.T) {
	t.Parallel()
	const name = "nvidia-dra-driver-gpu/component.yaml"
	for change, want := range map[[2]string]string{
		{"title: NVIDIA", "titel: NVIDIA"}:                                                         name + `: line 3: unknown field "titel"`,
		{"    at: cdi.enabled", "    att: cdi.enabled"}:                                            `unknown field "att"`,
		{"{term operator-installs-driver: true}", "{term operator-install: true}"}:                 "there is no term operator-install",
		{"set: nvidiaDriverRoot", "set: nvidiaDriverRot"}:                                          "no release of nvidia-dra-driver-gpu has the value nvidiaDriverRot",
		{"K8s/config/driver_source: {not: image}", "K8s/config/driver_sauce: {not: image}"}:        "the recipe key K8s/config/driver_sauce",
		{"with gpu-operator: false", "with gpu-operater: false"}:                                   "there is no component gpu-operater",
		{"not ${driver}", "not ${diver}"}:                                                          `"diver" is not an operand`,
		{"wave: 2", "wave: 1"}:                                                                     "requires gpu-operator, which is not of an earlier wave",
		{"name: nvidia-dra-driver-gpu", "name: nvidia-dra"}:                                        `the name is "nvidia-dra", but the folder is "nvidia-dra-driver-gpu"`,
		{"  - K8s/config/driver_source", "  - K8s/config/driver_sauce"}:                            `common has no key "K8s/config/driver_sauce"`,
		{"manifests: [namespace,", "manifests: [{name: namespace, object: {kind: Namespace}},"}:    "the manifest namespace is not the common one",
		{"manifests: [namespace,", "manifests: [{name: more, object: {kind: \"${device##*/}\"}},"}: `"device##*/" is not an operand`,
		{"value: /run/nvidia/driver", "value: {from: nam}"}:                                        `"nam" is not an operand`,
		{"manifests: [namespace,", "manifests: [name_space,"}:                                      `common has no manifest "name_space"`,
	} {
		t.Run(change[1], func(t *testing.T) {
			t.Parallel()
			checkStrict(t, name, change, want)
		})
	}
}

// checkStrict fails unless a change of a file has a problem.
func checkStrict(t *testing.T, name string, change [2]string, want string) {
	t.Helper()
	tree := fstest.MapFS{}
	if err := copyTree(tree, name, change); err != nil {
		t.Fatal(err)
	}
	set, err := component.Load(tree)
	found := fmt.Sprint(err)
	if err == nil {
		found = strings.Join(problems(t, set), "\n")
	}
	if !strings.Contains(found, want) {
		t.Errorf("got %s, want %q in it", found, want)
	}
}

// TestStrictnessOfNodes is about what states say of nodes.
func TestStrictnessOfNodes(t *testing.T) {
	t.Parallel()
	for change, want := range map[[2]string]string{
		{"serves: {label nvidia.com", "serves: {labels nvidia.com"}:                                                    `"labels nvidia.com/gpu.deploy.operands" is not an operand`,
		{`serves: {label nvidia.com/gpu.deploy.operands: {not: "false"}}`, "serves: {service: eks}"}:                   `"service" is not a label of a node`,
		{"in place (${label nvidia.com/mig.config.state})", "in place (${driver})"}:                                    `"driver" is not a label of a node`,
		{"nvidia.com/mig-*]", `"nvidia.com/mig-["]`}:                                                                   `"nvidia.com/mig-[" is not a pattern`,
		{"      pending: notReady\n", ""}:                                                                              "nodes lack what is pending",
		{"when: {.nfd.enabled: true}", "when: {label nvidia.com/gpu.present: \"true\"}"}:                               "a label of nodes is known to states alone: nvidia.com/gpu.present",
		{"          text: the upgrade of its driver is not done (${label nvidia.com/gpu-driver-upgrade-state})\n", ""}: "a problem of nodes lacks when or text",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			checkStrict(t, "gpu-operator/component.yaml", change, want)
		})
	}
}

func copyTree(tree fstest.MapFS, changed string, change [2]string) error {
	for _, folder := range []string{"common", "gpu-operator", "nvidia-dra-driver-gpu"} {
		entries, err := os.ReadDir("data/" + folder)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.IsDir() {
				continue
			}
			path := folder + "/" + entry.Name()
			text, err := os.ReadFile("data/" + path)
			if err != nil {
				return err
			}
			if path == changed {
				if !strings.Contains(string(text), change[0]) {
					return fmt.Errorf("%s does not hold %q", path, change[0])
				}
				text = []byte(strings.Replace(string(text), change[0], change[1], 1))
			}
			tree[path] = &fstest.MapFile{Data: text}
		}
	}
	return nil
}
