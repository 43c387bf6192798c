// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	recipes "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// unknownOptions looks for wishes that nothing fulfills.
func unknownOptions(j *job) []violation { return j.unknownKeys(isOption) }

// unknownRecipeKeys looks at what else recipes carry, such as the versions of
// other tools' components.
func unknownRecipeKeys(j *job) []violation {
	return j.unknownKeys(func(subtype string) bool { return !isOption(subtype) })
}

func isOption(subtype string) bool {
	return component.IsOption(measurement.Path{Type: measurement.K8s, Subtype: subtype})
}

// maxSuggestions bounds how many unknown keys of a recipe are compared with all
// known ones: a document of a mebibyte may have 60,000.
const maxSuggestions = 20

// unknownKeys looks at some of the subtypes that the rendered bundlers read; the
// keys of all bundlers are known.
func (j *job) unknownKeys(in func(subtype string) bool) []violation {
	known := j.known()
	var found []violation
	for _, subtype := range slices.Sorted(maps.Keys(known)) {
		s := j.recipe.Measurements.Subtype(measurement.K8s, subtype)
		if s == nil || !in(subtype) {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(s.Data)) {
			if slices.Contains(known[subtype], key) {
				continue
			}
			advice := "remove it, or check its spelling"
			if len(found) < maxSuggestions {
				advice += suggest.Question(key, known[subtype])
			}
			found = append(found, broken(true, recipePath(subtype, key), "no bundler reads this key, so it has no effect", advice)...)
		}
	}
	return found
}

// knownKeys lists the keys of each subtype of K8s that the rendered bundlers
// read.
func (j *job) knownKeys() map[string][]string {
	known := map[string][]string{}
	for _, d := range j.chosen {
		for _, k := range d.Reads() {
			known[k.Path().Subtype] = nil
		}
	}
	keys := append(slices.Clone(j.common.Ignored), component.ServerVersion)
	for _, e := range j.set.Entries() {
		keys = append(append(keys, component.ImageKey(e.Name)), e.KeyNames...)
		for _, image := range e.Images {
			keys = append(keys, component.ImageKey(image.Key))
		}
	}
	for _, key := range keys {
		path := measurement.ParsePath(key)
		if _, read := known[path.Subtype]; read {
			known[path.Subtype] = append(known[path.Subtype], path.Key)
		}
	}
	return known
}

func unknownRules(j *job) []violation {
	if len(j.ignored) == 0 {
		return nil
	}
	var names []string
	for _, info := range j.Rules() {
		names = append(names, info.Name)
	}
	var found []violation
	for i, name := range j.ignored.Rules() {
		if strings.HasSuffix(j.ignored[i], ":") {
			found = append(found, violation{path: "ignore_findings", message: fmt.Sprintf("%q names no path after the colon", j.ignored[i]), advice: "write RULE or RULE:PATH"})
		}
		if slices.Contains(names, name) {
			continue
		}
		advice := "remove it" + suggest.Question(name, names)
		if ofRecipes(name) {
			advice = "it is a rule of recipes: name it where the recipe is made"
		}
		found = append(found, violation{path: "ignore_findings", message: fmt.Sprintf("there is no rule %q of bundles to ignore", name), advice: advice})
	}
	return found
}

// ofRecipes reports whether a rule is one of the embedded catalog.
func ofRecipes(name string) bool {
	catalog, err := recipes.Embedded()
	return err == nil && slices.ContainsFunc(catalog.Rules(), func(r recipes.RuleInfo) bool { return r.Name == name })
}

func notRendered(j *job) []violation {
	var found []violation
	for _, name := range j.unusedSettings() {
		advice := "name it in bundlers next to the components that you want, or remove them"
		if slices.Contains(j.existing, name) {
			advice = "remove them, or remove it from existing"
		}
		found = append(found, broken(true,
			name, fmt.Sprintf("the overrides, the namespace or the release given for %s have no effect, because it is not in the bundle", name), advice)...)
	}
	return found
}

// notAsStated is the rule about releases that are stated before there is a recipe.
const notAsStated = "release-not-as-stated"

func releasesNotAsStated(j *job) []violation {
	var found []violation
	for _, name := range slices.Sorted(maps.Keys(j.releases)) {
		d, stated := j.drafts[name], j.releases[name]
		if d == nil || version.SameRelease(stated, d.version) {
			continue
		}
		found = append(found, violation{
			path: component.ImageKey(name), blamed: blame{"releases", name},
			message: fmt.Sprintf("the recipe has %s %s, but %s is set here, which chooses nothing", name, d.version, stated),
			advice:  fmt.Sprintf("set %s, or pin %s with releases in the recipe", d.version, stated),
		})
	}
	return found
}

// unmetVersions checks the versions that are known of the cluster.
func unmetVersions(j *job) []violation {
	q := j.recipe.Request
	known := map[string]struct{ path, version string }{
		"k8s":    {component.ServerVersion, j.recipe.kubernetes()},
		"osv":    {"request/osv", q.OSVersion},
		"kernel": {"request/kernel", q.Kernel},
	}
	var found []violation
	for _, c := range j.recipe.Constraints {
		if have := known[c.Field]; have.version != "" {
			found = append(found, unmet(c, have.path, have.version)...)
		}
	}
	return found
}

// unmetDriver checks, at the component that may install it, the driver that will
// run on the nodes.
func unmetDriver(d *draft) []violation {
	have := d.written("driver")
	if d.Driver == nil || have == "" || component.DriverBranch.Check(have) == nil {
		return nil
	}
	var found []violation
	for _, c := range d.job.recipe.Constraints {
		if c.Field == "driver" {
			found = append(found, unmet(c, d.Driver.Path(), have)...)
		}
	}
	for i := range found {
		found[i].blamed, _ = d.blameForField("driver")
	}
	return found
}

func unmet(c document.Constraint, path, have string) []violation {
	met, err := version.Satisfies(have, c.Range)
	if err != nil {
		return broken(true, path, fmt.Sprintf("%s demands %s %s, which cannot be compared with %q: %v", c.Layer, c.Field, c.Range, have, err), "correct the version")
	}
	return broken(!met, path, fmt.Sprintf("%s demands %s %s, but it is %s", c.Layer, c.Field, c.Range, have), "use a version inside that range")
}
