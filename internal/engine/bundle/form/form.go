// SPDX-License-Identifier: Apache-2.0

// Package form writes a bundle as the documents of the tools that deliver it: Argo
// CD, Flux, Helmfile and Kustomize. All forms install the same steps in the same
// order, from the same pins, values and objects; each is a folder of its own that
// needs nothing else of the bundle.
package form

import (
	"errors"
	"fmt"
	"path"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// Scripts is the form of a bundle that is shell scripts, which package bundle writes.
const Scripts = "scripts"

// Bundle is what there is to install.
type Bundle struct {
	Components []Component
	GitOps     GitOps
}

// Component is a component of a bundle. One without a Chart is its Objects.
type Component struct {
	Name, Namespace            string
	Chart, Repository, Version string // as Helm takes them
	Values                     map[string]any
	Before, After, Late        []Object // to apply before and after the chart, and once the component is ready
	Requires                   []string // components of the bundle to install first
	Wave                       int      // above those of all that it requires
	// Definitions are the folders of the chart's archive with the custom resource
	// definitions that Helm installs and the component owns.
	Definitions []string
	Ready       *Ready // nil where the workloads of the chart say whether it is up
	States      []component.State
}

// Object is an object next to a chart.
type Object struct {
	Name string // of its file, without .yaml
	CRD  string // the definition that has to be there first, "" for none
	Tree map[string]any
}

// Ready is the object whose status.state says that a component is up.
type Ready struct {
	Object                 string // resource/name, as kubectl takes it
	APIVersion, Kind, Name string
}

// Form is one way to deliver a bundle.
type Form interface {
	// Write returns the files of the bundle below the form's folder.
	Write(b Bundle) ([]outdir.File, error)
}

// Forms are the forms by their names, which are the names of their folders.
func Forms() map[string]Form {
	return map[string]Form{"argocd": argocd{}, "flux": flux{}, "helmfile": helmfile{}, "kustomize": kustomize{}}
}

// folder collects the files of a form.
type folder struct {
	name  string
	files []outdir.File
	errs  []error
}

// add encodes a document.
func (f *folder) add(name string, document map[string]any) {
	text, err := encode(document)
	if err != nil {
		f.errs = append(f.errs, fmt.Errorf("%s/%s: %w", f.name, name, err))
	}
	f.text(name, string(text))
}

func (f *folder) text(name, text string) {
	f.files = append(f.files, outdir.File{Path: path.Join(f.name, name), Content: []byte(text)})
}

// objects adds objects to a folder of their own, and their list as Kustomize reads it.
func (f *folder) objects(in string, objects []Object) {
	resources := []any{}
	for _, o := range objects {
		f.add(path.Join(in, o.Name+".yaml"), o.Tree)
		resources = append(resources, o.Name+".yaml")
	}
	f.kustomization(in, resources)
}

func (f *folder) kustomization(in string, resources []any) {
	f.add(path.Join(in, "kustomization.yaml"), map[string]any{
		"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources,
	})
}

func (f *folder) result() ([]outdir.File, error) { return f.files, errors.Join(f.errs...) }

func encode(document map[string]any) ([]byte, error) {
	node, err := canonical.Value(document)
	if err != nil {
		return nil, err
	}
	return canonical.YAML(node)
}

// anys is a list as a document holds it.
func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = item
	}
	return out
}
