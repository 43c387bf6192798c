// SPDX-License-Identifier: Apache-2.0

package component

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// Kind says where an operand's value comes from.
type Kind string

// The kinds of operands, and how they are written.
const (
	RequestField Kind = "request"  // see document.QueryFields
	DraftField   Kind = "draft"    // see draftFields
	RecipeKey    Kind = "recipe"   // K8s/config/rdma
	Value        Kind = "value"    // .path or component:path; the chart's default where nothing sets it
	Override     Kind = "override" // "override .path": what the user's override says
	Default      Kind = "default"  // "default .path": what the chart says
	With         Kind = "with"     // "with NAME": whether the bundle or, before it, the cluster has the component
	Object       Kind = "manifest" // "manifest KIND": whether the component has such an object
	ImageOf      Kind = "image"    // "image NAME": the chart's image of that name, as repository, image and version
	Term         Kind = "term"     // "term NAME": whether a named condition holds
	NodeText     Kind = "node"     // "node sysctl.d/90-eidos.conf": a file of node settings, written or not
	Previous     Kind = "previous" // "previous version" or "previous .path": what was there before a change
	Snapshot     Kind = "snapshot" // "snapshot K8s/node/os-image": a reading of the snapshot that a recipe is made from
	Label        Kind = "label"    // "label nvidia.com/mig.config": of a node
	// "placement gpu.tolerations", "registry mirror": what the request says of the
	// site; see placementFields and registryFields.
	OfPlacement Kind = "placement"
	OfRegistry  Kind = "registry"
)

// draftFields are what a component is about to be: its namespace, name and chart
// version, the arguments by which Helm finds the chart (helm-source), the driver that will run on the nodes, the ID of
// os-release of the nodes' operating system (system-id), its versions for which the
// chart's release has driver containers (systems), and that one of them which the
// request's is (system); of
// the drivers that the maker lists for the release, their versions (drivers) and the
// one that it recommends (recommended-driver), whether it lists the one that will
// run for some release (driver-listed), and its branch for this one (branch-listed);
// the widest level of Pod Security Admission that a component in its namespace needs
// (pod-security).
func draftFields() []string {
	return []string{
		"namespace", "name", "version", "app-version", "helm-source", "driver", "systems", "system", "system-id",
		"drivers", "recommended-driver", "driver-listed", "branch-listed", "pod-security",
	}
}

// placementFields are where pods run: labels of the nodes, and the tolerations of
// their taints; those of GPU nodes are the taints of the recipe where nothing is
// stated.
func placementFields() []string {
	return []string{"system.node_selector", "system.tolerations", "gpu.node_selector", "gpu.tolerations", "storage_class"}
}

// registryFields are where images and packages come from. Pull secrets are names, and
// the same as the references that Kubernetes' own objects hold.
func registryFields() []string {
	return []string{"mirror", "chart_repositories", "pull_secrets", "pull_secret_references", "packages.gpu_config_map", "packages.doca_config_map", "packages.cert_config_map"}
}

// Operand names a value that conditions, values and texts read, as data writes
// it; "" names none.
type Operand string

// Parts takes an operand apart: the component is that of a Value, Override or
// Default, "" for the own one, the name a field, a dotted path, a recipe key, a
// component, a kind or a term. The kind of a text that is not an operand is "".
func (o Operand) Parts() (kind Kind, component, name string) {
	text := string(o)
	if word, rest, ok := strings.Cut(text, " "); ok {
		switch kind := Kind(word); kind {
		case With, Object, ImageOf, Term, NodeText, Label:
			return kind, "", rest
		case OfPlacement:
			if slices.Contains(placementFields(), rest) {
				return kind, "", rest
			}
		case OfRegistry:
			if slices.Contains(registryFields(), rest) {
				return kind, "", rest
			}
		case Snapshot:
			if inner, _, _ := Operand(rest).Parts(); inner == RecipeKey {
				return kind, "", rest
			}
		case Previous:
			if inner, _, _ := Operand(rest).Parts(); inner == Value || inner == DraftField {
				return kind, "", rest
			}
		case Override, Default:
			if inner, component, name := Operand(rest).Parts(); inner == Value {
				return kind, component, name
			}
		}
		return "", "", ""
	}
	if slices.Contains(document.QueryFields(), text) {
		return RequestField, "", text
	}
	if slices.Contains(draftFields(), text) {
		return DraftField, "", text
	}
	if path := measurement.ParsePath(text); path.Key != "" && slices.Contains(measurement.Types(), path.Type) {
		return RecipeKey, "", text
	}
	if own, ok := strings.CutPrefix(text, "."); ok && own != "" {
		return Value, "", own
	}
	if component, path, ok := strings.Cut(text, ":"); ok && component != "" && path != "" {
		return Value, component, path
	}
	return "", "", ""
}

// Check returns an error for a text that is not an operand.
func (o Operand) Check() error {
	if kind, _, _ := o.Parts(); kind == "" {
		return fmt.Errorf("%q is not an operand: expected a field of the request, %s, a recipe key such as K8s/config/rdma, .path, component:path, or one of override, default, with, manifest, image, term, node, label, previous and snapshot with a name, placement with one of %s, registry with one of %s",
			string(o), strings.Join(draftFields(), " "), strings.Join(placementFields(), " "), strings.Join(registryFields(), " "))
	}
	return nil
}

// UnmarshalYAML reads an operand and says in which line it is wrong.
func (o *Operand) UnmarshalYAML(n *yaml.Node) error {
	*o = Operand(n.Value)
	if err := o.Check(); err != nil {
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
