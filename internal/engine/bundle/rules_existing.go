// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"context"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	recipes "github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/recipe"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// RuleElsewhere is the rule that Presences applies.
const RuleElsewhere = "installed-elsewhere"

const ruleAbsent = "existing-absent"

// Readers lists what the rules read of a snapshot.
func Readers() []recipes.Reader {
	var all []recipes.Reader
	for _, rule := range []string{ruleAbsent, RuleElsewhere} {
		all = append(all, recipes.Reader{Reading: component.PlacesPath("*").String(), Kind: recipes.ReaderRule, Name: rule})
	}
	return append(all, recipes.Reader{Reading: component.GroupPath("*").String(), Kind: recipes.ReaderRule, Name: ruleAbsent})
}

// sight is what a snapshot shows of a component.
type sight struct {
	known  bool // the snapshot says whether the cluster has it
	there  bool
	places []component.Place // none where nothing says where it is
}

// sight looks for a component in the snapshot of the request. Without one, or where the
// snapshot says nothing of the component, nothing is known.
func (j *job) sight(name string) sight {
	e, _ := j.set.Entry(name)
	if e.Shown.Group != "" {
		served := j.shown(component.GroupPath(e.Shown.Group))
		return sight{known: served != "", there: served != component.Nowhere}
	}
	switch text := j.shown(component.PlacesPath(name)); text {
	case "":
		return sight{}
	case component.Nowhere:
		return sight{known: true}
	default:
		return sight{known: true, there: true, places: component.ParsePlaces(text)}
	}
}

// shown is a reading of the snapshot, "" where there is none.
func (j *job) shown(path measurement.Path) string {
	if j.snapshot == nil {
		return ""
	}
	return j.snapshot.Measurements.Text(path.Type, path.Subtype, path.Key)
}

// isAt reports whether a place is that of the component's release, as far as the pods
// of a component say where they are from.
func (d *draft) isAt(p component.Place, of component.Entry) bool {
	return !d.unknown.Namespace && p.Namespace == d.namespace && (p.Release == d.Name || p.Release == "" && of.Shown.Unlabeled)
}

// absentExisting looks for components that the cluster is said to have, and does not, or
// only as parts of releases that are of the bundle.
func absentExisting(j *job) []violation {
	var found []violation
	for _, name := range j.existing {
		e, _ := j.set.Entry(name)
		s := j.sight(name)
		v := violation{
			path: name, blamed: blame{field: "existing"},
			message: "the snapshot does not show " + name + " on the cluster: " + unseen(e),
			advice:  "remove it from existing, so that the bundle installs it, or take a new snapshot if it was installed since",
		}
		switch owner := j.onlyOwner(s.places, e); {
		case !s.known:
			continue
		case owner != "":
			v.message = fmt.Sprintf("the snapshot shows %s only as a part of %s, which is in this bundle and would give it up", name, owner)
			v.advice = "remove it from existing, so that " + owner + " keeps it"
		case s.there:
			continue
		}
		found = append(found, v)
	}
	return found
}

// unseen says what would show a component.
func unseen(e component.Entry) string {
	if e.Shown.Group != "" {
		return "the API server does not serve " + e.Shown.Group
	}
	return "no pod runs an image whose name is " + words.Or(e.ShownImages())
}

// onlyOwner is the component of the bundle whose release all of the places are, "" for
// none.
func (j *job) onlyOwner(places []component.Place, of component.Entry) string {
	for _, d := range j.ordered() {
		elsewhere := func(p component.Place) bool { return !d.isAt(p, of) }
		if len(places) > 0 && !slices.ContainsFunc(places, elsewhere) {
			return d.Name
		}
	}
	return ""
}

// installedElsewhere looks for what the component would install, itself or as a part of
// its chart, and the cluster has under another release.
func installedElsewhere(d *draft) []violation {
	found := d.elsewhere(d.Entry)
	for _, part := range d.Definitions {
		if e, known := d.job.set.Entry(part.Of); known && part.When.Holds(d.operand) && !slices.Contains(d.job.existing, part.Of) {
			found = append(found, d.elsewhere(e)...)
		}
	}
	return found
}

// Presence is what a snapshot says of a component of a bundle.
type Presence struct {
	Component string
	Known     bool      // the snapshot says whether the cluster has it
	Twice     []Finding // what the cluster has already, under another release
}

// Presences returns what the request's snapshot says of each component of its bundle.
// No rule but this one is applied.
func (r *Renderer) Presences(ctx context.Context, req Request) ([]Presence, error) {
	j, err := r.drafted(ctx, req)
	if err != nil {
		return nil, err
	}
	var all []Presence
	for _, d := range j.ordered() {
		p := Presence{Component: d.Name, Known: j.sight(d.Name).known}
		for _, v := range installedElsewhere(d) {
			p.Twice = append(p.Twice, Finding{Rule: RuleElsewhere, Component: d.Name, Path: v.path, Message: v.message + "; " + v.advice})
		}
		all = append(all, p)
	}
	return all, nil
}

func (d *draft) elsewhere(e component.Entry) []violation {
	var found []violation
	for _, p := range d.job.sight(e.Name).places {
		if d.isAt(p, e) {
			continue
		}
		where, advice := d.whatToDo(e, p)
		found = append(found, violation{
			path: e.Name, blamed: blame{field: "snapshot"},
			message: fmt.Sprintf("the cluster has %s already, %s: a second one works against it, or Helm refuses what it does not own", e.Name, where),
			advice:  advice,
		})
	}
	return found
}

// whatToDo says where a component is that the bundle would install once more, and what
// to do about it.
func (d *draft) whatToDo(e component.Entry, p component.Place) (where, advice string) {
	keep := "name it in existing to keep that one"
	leave := "leave it out"
	if e.Name != d.Name {
		leave = "turn it off in " + d.Name
	}
	owner := d.job.onlyOwner([]component.Place{p}, e)
	switch {
	case owner != "":
		return "as a part of " + owner + " in the namespace " + p.Namespace,
			fmt.Sprintf("%s, so that %s keeps it; ignore this only once you have seen to it that nothing is lost when %s gives it up", leave, owner, owner)
	case p.Release == "":
		return fmt.Sprintf("in the namespace %s, where no label of its pods names a Helm release", p.Namespace), keep + ", or take it away before you install"
	case p.Release == d.Name:
		return "as the Helm release of that name in the namespace " + p.Namespace, fmt.Sprintf("give %s the namespace %s to go on with that release, or name it in existing to keep it as it is", d.Name, p.Namespace)
	default:
		return fmt.Sprintf("as the Helm release %s in the namespace %s", p.Release, p.Namespace), keep + ", or uninstall that release before you install"
	}
}
