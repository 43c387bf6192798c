// SPDX-License-Identifier: Apache-2.0

package component

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Kind says where an operand's value comes from.
type Kind string

// The kinds of operands, and how they are written.
const (
	RequestField Kind = "request"  // service, os, osv, kernel, k8s, gpu, intent
	DraftField   Kind = "draft"    // see draftFields
	RecipeKey    Kind = "recipe"   // K8s/config/rdma
	Value        Kind = "value"    // .path or component:path; the chart's default where nothing sets it
	Override     Kind = "override" // "override .path": what the user's override says
	Default      Kind = "default"  // "default .path": what the chart says
	With         Kind = "with"     // "with NAME": whether the bundle has the component
	Object       Kind = "manifest" // "manifest KIND": whether the component has such an object
	ImageOf      Kind = "image"    // "image NAME": the chart's image of that name, as repository, image and version
	Term         Kind = "term"     // "term NAME": whether a named condition holds
)

// draftFields are what a component is about to be: its namespace, name, chart
// version and repository, the driver that will run on the nodes, the versions of
// the request's operating system for which the chart's release has driver
// containers (systems), and that one of them which the request's is (system).
const draftFields = "namespace name version repository driver systems system"

// wordKind returns the kind of an operand that is one word.
func wordKind(word string) (Kind, bool) {
	switch word {
	case "os", "osv", "kernel", "service", "k8s", "gpu", "intent":
		return RequestField, true
	case "namespace", "name", "version", "repository", "driver", "systems", "system":
		return DraftField, true
	default:
		return "", false
	}
}

// Operand names a value that conditions, values and texts read.
type Operand struct {
	Kind      Kind
	Component string           // of a Value, Override or Default; "" for the own one
	Name      string           // a field, a dotted path, a component, a kind or a term
	Path      measurement.Path // of a RecipeKey
}

// ParseOperand reads an operand.
func ParseOperand(text string) (Operand, error) {
	if word, name, ok := strings.Cut(text, " "); ok {
		switch kind := Kind(word); kind {
		case With, Object, ImageOf, Term:
			return Operand{Kind: kind, Name: name}, nil
		case Override, Default:
			o, err := ParseOperand(name)
			if err == nil && o.Kind == Value {
				o.Kind = kind
				return o, nil
			}
		}
		return Operand{}, notAnOperand(text)
	}
	if kind, ok := wordKind(text); ok {
		return Operand{Kind: kind, Name: text}, nil
	}
	if path, ok := recipePath(text); ok {
		return Operand{Kind: RecipeKey, Name: text, Path: path}, nil
	}
	if own, ok := strings.CutPrefix(text, "."); ok && own != "" {
		return Operand{Kind: Value, Name: own}, nil
	}
	if component, path, ok := strings.Cut(text, ":"); ok && component != "" && path != "" {
		return Operand{Kind: Value, Component: component, Name: path}, nil
	}
	return Operand{}, notAnOperand(text)
}

func notAnOperand(text string) error {
	return fmt.Errorf("%q is not an operand: expected a field of the request, %s, a recipe key such as K8s/config/rdma, .path, component:path, or one of override, default, with, manifest, image and term with a name", text, draftFields)
}

// recipePath reads Type/subtype/key; a key may hold slashes.
func recipePath(text string) (measurement.Path, bool) {
	first, rest, _ := strings.Cut(text, "/")
	subtype, key, ok := strings.Cut(rest, "/")
	switch t := measurement.Type(first); t {
	case measurement.K8s, measurement.GPU, measurement.OS, measurement.SystemD:
		return measurement.Path{Type: t, Subtype: subtype, Key: key}, ok && key != ""
	default:
		return measurement.Path{}, false
	}
}

// String returns the operand as it is written.
func (o Operand) String() string {
	switch o.Kind {
	case RequestField, DraftField, RecipeKey:
		return o.Name
	case Override, Default:
		return string(o.Kind) + " " + o.value()
	case Value:
		return o.value()
	default:
		return string(o.Kind) + " " + o.Name
	}
}

func (o Operand) value() string {
	if o.Component == "" {
		return "." + o.Name
	}
	return o.Component + ":" + o.Name
}

// MarshalText and UnmarshalText are for JSON.
func (o Operand) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (o *Operand) UnmarshalText(text []byte) (err error) {
	*o, err = ParseOperand(string(text))
	return err
}

// UnmarshalYAML reads an operand and says in which line it is wrong.
func (o *Operand) UnmarshalYAML(n *yaml.Node) error {
	err := o.UnmarshalText([]byte(n.Value))
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}

// Fill replaces each ${name} in a text.
func Fill(text string, value func(name string) string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(before)
		out.WriteString(value(name))
		text = after
	}
}
