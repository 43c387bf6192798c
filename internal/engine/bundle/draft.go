// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
)

// draft is a component while it is being rendered.
type draft struct {
	*bundler
	recipe    recipe
	version   string // of the chart, as its repository writes it
	release   *chart.Release
	hasFacts  bool // release describes version, not its nearest relative
	namespace string
	beside    []string // names of all components of the bundle

	overrides map[string]any
	peers     map[string]map[string]any // overrides of all components
	values    *values
	manifests []manifest     // in the order in which they are applied
	policy    map[string]any // what the chart itself creates, nil if nothing

	problems func() []chart.Problem // of the values, found once they are complete
}

// valueProblems checks the complete values against the facts about the chart.
func (d *draft) valueProblems() []chart.Problem { return d.problems() }

// manifest is an object beside the chart.
type manifest struct {
	name   string // of the file below manifests/, without .yaml
	reason string
	order  string // BeforeChart, AfterChart or AfterReady
	crd    string // the definition to wait for; "" for built-in kinds
	object map[string]any
}

func (m manifest) path() string { return "manifests/" + m.name + ".yaml" }

// set puts a value into the component's values, unless it is the chart's
// default anyway.
func (d *draft) set(path string, value any, reason string) {
	if standard, ok := d.release.Default(path); ok && d.hasFacts && sameScalar(standard, value) {
		return
	}
	d.values.set(path, value, reason)
}

// value returns the recipe's value of a key that the component reads; false
// means that the recipe has none. Where the recipe gives no reason, it is what
// the key means.
func (d *draft) value(subtype, key string) (ValueWithContext, bool) {
	v, ok := d.recipe.value(subtype, key)
	return v.because(d.about(subtype, key)), ok
}

// take is set for a value that follows from one of the recipe, with the reason
// for that one.
func (d *draft) take(path string, value any, from ValueWithContext) { d.set(path, value, from.Context) }

// takeOption puts a value of K8s/config at a path as it is, if the recipe has
// it.
func (d *draft) takeOption(path, key string) {
	if v, ok := d.value(configSubtype, key); ok {
		d.take(path, v.Value, v)
	}
}

func sameScalar(a, b any) bool {
	switch a.(type) {
	case string, bool, int64, float64:
		return a == b
	default:
		return false
	}
}

// effective returns the value that the chart will see at a path: what the
// component sets, or else the chart's default; nil for a null or nothing.
func (d *draft) effective(path string) any {
	if value, ok := lookup(d.values.tree, path); ok {
		return value
	}
	standard, _ := d.release.Default(path)
	return standard
}

func (d *draft) isOn(path string) bool { return d.effective(path) == true }

// isSet reports whether a template takes the value at a path for true.
func (d *draft) isSet(path string) bool {
	switch d.effective(path) {
	case nil, "", false:
		return false
	default:
		return true
	}
}

func (d *draft) textAt(path string) string {
	text, _ := d.effective(path).(string)
	return text
}

// releaseBefore reports whether the chart's release is older than the given
// one, such as 26.3.
func (d *draft) releaseBefore(version string) bool { return compareVersions(d.version, version) < 0 }

// compareVersions compares the dotted numbers of two versions; a leading v and
// whatever follows the numbers does not count.
func compareVersions(a, b string) int {
	as, bs := numbers(a), numbers(b)
	for i := range max(len(as), len(bs)) {
		x, y := at(as, i), at(bs, i)
		if x != y {
			return x - y
		}
	}
	return 0
}

func at(list []int, i int) int {
	if i < len(list) {
		return list[i]
	}
	return 0
}

// numbers reads 580.105.08 as [580 105 8] and v26.7.0-rc.1 as [26 7 0].
func numbers(version string) []int {
	const tooLong = 9 // digits: versions have fewer, and more would overflow
	var list []int
	for part := range strings.SplitSeq(strings.TrimPrefix(version, "v"), ".") {
		n, digits := 0, 0
		for digits < len(part) && digits < tooLong && part[digits] >= '0' && part[digits] <= '9' {
			n = 10*n + int(part[digits]-'0')
			digits++
		}
		if digits == 0 {
			break
		}
		list = append(list, n)
		if digits < len(part) {
			break
		}
	}
	return list
}
