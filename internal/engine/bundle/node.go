// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// nodeFolder is the folder of a bundle with the settings of nodes.
const nodeFolder = "node"

// nodeView is what the README about the settings of nodes shows.
type nodeView struct {
	RecipeVersion string
	Asked         []asked
	Files         []nodeFile
	Without       string // why nodes take none of the files, "" where they do
	Out           []setting
}

// nodeFile is a file of settings of nodes.
type nodeFile struct {
	Path, About string
	Memory      string // that it keeps from everything else on a node, "" for none
	Settings    []setting
	lines       []string
}

// node writes the settings of nodes that the recipe states: the content of each file
// by its path below the folder, and the files of the folder. A recipe without any has
// no folder.
func (j *job) node() (settings map[string]string, files []outdir.File, err error) {
	v := j.nodes()
	w := &writer{}
	settings = map[string]string{}
	for _, file := range v.Files {
		if v.Without == "" {
			settings[file.Path] = file.text()
			w.add(file.Path, []byte(settings[file.Path]))
		}
	}
	if len(v.Files)+len(v.Out) == 0 {
		return settings, nil, nil
	}
	text, err := j.fill("node.md.tmpl", &v)
	if err != nil {
		return nil, nil, err
	}
	w.add("README.md", text)
	w.add("checksums.txt", checksums(w.files))
	return settings, w.below(nodeFolder), nil
}

func (j *job) nodeView() nodeView {
	v := nodeView{RecipeVersion: orUnknown(j.recipe.Metadata.Version), Asked: j.recipe.asked(), Without: j.reservation(j.common.Node.Without)}
	for i := range j.common.Node.Files {
		v.add(j, &j.common.Node.Files[i], j.nodeForms()[i])
	}
	return v
}

// nodeText is the text of a file of node settings, nil where it would hold none.
func (j *job) nodeText(path string) any {
	for _, file := range j.nodes().Files {
		if file.Path == path {
			return file.text()
		}
	}
	return nil
}

func (f nodeFile) text() string { return strings.Join(f.lines, "\n") + "\n" }

// reservation returns the first reason that holds, "" for none.
func (j *job) reservation(all []component.Reservation) string {
	whole := j.whole()
	for _, r := range all {
		if r.When.Holds(whole.operand) {
			return r.Why
		}
	}
	return ""
}

// add sorts the readings of a subtype into the settings of a file and what is none.
func (v *nodeView) add(j *job, f *component.NodeFile, forms nodeForms) {
	readings := j.recipe.settings(f.From)
	if readings == nil || !f.When.Holds(j.whole().operand) {
		return
	}
	file, without := nodeFile{Path: f.Path, About: f.About, Memory: memory(f.Reserves, readings)}, j.reservation(f.Without)
	keys := slices.Sorted(maps.Keys(readings.Data))
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(rank(f, a), rank(f, b)) })
	for _, key := range keys {
		value := readings.Data[key].String()
		if f.Only != "" && value != f.Only {
			continue
		}
		why := noSetting(f, key, value)
		if why == "" && (!forms.key.MatchString(key) || !forms.value.MatchString(value)) {
			why = "No line of " + f.Path + " can hold it."
		}
		if why == "" {
			why = without
		}
		if why != "" {
			v.Out = append(v.Out, setting{f.From + "/" + key, value, why})
			continue
		}
		file.Settings = append(file.Settings, setting{key, value, readings.Context[key]})
		file.lines = append(file.lines, line(f, strings.TrimPrefix(key, f.Strip), value))
	}
	if len(file.Settings) == 0 {
		return
	}
	if f.Together {
		file.lines = []string{strings.Join(file.lines, " ")}
	}
	if f.Head != "" {
		file.lines = slices.Insert(file.lines, 0, f.Head)
	}
	v.Files = append(v.Files, file)
}

// settings are the readings of a subtype, or those that the text of a key stands for;
// nil for none.
func (r recipe) settings(from string) *measurement.Subtype {
	path := measurement.ParsePath(from)
	if path.Key == "" {
		return r.Measurements.Subtype(path.Type, path.Subtype)
	}
	reading := r.get(path)
	if reading == nil {
		return nil
	}
	all := &measurement.Subtype{Data: map[string]measurement.Reading{}, Context: map[string]string{}}
	for _, word := range strings.Fields(reading.String()) {
		name, value, _ := strings.Cut(word, "=")
		all.Data[name], all.Context[name] = measurement.Str(value), r.context(path)
	}
	return all
}

func rank(f *component.NodeFile, key string) int {
	if key == f.First {
		return 0
	}
	return 1
}

// memory returns how much memory pages take that a recipe asks for, "" where it asks
// for none or does not say of which size.
func memory(pages component.Pages, readings *measurement.Subtype) string {
	text := func(key string) string {
		if reading := readings.Data[key]; reading != nil {
			return reading.String()
		}
		return ""
	}
	size, sizeErr := resource.ParseQuantity(strings.ToUpper(text(pages.Size)) + "i")
	count, countErr := strconv.ParseInt(text(pages.Count), 10, 64)
	if sizeErr != nil || countErr != nil || count <= 0 || size.Sign() <= 0 {
		return ""
	}
	size.Mul(count)
	return size.String()
}

// noSetting returns why a reading is not a setting of a node, "" for what may be
// one.
func noSetting(f *component.NodeFile, key, value string) string {
	for _, e := range f.Except {
		if matches(e.Keys, key) && matches(e.Values, value) {
			return e.Why
		}
	}
	return ""
}

// matches reports whether a text is of one of the patterns; without any, each is.
func matches(patterns []string, text string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool {
		match, err := path.Match(pattern, text)
		return match && err == nil // a test holds patterns to their form
	})
}

// nodeForms are the forms of keys and values that a file can hold.
type nodeForms struct{ key, value *regexp.Regexp }

// compileForms returns the forms of each file.
func compileForms(set *component.Set) []nodeForms {
	common, err := set.Common()
	if err != nil {
		return nil // as newJob has said
	}
	forms := make([]nodeForms, len(common.Node.Files))
	for i, f := range common.Node.Files {
		forms[i] = nodeForms{whole(f.Key), whole(f.Value)}
	}
	return forms
}

func whole(expression string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:` + expression + `)$`) // a test compiles it
}

func line(f *component.NodeFile, key, value string) string {
	form := f.Line
	if value == "" && f.Bare != "" {
		form = f.Bare
	}
	return component.Fill(form, func(name string) string { return map[string]string{"key": key, "value": value}[name] })
}
