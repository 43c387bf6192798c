// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

// copiedTypes are the types of Kubernetes that charts take from their values as
// they are; those of their fields follow.
func copiedTypes() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[appsv1.DaemonSetUpdateStrategy](),
		reflect.TypeFor[corev1.Affinity](),
		reflect.TypeFor[corev1.Container](),
		reflect.TypeFor[corev1.LocalObjectReference](),
		reflect.TypeFor[corev1.PodSecurityContext](),
		reflect.TypeFor[corev1.Toleration](),
		reflect.TypeFor[networkingv1.NetworkPolicyEgressRule](),
		reflect.TypeFor[networkingv1.NetworkPolicyIngressRule](),
		reflect.TypeFor[policyv1.PodDisruptionBudgetSpec](),
	}
}

// enums are the values of Kubernetes' types of texts, which Go does not list.
func enums() map[string]string {
	return map[string]string{
		"TolerationOperator":          "Exists|Equal|Lt|Gt|",
		"TaintEffect":                 "NoSchedule|PreferNoSchedule|NoExecute|",
		"NodeSelectorOperator":        "In|NotIn|Exists|DoesNotExist|Gt|Lt",
		"LabelSelectorOperator":       "In|NotIn|Exists|DoesNotExist",
		"PullPolicy":                  "Always|IfNotPresent|Never|",
		"Protocol":                    "TCP|UDP|SCTP|",
		"URIScheme":                   "HTTP|HTTPS|",
		"SeccompProfileType":          "Unconfined|RuntimeDefault|Localhost",
		"DaemonSetUpdateStrategyType": "RollingUpdate|OnDelete|",
	}
}

// types are the types of Kubernetes by name, in the data's notation.
type types map[string][]member

// kubernetesTypes describes copiedTypes and all below them.
func kubernetesTypes() types {
	all := types{}
	for _, t := range copiedTypes() {
		all.add(t)
	}
	return all
}

// encode writes the file that package chart embeds.
func (all types) encode() []byte {
	var sections []member
	for _, name := range sortedKeys(all) {
		sections = append(sections, member{name, all[name]})
	}
	return encode(sections)
}

func (all types) add(t reflect.Type) {
	if _, known := all[t.Name()]; known {
		return
	}
	all[t.Name()] = nil // against recursion
	var fields []member
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue // embedded: its fields are visible too
		}
		isOptional := strings.Contains(options, "omit") || f.Type.Kind() == reflect.Pointer
		if !isOptional {
			name += "!"
		}
		fields = append(fields, member{name, all.notation(f.Type)})
	}
	slices.SortFunc(fields, func(a, b member) int { return strings.Compare(a.name, b.name) })
	all[t.Name()] = fields
}

func (all types) notation(t reflect.Type) any {
	switch t.Kind() {
	case reflect.Pointer:
		return all.notation(t.Elem())
	case reflect.Slice:
		return []any{all.notation(t.Elem())}
	case reflect.Map:
		return []member{{"*", all.notation(t.Elem())}}
	case reflect.Struct:
		if known := leaf(t); known != "" {
			return known
		}
		all.add(t)
		return t.Name()
	default:
		known := leaf(t)
		if known == "" {
			panic(fmt.Sprintf("the type %s has no notation", t))
		}
		return known
	}
}

// leaf is the notation of a type that is a single value, "" for any other.
func leaf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[intstr.IntOrString]():
		return "int-or-string"
	case t == reflect.TypeFor[resource.Quantity]():
		return "quantity"
	case enums()[t.Name()] != "":
		return "string enum " + enums()[t.Name()]
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Int32:
		return "int32"
	case reflect.Int64:
		return "integer"
	default:
		return ""
	}
}

// kubernetesType is the notation of the type at a path in one of Kubernetes'
// objects, "" where the data has no such type.
func kubernetesType(kind, path string) string {
	for known, t := range scheme.Scheme.AllKnownTypes() {
		if known.Kind == kind && known.Version == "v1" {
			if found := fieldType(t, path); found != nil {
				return typeNotation(found)
			}
		}
	}
	return ""
}

// kubernetesNamed is the notation of a type by its name, or of a field of it.
func kubernetesNamed(name, field string) string {
	if field == "" {
		if _, known := kubernetesTypes()[name]; known {
			return name
		}
		return ""
	}
	for _, t := range []reflect.Type{reflect.TypeFor[corev1.PodSpec](), reflect.TypeFor[corev1.Container](), reflect.TypeFor[metav1.ObjectMeta]()} {
		if t.Name() == name {
			if found := fieldType(t, field); found != nil {
				return typeNotation(found)
			}
		}
	}
	return ""
}

func fieldType(t reflect.Type, path string) reflect.Type {
	for name := range strings.SplitSeq(path, ".") {
		name, isElement := strings.CutSuffix(name, "[]")
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return nil
		}
		i := slices.IndexFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return tag == name
		})
		if i < 0 {
			return nil
		}
		t = reflect.VisibleFields(t)[i].Type
		if isElement {
			t = t.Elem()
		}
	}
	return t
}

// typeNotation writes a type on one line: [type] for a list, {type} for a map.
func typeNotation(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return typeNotation(t.Elem())
	case reflect.Slice, reflect.Map:
		inner := typeNotation(t.Elem())
		switch {
		case inner == "":
			return ""
		case t.Kind() == reflect.Slice:
			return "[" + inner + "]"
		default:
			return "{" + inner + "}"
		}
	case reflect.Struct:
		if t == reflect.TypeFor[metav1.ObjectMeta]() || kubernetesTypes()[t.Name()] == nil {
			return leaf(t)
		}
		return t.Name()
	default:
		return leaf(t)
	}
}
