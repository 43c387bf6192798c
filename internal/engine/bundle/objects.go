// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// objectOverrides names the field of a Request, in errors too.
const objectOverrides = "object_overrides"

// decodeObjectOverrides reads the overrides of objects: by component, then by the
// name of the manifest.
func (r *Renderer) decodeObjectOverrides(ctx context.Context, texts map[string]string) (map[string]map[string]map[string]any, error) {
	trees := map[string]map[string]map[string]any{}
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		name, manifest, over, err := r.decodeObjectOverride(ctx, key, texts[key])
		if err != nil {
			errs = append(errs, &InputError{Field: objectOverrides, Key: key, Err: err})
			continue
		}
		if trees[name] == nil {
			trees[name] = map[string]map[string]any{}
		}
		trees[name][manifest] = over
	}
	return trees, errors.Join(errs...)
}

func (r *Renderer) decodeObjectOverride(ctx context.Context, key, text string) (name, manifest string, over map[string]any, err error) {
	name, manifest, ok := strings.Cut(key, "/")
	if !ok {
		return "", "", nil, errors.New("want COMPONENT/MANIFEST: the name of a component, and that of a file below its manifests without .yaml")
	}
	if _, known := r.set.Entry(name); !known {
		return "", "", nil, unknownComponent(name, r.Bundlers())
	}
	d, err := r.set.Description(name)
	if err != nil {
		return "", "", nil, err
	}
	if err := checkManifest(d, manifest); err != nil {
		return "", "", nil, err
	}
	over, err = decodeMapping(ctx, text, "leave the key out")
	return name, manifest, over, err
}

// checkManifest finds out whether a component may have a manifest that somebody can
// change.
func checkManifest(d *component.Description, manifest string) error {
	var names []string
	for _, m := range d.Manifests {
		switch {
		case m.Order != byChart:
			names = append(names, m.Name)
		case m.Name == manifest:
			return fmt.Errorf("the chart itself creates %s from its values; change those with overrides", manifest)
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); slices.Contains(names, manifest) {
		return nil
	}
	if len(names) == 0 {
		return fmt.Errorf("unknown manifest %q; %s has none", manifest, d.Name)
	}
	return fmt.Errorf("unknown manifest %q; those of %s are %s%s", manifest, d.Name, strings.Join(names, ", "), suggest.Question(manifest, names))
}

// overridden lays the user's override over an object.
func (d *draft) overridden(manifest string, object map[string]any) (map[string]any, error) {
	over, ok := d.job.objects[d.Name][manifest]
	if !ok {
		return object, nil
	}
	changed := tree.Patch(object, over)
	for _, path := range []string{"apiVersion", "kind", "metadata.name", "metadata.namespace"} {
		was, _ := tree.Lookup(object, path)
		is, _ := tree.Lookup(changed, path)
		if !reflect.DeepEqual(was, is) {
			err := fmt.Errorf("%s: an override cannot change which object it is; leave this out, and apply an object of your own for another one", path)
			return nil, &InputError{Field: objectOverrides, Key: objectKey(d.Name, manifest), Err: err}
		}
	}
	return changed, nil
}

func objectKey(component, manifest string) string { return component + "/" + manifest }

// refusedObjects checks the objects that somebody changed.
func refusedObjects(d *draft) []violation {
	var found []violation
	for _, m := range d.manifests {
		if _, changed := d.job.objects[d.Name][m.name]; !changed {
			continue
		}
		for _, p := range d.objectProblems(m.object) {
			v := fromProblem(p)
			v.blamed = blame{objectOverrides, objectKey(d.Name, m.name)}
			found = append(found, v)
		}
	}
	return found
}

// objectProblems checks an object against its definition or Kubernetes' own type,
// and its metadata, of which definitions say little.
func (d *draft) objectProblems(object map[string]any) []chart.Problem {
	kind, _ := object["kind"].(string)
	if own := coreType(kind); own != nil {
		return typeProblems(object, own)
	}
	problems := typeProblems(map[string]any{"kind": kind, "metadata": object["metadata"]}, &metav1.PartialObjectMetadata{})
	return append(problems, d.release.CheckObject(object)...)
}

// coreType returns a new object of a kind of Kubernetes itself, nil for others.
func coreType(kind string) any {
	switch kind {
	case "Namespace":
		return &corev1.Namespace{}
	case "ConfigMap":
		return &corev1.ConfigMap{}
	case "DaemonSet":
		return &appsv1.DaemonSet{}
	case "ResourceQuota":
		return &corev1.ResourceQuota{}
	default:
		return nil
	}
}

// typeProblems reads an object into a type, and looks for what the type has no
// field for.
func typeProblems(object map[string]any, into any) []chart.Problem {
	text, err := json.Marshal(object)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return []chart.Problem{{Path: wrong.Field, Kind: chart.Type, Message: fmt.Sprintf("a %s does not fit the type of a %s", wrong.Value, object["kind"])}}
	}
	var read any
	if err == nil {
		text, err = json.Marshal(into)
	}
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	if err != nil {
		return []chart.Problem{{Path: "kind", Kind: chart.Type, Message: fmt.Sprintf("this is not a %s: %v", object["kind"], err)}}
	}
	var problems []chart.Problem
	for _, path := range lost("", object, read) {
		problems = append(problems, chart.Problem{Path: path, Kind: chart.Unknown, Message: fmt.Sprintf("a %s has no such field", object["kind"])})
	}
	slices.SortFunc(problems, func(a, b chart.Problem) int { return cmp.Compare(a.Path, b.Path) })
	return problems
}

// lost lists the places of what is in a value, and not in what was read of it.
// Nothing is written of what is empty.
func lost(path string, value, read any) []string {
	var paths []string
	switch value := value.(type) {
	case map[string]any:
		below, _ := read.(map[string]any)
		for name := range value {
			paths = append(paths, lost(tree.Join(path, name), value[name], below[name])...)
		}
	case []any:
		below, _ := read.([]any)
		for i := range value {
			var element any
			if i < len(below) {
				element = below[i]
			}
			paths = append(paths, lost(fmt.Sprintf("%s[%d]", path, i), value[i], element)...)
		}
	case nil:
	default:
		if read == nil && !reflect.ValueOf(value).IsZero() {
			paths = append(paths, path)
		}
	}
	return paths
}

// objectsNotRendered looks for overrides of objects that this bundle does not have.
func objectsNotRendered(j *job) []violation {
	var found []violation
	for _, name := range j.names {
		d := j.drafts[name]
		for _, of := range slices.Sorted(maps.Keys(j.objects[name])) {
			has := d.unknown.Manifests || slices.ContainsFunc(d.manifests, func(m manifest) bool { return m.name == of })
			found = append(found, broken(!has, objectKey(name, of),
				fmt.Sprintf("this bundle has no manifest %s of %s, so its override has no effect", of, name), "remove it, or set what asks for the object in the recipe")...)
		}
	}
	return found
}
