// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Parse reads manifests, each the YAML or JSON of one object, and returns the
// objects in the order in which they are applied. The keys only name the manifests
// in messages. The error joins an *Error for each manifest that is wrong.
func Parse(ctx context.Context, manifests map[string]string) ([]Object, error) {
	var list []Object
	var errs []error
	keys := map[ID]string{}
	for _, key := range slices.Sorted(maps.Keys(manifests)) {
		o, err := parseOne(ctx, manifests[key])
		o.Key = key
		if first, twice := keys[o.ID]; err == nil && twice {
			err = fmt.Errorf("%s is the object of %s too: give each object once", o.ID, words.Quote(first))
		}
		if err != nil {
			errs = append(errs, &Error{ID: o.ID, Key: key, Reason: Invalid, Err: err})
			continue
		}
		keys[o.ID] = key
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(a, b Object) int { return a.stage() - b.stage() })
	return list, errors.Join(errs...)
}

func parseOne(ctx context.Context, manifest string) (Object, error) {
	root, err := document.Parse(ctx, []byte(manifest))
	if err != nil {
		return Object{}, err
	}
	r := reader{root: root}
	o := Object{}
	o.Group, o.Version = r.apiVersion()
	o.Kind = r.name("kind")
	r.refuse(o)
	o.Name = r.name("metadata", "name")
	if _, named := r.find("metadata", "namespace"); named {
		o.Namespace = r.name("metadata", "namespace")
	}
	r.refuseServerFields()
	if r.err == nil {
		o.Fields, r.err = root.Tree()
	}
	return o, r.err
}

// reader reads what every object has. The first mistake is kept, and nothing is
// read after it.
type reader struct {
	root document.Value
	err  error
}

// find returns the value below names, the one above it where it is not there.
func (r *reader) find(names ...string) (document.Value, bool) {
	at := r.root
	for _, name := range names {
		fields, err := at.Fields()
		i := slices.IndexFunc(fields, func(f document.Field) bool { return f.Key == name })
		if r.err == nil {
			r.err = err
		}
		if i < 0 {
			return at, false
		}
		at = fields[i].Value
	}
	return at, true
}

// name reads a text that becomes a part of a path.
func (r *reader) name(names ...string) string {
	at, ok := r.find(names...)
	switch {
	case r.err != nil:
		return ""
	case !ok:
		r.err = at.Errorf("the object has no %s", strings.Join(names, "."))
		return ""
	}
	value, err := at.Any()
	name, isText := value.(string)
	switch wrong := content.IsPathSegmentName(name); {
	case err != nil:
		r.err = err
	case !isText || name == "":
		r.err = at.Errorf("this must be a text that is not empty; if it is one, put it in quotes")
	case len(wrong) > 0:
		r.err = at.Errorf("this %s", words.And(wrong))
	}
	return name
}

// apiVersion reads a group and a version.
func (r *reader) apiVersion() (group, version string) {
	at, ok := r.find("apiVersion")
	switch {
	case r.err != nil:
		return "", ""
	case !ok:
		r.err = at.Errorf("the object has no apiVersion")
		return "", ""
	}
	text, err := at.Text()
	if r.err = err; err != nil {
		return "", ""
	}
	ref, err := NewReference(text, "", "", "")
	if err != nil {
		r.err = at.Errorf("%v", err)
	}
	return ref.Group, ref.Version
}

// refuse refuses lists of objects, and Secrets with content: what a manifest says is
// stored in the state as it is.
func (r *reader) refuse(o Object) {
	if at, ok := r.find("items"); ok && r.err == nil && strings.HasSuffix(o.Kind, "List") {
		r.err = at.Errorf("a %s holds several objects: give each a manifest of its own", o.Kind)
	}
	if o.Group != "" || o.Kind != "Secret" {
		return
	}
	for _, field := range []string{"data", "stringData"} {
		if at, ok := r.find(field); ok && r.err == nil && !at.IsNull() {
			r.err = at.Errorf("a Secret's %s would be stored in plain text. Create it outside, with kubectl, the External Secrets Operator or another way that keeps it out of here, and name it in what needs it", field)
		}
	}
}

// refuseServerFields refuses what the API server writes: objects that were read from
// a cluster have it.
func (r *reader) refuseServerFields() {
	for _, names := range [][]string{
		{"status"},
		{"metadata", "uid"},
		{"metadata", "resourceVersion"},
		{"metadata", "generation"},
		{"metadata", "creationTimestamp"},
		{"metadata", "deletionTimestamp"},
		{"metadata", "managedFields"},
		{"metadata", "selfLink"},
		{"metadata", "generateName"},
		{"metadata", "annotations", ownerAnnotation},
	} {
		if at, ok := r.find(names...); ok && r.err == nil && !at.IsNull() {
			r.err = at.Errorf("this is written by the API server or by eidos, not by manifests: remove it")
		}
	}
}
