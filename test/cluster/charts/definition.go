// SPDX-License-Identifier: Apache-2.0

package charts

import (
	"embed"
	"fmt"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

//go:embed definitions.yaml
var files embed.FS

// definition is what definitions.yaml says of one by its name.
type definition struct {
	Kind     string   `json:"kind"`
	Versions []string `json:"versions"`
	Cluster  bool     `json:"cluster"`
	CRDs     bool     `json:"crds"`
}

func readDefinitions() (map[string]definition, error) {
	text, err := files.ReadFile("definitions.yaml")
	if err != nil {
		return nil, err
	}
	var known map[string]definition
	if err := yaml.UnmarshalStrict(text, &known); err != nil {
		return nil, fmt.Errorf("reading definitions.yaml: %w", err)
	}
	return known, nil
}

// apiVersion is what objects state.
func (d definition) apiVersion(name string) string {
	_, group, _ := strings.Cut(name, ".")
	return group + "/" + d.Versions[len(d.Versions)-1]
}

// manifest is a definition of a release, which it names; it takes objects of any
// content, and has the annotations.
func (d definition) manifest(name, release string, annotations map[string]string) ([]byte, error) {
	plural, group, _ := strings.Cut(name, ".")
	crd := apiextensionsv1.CustomResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apiextensions.k8s.io/v1", Kind: "CustomResourceDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: annotations},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: group,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: d.Kind, ListKind: d.Kind + "List", Plural: plural, Singular: strings.ToLower(d.Kind)},
			Scope: apiextensionsv1.NamespaceScoped,
		},
	}
	if d.Cluster {
		crd.Spec.Scope = apiextensionsv1.ClusterScoped
	}
	open := true
	for i, version := range d.Versions {
		crd.Spec.Versions = append(crd.Spec.Versions, apiextensionsv1.CustomResourceDefinitionVersion{
			Name: version, Served: true, Storage: i == len(d.Versions)-1,
			Schema: &apiextensionsv1.CustomResourceValidation{
				OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", Description: "As of " + release + ".", XPreserveUnknownFields: &open},
			},
			Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
		})
	}
	return yaml.Marshal(crd)
}
