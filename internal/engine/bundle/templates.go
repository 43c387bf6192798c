// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

func parseTemplates() *template.Template {
	root := template.New("bundle").Option("missingkey=error").Funcs(template.FuncMap{
		"quote": shellQuote, "word": shellWord, "words": shellWords, "md": markdown, "inc": func(i int) int { return i + 1 },
	})
	return template.Must(root.ParseFS(templateFiles, "templates/*.tmpl"))
}

// shellQuote returns text as one word of a POSIX shell that expands nothing.
// A NUL, which no argument can hold, is left out.
func shellQuote(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// shellWord is shellQuote that leaves words bare which need no quotes.
func shellWord(text string) string {
	if words.Of(text, words.Letters+words.Digits+"_@%+:,./=-") {
		return text
	}
	return shellQuote(text)
}

// shellWords returns words as the arguments of a command.
func shellWords(list []string) string {
	quoted := make([]string, len(list))
	for i, word := range list {
		quoted[i] = shellWord(word)
	}
	return strings.Join(quoted, " ")
}

// markdown returns text on one line with everything escaped that Markdown, a
// table or HTML would take for markup inside a line, and cut where no reader
// would go on.
func markdown(text string) string {
	const longest = 500 // characters
	var out strings.Builder
	out.Grow(len(text))
	length, blank := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			blank = length > 0
			continue
		}
		if length >= longest {
			out.WriteString("…")
			break
		}
		if blank {
			out.WriteByte(' ')
			length, blank = length+1, false
		}
		writeEscaped(&out, r)
		length++
	}
	return out.String()
}

func writeEscaped(out *strings.Builder, r rune) {
	switch r {
	case '<':
		out.WriteString("&lt;")
	case '&':
		out.WriteString("&amp;")
	case '\\', '`', '*', '_', '[', ']', '|', '~', '$':
		out.WriteByte('\\')
		out.WriteRune(r)
	default:
		out.WriteRune(r)
	}
}

const (
	namespacePath = "manifests/namespace.yaml"
	// systemNamespace is the cluster's own: no bundle creates, labels or deletes
	// it.
	systemNamespace = "kube-system"
)

// view is what the templates show.
type view struct {
	// Fields of the component. They are not embedded: templates look up embedded
	// fields slowly.
	Name, Chart, Repository, Version, Namespace, ReleaseName string
	HelmSource                                               []string // the arguments that name the chart
	Requires, RequiredBy                                     []string

	Title         string
	RecipeVersion string
	Install       bool // the script is install.sh
	Asked         []asked
	Settings      []setting
	Before, After []viewManifest // those of AfterReady are the last of After
	Shown         []string       // what the chart creates
	Folder        []string       // definitions in the chart's folder crds
	CRDs          []string       // definitions that stay when the release goes
	Deleted       []string       // those that go with it
	Shared        []string       // titles of components whose definitions the chart includes too, and that stay
	Ready         *Readiness
	Workloads     []string // kinds to wait for where nothing reports its state
	OwnNamespace  bool     // the namespace is the component's, not the cluster's
	Prerequisites []Prerequisite
	Notes         []Prerequisite
}

type asked struct{ Name, Value string }

type viewManifest struct {
	Path, CRD, Reason string
	Late              bool // the chart does not bring its definition
}

// Reference is the argument that names the chart, with the registry where it comes
// from one.
func (v view) Reference() string { return v.HelmSource[0] }

// FromRepository reports whether Helm takes the chart with --repo, not from a registry
// or a file.
func (v view) FromRepository() bool { return v.Chart != "" && len(v.HelmSource) > 1 }

// Vendored reports whether the bundle holds the chart.
func (v view) Vendored() bool { return v.Repository == component.Vendored }

// AwaitsReadyCRD reports whether nothing else has waited for the definition of
// the kind that reports readiness.
func (v view) AwaitsReadyCRD() bool {
	return !slices.ContainsFunc(v.After, func(m viewManifest) bool { return m.CRD == v.Ready.CRD() })
}

// AfterReversed lists what is applied after the chart, last first.
func (v view) AfterReversed() []viewManifest { return reversed(v.After) }

// BeforeReversed lists what is applied before the chart, last first, without
// the namespace, which only a flag deletes.
func (v view) BeforeReversed() []viewManifest {
	return slices.DeleteFunc(reversed(v.Before), func(m viewManifest) bool { return m.Path == namespacePath })
}

func reversed[T any](list []T) []T {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

func (j *job) newView(d *draft, c Component) (view, error) {
	settings, err := d.values.settings()
	v := view{
		Name: c.Name, Chart: c.Chart, Repository: c.Repository, Version: c.Version, Namespace: c.Namespace, ReleaseName: c.ReleaseName, HelmSource: component.HelmSource(c.Chart, c.Repository), Ready: c.Ready, Requires: c.Requires,
		RequiredBy: j.requiring(d.Name),
		Title:      d.Title, RecipeVersion: orUnknown(j.recipe.Metadata.Version),
		Asked: j.recipe.asked(), Settings: settings, Workloads: d.Workloads, OwnNamespace: d.namespace != systemNamespace,
		Prerequisites: c.Prerequisites, Notes: d.paragraphs(d.Notes),
	}
	if c.Definitions != nil {
		v.Folder = c.Definitions.Names
	}
	for _, definitions := range d.Definitions {
		switch owner, _ := j.set.Entry(definitions.Of); {
		case !definitions.When.Holds(d.operand):
		case definitions.Deleted != nil && definitions.Deleted.Holds(d.operand):
			v.Deleted = append(v.Deleted, definitions.Names...)
		case definitions.Of != "":
			v.Shared = append(v.Shared, owner.Title)
		default:
			v.CRDs = append(v.CRDs, definitions.Names...)
		}
	}
	for _, m := range d.manifests {
		shown := viewManifest{m.path(), m.crd, m.reason, m.order == AfterReady}
		switch m.order {
		case byChart:
			v.Shown = append(v.Shown, m.path())
		case BeforeChart:
			v.Before = append(v.Before, shown)
		default:
			v.After = append(v.After, shown)
		}
	}
	return v, err
}

// prerequisites returns those that are due, and none while a pending input decides.
func (d *draft) prerequisites() (due []Prerequisite, pending bool) {
	d.unsure = false
	due = d.paragraphs(d.Prerequisites)
	if d.unsure {
		return nil, true
	}
	return due, false
}

func (d *draft) paragraphs(notes []component.Note) []Prerequisite {
	var due []Prerequisite
	for _, n := range notes {
		if n.When.Holds(d.operand) {
			due = append(due, Prerequisite{n.Title, d.text(n.Text), d.command(n.Command)})
		}
	}
	return due
}

// requiring lists the components of the bundle that need another one, which
// must go before it does.
func (j *job) requiring(name string) []string {
	var names []string
	for _, e := range j.chosen {
		if slices.Contains(e.Requires, name) {
			names = append(names, e.Name)
		}
	}
	return names
}

// asked lists what the recipe was made for.
func (r recipe) asked() []asked {
	var list []asked
	for _, field := range []asked{
		{"Service", r.Request.Service},
		{"GPU", r.Request.GPU},
		{"Operating system", strings.TrimSpace(r.Request.OS + " " + r.Request.OSVersion)},
		{"Kubernetes", r.kubernetes()},
		{"Intent", r.Request.Intent},
	} {
		if field.Value != "" {
			list = append(list, field)
		}
	}
	return list
}

// execute renders the template of a file such as scripts/install.sh.
func (j *job) execute(file string, v view) ([]byte, error) {
	v.Install = path.Base(file) == "install.sh"
	return j.fill(path.Base(file)+".tmpl", &v)
}

// fill renders a template.
func (j *job) fill(template string, view any) ([]byte, error) {
	const usual = 4 << 10 // bytes
	var out bytes.Buffer
	out.Grow(usual)
	if err := j.templates.ExecuteTemplate(&out, template, view); err != nil {
		return nil, fmt.Errorf("rendering %s: %w", template, err)
	}
	return out.Bytes(), nil
}
