// SPDX-License-Identifier: Apache-2.0

// Package objects applies manifests to a cluster by server-side apply, waits
// until objects are ready, reports what has drifted, and removes what it applied.
//
//	Parse -> Check (a dry run, for plans) -> Await -> Apply -> Read -> Remove
//
// Every object carries the name of its owner as an annotation, and what was
// applied is remembered with its UID: an object that somebody else has made or
// taken over since is applied over, never deleted. Namespaces and definitions are
// deleted only where the caller says so, since they take others with them.
package objects

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// ID says which object of a cluster one is. The version of its API is not part of
// that: each object has several.
type ID struct {
	Group     string `json:"group,omitempty"` // "" is the core group
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"` // "" for what is not in one
	Name      string `json:"name"`
}

// String returns such as `Deployment.apps "x" in namespace "y"`.
func (id ID) String() string {
	text := id.Kind
	if id.Group != "" {
		text += "." + id.Group
	}
	text += fmt.Sprintf(" %q", id.Name)
	if id.Namespace != "" {
		text += fmt.Sprintf(" in namespace %q", id.Namespace)
	}
	return text
}

// Reference is an object by the version of the API to read it with.
type Reference struct {
	ID
	Version string `json:"version"`
}

// NewReference returns a reference to an object, or an error that says which of its
// parts has no such form.
func NewReference(apiVersion, kind, namespace, name string) (Reference, error) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil || gv.Version == "" {
		return Reference{}, fmt.Errorf("%s is not the version of an API, such as v1 or apps/v1", words.Quote(apiVersion))
	}
	for _, part := range []string{gv.Group, gv.Version, kind, namespace, name} {
		if wrong := content.IsPathSegmentName(part); len(wrong) > 0 {
			return Reference{}, fmt.Errorf("%s %s", words.Quote(part), words.And(wrong))
		}
	}
	return Reference{ID{Group: gv.Group, Kind: kind, Namespace: namespace, Name: name}, gv.Version}, nil
}

func (r Reference) kind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind}
}

// IsNamespace reports whether an object is a namespace.
func (id ID) IsNamespace() bool { return id.Group == "" && id.Kind == "Namespace" }

// IsDefinition reports whether an object is the definition of a kind.
func (id ID) IsDefinition() bool {
	return id.Group == "apiextensions.k8s.io" && id.Kind == "CustomResourceDefinition"
}

// IsCustom reports whether a definition may have brought the kind: the groups of
// Kubernetes itself have no dot, or end in k8s.io.
func (id ID) IsCustom() bool {
	return strings.Contains(id.Group, ".") && !strings.HasSuffix(id.Group, ".k8s.io")
}

// stage is when an object is applied: definitions first, then namespaces, then
// what may need them. Deleting goes the other way.
func (id ID) stage() int {
	switch {
	case id.IsDefinition():
		return 0
	case id.IsNamespace():
		return 1
	default:
		return 2
	}
}

// stages is how many values stage has.
const stages = 3

// Object is an object to apply.
type Object struct {
	Reference
	Key    string         // of the manifest
	Fields map[string]any // what the manifest says, and nothing else
}

// Text returns the fields as JSON with sorted keys: equal fields give equal texts.
func (o Object) Text() string { return text(o.Fields) }

func text(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic("objects: " + err.Error()) // a tree of a manifest holds nothing but what JSON has
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// ownerAnnotation names whom an object belongs to.
const ownerAnnotation = "manifests.dgxc.io/owner"

// annotated returns the fields with an annotation.
func (o Object) annotated(name, value string) map[string]any {
	return tree.Merge(o.Fields, map[string]any{"metadata": map[string]any{"annotations": map[string]any{name: value}}})
}

// Applied is an object that was applied, as it is found again.
type Applied struct {
	Reference
	UID types.UID `json:"uid"`
}
