// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// draft is a component while it is being rendered.
type draft struct {
	*component.Description
	job       *job
	version   string // of the chart, as its repository writes it
	release   *chart.Release
	hasFacts  bool // release describes version, not its nearest relative
	namespace string
	overrides map[string]any
	values    *values
	own       *values                // those that no override has changed
	previous  *draft                 // what a change takes the place of, nil for nothing
	manifests []manifest             // in the order in which they are applied
	problems  func() []chart.Problem // of the values, found once they are complete
	unknown   Unknown
	unsure    bool // what was evaluated last reads something that is not known yet
}

// manifest is an object next to the chart.
type manifest struct {
	name   string // of the file below manifests/, without .yaml
	reason string
	order  string // BeforeChart, AfterChart, AfterReady, or byChart
	crd    string // the definition to wait for; "" for built-in kinds
	object map[string]any
}

// byChart is the order of an object that the chart itself creates: for review.
const byChart = "by_chart"

func (m manifest) path() string { return "manifests/" + m.name + ".yaml" }

// fill evaluates the component's values.
func (d *draft) fill() {
	d.unknown.Namespace = slices.Contains(d.job.pending.Namespaces, d.Name)
	d.seesOverride(d.Name)
	for _, image := range d.Images {
		for _, path := range image.Paths {
			d.set(component.Setting{Set: path, From: component.Operand(component.ImageKey(image.Key))})
		}
	}
	done := map[string]bool{}
	for _, s := range d.Values {
		if s.Add != nil || s.Extend != "" {
			d.set(s)
		} else if !done[s.Set] {
			done[s.Set] = d.set(s)
		}
	}
	d.mirrorImages()
	d.own = &values{tree: d.values.tree, reasons: maps.Clone(d.values.reasons)}
	d.values.override(d.overrides)
	d.unknown.Values = d.unsure && d.HasChart()
}

// set puts a value into the component's values, unless its condition does not
// hold, its operand has no value, or it is the chart's default anyway. It reports
// whether the setting decides about its path.
func (d *draft) set(s component.Setting) bool {
	value, ok := d.evaluate(s, d.effective)
	if !ok {
		return false
	}
	standard, isSet := d.release.Default(s.Set)
	if s.Always || !isSet || !d.hasFacts || !sameScalar(standard, value) {
		d.values.set(s.Set, value, d.reason(s.Why, cmp.Or(s.From, s.Extend)))
	}
	return true
}

func sameScalar(a, b any) bool {
	switch a.(type) {
	case string, bool, int64, float64:
		return a == b
	default:
		return false
	}
}

// evaluate returns what a setting says; there returns what is at a path already, for
// one that adds to it.
func (d *draft) evaluate(s component.Setting, there func(path string) any) (any, bool) {
	if !s.When.Holds(d.operand) {
		return nil, false
	}
	switch {
	case s.From != "":
		return d.operand(s.From)
	case s.Extend != "":
		more, ok := d.operand(s.Extend)
		return extendedBy(there(s.Set), more), ok
	case s.Add != nil:
		list, _ := there(s.Set).([]any)
		return d.extended(list, s.Add), true
	default:
		return d.resolve(s.Value), true
	}
}

// extended appends items to a list, and those of an item that is a list itself; an
// item replaces one of its name.
func (d *draft) extended(list []any, items []any) []any {
	list = slices.Clone(list)
	for _, item := range items {
		added := d.resolve(item)
		several, isList := added.([]any)
		if !isList {
			several = []any{added}
		}
		for _, one := range several {
			list = slices.DeleteFunc(list, func(have any) bool { return nameIn(have) != "" && nameIn(have) == nameIn(one) })
			list = append(list, one)
		}
	}
	return list
}

// valueOf returns the value of the entry of that name, nil where the list has none.
func valueOf(list any, name string) any {
	items, _ := list.([]any)
	i := slices.IndexFunc(items, func(item any) bool { return nameIn(item) == name })
	if i < 0 {
		return nil
	}
	entry, _ := items[i].(map[string]any)
	return entry["value"]
}

func nameIn(item any) string {
	fields, _ := item.(map[string]any)
	name, _ := fields["name"].(string)
	return name
}

// resolve returns a copy of what data states, with operands' values in their
// places.
func (d *draft) resolve(value any) any {
	switch value := value.(type) {
	case string:
		return d.text(value)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			out[i] = d.resolve(item)
		}
		return out
	case map[string]any:
		if from, ok := value["from"].(string); ok && len(value) == 1 {
			v, _ := d.operand(component.Operand(from))
			return v
		}
		out := make(map[string]any, len(value))
		for key, below := range value {
			out[key] = d.resolve(below)
		}
		return out
	default:
		return component.Plain(value)
	}
}

// reason is the context of the recipe's key that a value comes from, or the text,
// or what the key means.
func (d *draft) reason(why component.Reason, from component.Operand) string {
	if why.From == "" && why.Text != "" {
		return why.Text
	}
	kind, _, path := cmp.Or(why.From, from).Parts()
	if from == component.GPUTolerations && !d.job.site.has("placement", path) {
		kind, path = component.RecipeKey, component.NodeTaints
	}
	switch kind {
	case component.OfPlacement, component.OfRegistry:
		return "Set by " + string(kind) + "."
	case component.RecipeKey:
	default:
		return why.Text
	}
	if context := d.job.recipe.context(measurement.ParsePath(path)); context != "" {
		return context
	}
	if why.Text != "" {
		return why.Text
	}
	key, _ := d.Key(path)
	return key.About
}

// makeManifests makes the objects next to the chart, once all drafts have their
// values.
func (d *draft) makeManifests() error {
	d.unsure = d.unknown.Values
	for _, m := range d.Manifests {
		if !m.When.Holds(d.operand) {
			continue
		}
		object, err := d.object(m)
		d.job.mirrorContainers(object)
		if object != nil && err == nil {
			object, err = d.overridden(m.Name, object)
		}
		if err != nil {
			return err
		}
		if object != nil {
			d.manifests = append(d.manifests, manifest{name: m.Name, reason: d.reason(m.Why, ""), order: m.Order, crd: m.CRD, object: object})
		}
	}
	d.unknown.Manifests = d.unsure || d.unknown.Namespace || slices.Contains(d.job.pending.ObjectOverrides, d.Name)
	return nil
}

// object is the object of a manifest, nil for none.
func (d *draft) object(m component.Manifest) (map[string]any, error) {
	if m.Hook != "" {
		return objectHooks()[m.Hook](d)
	}
	object, _ := d.resolve(m.Object).(map[string]any)
	done := map[string]bool{}
	for _, s := range m.Values {
		there := func(path string) any { value, _ := tree.Lookup(object, path); return value }
		if value, ok := d.evaluate(s, there); ok && (s.Add != nil || s.Extend != "" || !done[s.Set]) {
			done[s.Set] = true
			tree.Set(object, s.Set, value)
		}
	}
	return object, nil
}

// effective returns the value that the chart will see at a path: what an
// override or the component sets, or else the chart's default; nil for a null or
// nothing. A path such as toolkit.env[CONTAINERD_CONFIG] is the value of an entry of
// a list, by its name.
func (d *draft) effective(path string) any {
	d.sees(d)
	if list, name, ok := strings.Cut(strings.TrimSuffix(path, "]"), "["); ok {
		return valueOf(d.effective(list), name)
	}
	if tree.Covers(d.overrides, path) {
		value, _ := tree.Lookup(d.overrides, path)
		return value
	}
	if value, ok := tree.Lookup(d.values.tree, path); ok {
		return value
	}
	standard, _ := d.release.Default(path)
	return standard
}

func (d *draft) textAt(path string) string {
	text, _ := d.effective(path).(string)
	return text
}

// operand is the component's environment: what its conditions and texts read.
func (d *draft) operand(o component.Operand) (any, bool) {
	kind, owner, name := o.Parts()
	of := d
	if owner != "" {
		of = d.job.drafts[owner]
	}
	var value any
	switch kind {
	case component.With:
		return slices.Contains(d.job.names, name) || slices.Contains(d.job.existing, name), true
	case component.Object:
		return d.has(name), true
	case component.Term:
		return d.job.set.Term(d.Terms, name).Holds(d.operand), true
	case component.RequestField:
		value = orNil(*d.job.recipe.Request.Field(name))
	case component.RecipeKey:
		value = d.reading(name)
	case component.Override:
		d.seesOverride(cmp.Or(owner, d.Name))
		value, _ = tree.Lookup(d.job.overrides[cmp.Or(owner, d.Name)], name)
	case component.Value:
		if of != nil && of.release != nil {
			d.sees(of)
			value = of.effective(name)
		}
	case component.Default:
		if of != nil && of.release != nil {
			value, _ = of.release.Default(name)
		}
	case component.Previous:
		if d.previous != nil {
			return d.previous.operand(component.Operand(name))
		}
	case component.OfPlacement, component.OfRegistry:
		value = d.sited(string(kind), name)
	case component.ImageOf:
		value = d.image(name)
	case component.NodeText:
		value = d.job.nodeText(name)
	case component.DraftField:
		value = d.field(name)
	}
	return value, value != nil
}

// reading returns the recipe's value of a key, in the form in which files hold
// it; nil where it has none.
func (d *draft) reading(key string) any {
	reading := d.job.recipe.get(measurement.ParsePath(key))
	if reading == nil {
		return nil
	}
	i := slices.IndexFunc(d.Keys, func(k component.Key) bool { return k.Key == key })
	if i < 0 {
		return reading.Any()
	}
	return d.Keys[i].Type.Normal(reading.Any())
}

// orNil turns a text that says nothing into no value.
func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (d *draft) field(name string) any {
	switch name {
	case "namespace":
		d.unsure = d.unsure || d.unknown.Namespace
		return orNil(d.namespace)
	case "name":
		return orNil(d.Name)
	case "version":
		return orNil(d.version)
	case "app-version":
		if d.release != nil {
			return orNil(d.release.AppVersion)
		}
		return nil
	case "helm-source":
		d.unsure = d.unsure || d.job.pending.Registry
		return component.HelmSource(d.job.site.source(d.Entry, d.version))
	case "driver":
		for _, other := range d.job.drafts {
			if other != nil && other.Driver != nil {
				d.sees(other)
			}
		}
		return orNil(d.job.driver())
	case "systems", "system", "system-id":
		return d.system(name)
	case "pod-security":
		return d.podSecurity()
	default:
		return d.listed(name)
	}
}

// listed returns what the maker of the chart lists of drivers; nothing for a
// release of which that is not known.
func (d *draft) listed(field string) any {
	of, known := d.Drivers[d.version]
	driver, _ := d.field("driver").(string)
	if !known || driver == "" {
		return nil
	}
	switch field {
	case "drivers":
		return words.And(of.Listed)
	case "recommended-driver":
		return of.Recommended
	case "branch-listed":
		return slices.ContainsFunc(of.Listed, func(listed string) bool { return version.SameBranch(listed, driver) })
	default:
		for _, release := range d.Drivers {
			if slices.Contains(release.Listed, driver) {
				return true
			}
		}
		return false
	}
}

// system returns the versions of the request's operating system for which the
// release has driver containers, or that one of them which the request is for.
func (d *draft) system(field string) any {
	if d.release == nil {
		return nil
	}
	id, osv := d.systemID(), d.job.recipe.Request.OSVersion
	known := d.release.Systems(id)
	switch {
	case field == "system-id":
		return orNil(id)
	case field == "systems":
		return orNil(strings.Join(known, ", "))
	case !d.hasFacts:
		return orNil(osv) // nothing is known of this release
	case osv == "":
		return nil
	}
	for _, system := range known {
		if version.Lenient(osv).Agree(version.Lenient(system)) {
			return system
		}
	}
	return nil
}

// systemID is the ID of os-release, from which the operator makes the tag of the
// driver's image: of one family, such as that of RHEL, not every system has images.
func (d *draft) systemID() string {
	if id := d.job.recipe.Measurements.Text(measurement.OS, "release", "ID"); id != "" {
		return id
	}
	return d.job.recipe.Request.OS
}

// has reports whether an object of that kind is there.
func (d *draft) has(kind string) bool {
	return slices.ContainsFunc(d.manifests, func(m manifest) bool { return m.object["kind"] == kind })
}

// image returns an image of the chart: the release's, with the tag of the recipe
// where it has one.
func (d *draft) image(name string) any {
	if d.release == nil {
		return nil
	}
	image, _ := d.release.Image(name)
	tag := image.Version
	for _, known := range d.Images {
		if own := d.job.recipe.image(known.Key); known.Image == name && own != "" {
			tag = own
		}
	}
	stated := map[string]any{"repository": d.job.mirrored(image.Repository), "image": image.Image, "version": tag}
	if secrets := d.sited("registry", "pull_secrets"); secrets != nil {
		stated["imagePullSecrets"] = secrets
	}
	return stated
}

// text replaces ${operand} in a text.
func (d *draft) text(text string) string {
	return component.Fill(text, d.written)
}

// command is text with each operand as a word of the shell, a list as several.
func (d *draft) command(text string) string {
	return component.Fill(text, func(name string) string {
		value, _ := d.operand(component.Operand(name))
		list, isList := value.([]string)
		if !isList {
			return shellWord(d.written(name))
		}
		return shellWords(list)
	})
}

// written returns the value of an operand as texts show it.
func (d *draft) written(operand string) string {
	value, has := d.operand(component.Operand(operand))
	if !has {
		return ""
	}
	return fmt.Sprint(value)
}
