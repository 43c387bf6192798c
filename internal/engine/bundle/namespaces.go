// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// shareNamespaces makes components of one namespace list the identical Namespace,
// so that whoever applies them all takes nothing back. They differ by overrides of
// the object alone.
func (j *job) shareNamespaces() error {
	whole := map[string]map[string]any{} // by namespace
	var errs []error
	for _, d := range j.ordered() {
		m := d.ownNamespace()
		if m == nil {
			continue
		}
		d.unknown.Manifests = d.unknown.Manifests || slices.ContainsFunc(j.ordered(), d.mayShare)
		errs = append(errs, j.disagreement(d, m, whole[d.namespace]))
		whole[d.namespace] = tree.Merge(whole[d.namespace], m.object)
	}
	for _, d := range j.ordered() {
		if m := d.ownNamespace(); m != nil {
			m.object = whole[d.namespace]
		}
	}
	return errors.Join(errs...)
}

// podSecurity is the widest level of Pod Security Admission that a component in the
// draft's namespace needs: of those that the cluster has already nothing is known, so
// that they count as the widest.
func (d *draft) podSecurity() string {
	levels, need := component.PodSecurityLevels(), d.needs()
	for _, name := range d.job.existing {
		if e, _ := d.job.set.Entry(name); e.Chart.Namespace == d.namespace {
			need = len(levels) - 1
		}
	}
	for _, other := range d.job.ordered() {
		if other == d || other.namespace != d.namespace && !other.unknown.Namespace {
			continue
		}
		other.unsure = false
		theirs := other.needs()
		d.unsure = d.unsure || need < len(levels)-1 && other.unsure || need < theirs && other.unknown.Namespace
		need = max(need, theirs)
	}
	return levels[need]
}

// needs is the level that the component's own pods need, as its place in
// component.PodSecurityLevels.
func (d *draft) needs() int {
	levels := component.PodSecurityLevels()
	for _, level := range d.PodSecurity {
		if level.When.Holds(d.operand) {
			return slices.Index(levels, level.Name)
		}
	}
	return len(levels) - 1
}

// ownNamespace is the manifest of the component's namespace, nil for none and while
// the namespace is not known.
func (d *draft) ownNamespace() *manifest {
	i := slices.IndexFunc(d.manifests, func(m manifest) bool { return m.path() == namespacePath })
	if i < 0 || d.unknown.Namespace {
		return nil
	}
	return &d.manifests[i]
}

// mayShare reports whether another component may be in the same namespace, and
// change its object in a way that is not known.
func (d *draft) mayShare(other *draft) bool {
	overrides := d.job.objects[other.Name]
	return other != d && (other.unknown.Namespace && len(overrides) > 0 ||
		(other.unknown.Namespace || other.namespace == d.namespace) && slices.Contains(d.job.pending.ObjectOverrides, other.Name))
}

// disagreement compares a Namespace with what other components say of it.
func (j *job) disagreement(d *draft, m *manifest, others map[string]any) error {
	for _, path := range tree.Leaves(m.object) {
		is, _ := tree.Lookup(m.object, path)
		if said, ok := tree.Lookup(others, path); ok && !reflect.DeepEqual(said, is) {
			return &InputError{Field: objectOverrides, Key: j.changer(d.namespace, m.name), Err: fmt.Errorf(
				"%s of the namespace %s, which several components have, is %v for one and %v for another; write one value", path, d.namespace, said, is)}
		}
	}
	return nil
}

// changer is the last override of the object of a namespace.
func (j *job) changer(namespace, manifest string) string {
	key := ""
	for _, name := range slices.Sorted(maps.Keys(j.objects)) {
		if d := j.drafts[name]; d != nil && d.namespace == namespace && j.objects[name][manifest] != nil {
			key = objectKey(name, manifest)
		}
	}
	return key
}
