// SPDX-License-Identifier: Apache-2.0

package location

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// Keys of the ConfigMaps that hold documents.
const (
	SnapshotKey  = "snapshot.yaml"
	RecipeKey    = "recipe.yaml"
	formatKey    = "format"
	timestampKey = "timestamp"
)

const configMapScheme = "cm://"

// ConfigMapRef names a ConfigMap.
type ConfigMapRef struct {
	Namespace string
	Name      string
}

// ParseConfigMap parses cm://namespace/name. Both are names that Kubernetes
// accepts; nothing else may follow, precede or be escaped.
func ParseConfigMap(text string) (ConfigMapRef, error) {
	rest, ok := strings.CutPrefix(text, configMapScheme)
	if !ok {
		return ConfigMapRef{}, fmt.Errorf("%q does not begin with %s: a ConfigMap is %snamespace/name", text, configMapScheme, configMapScheme)
	}
	namespace, name, ok := strings.Cut(rest, "/")
	if !ok {
		return ConfigMapRef{}, fmt.Errorf("%q has no name: a ConfigMap is %snamespace/name", text, configMapScheme)
	}
	ref := ConfigMapRef{Namespace: namespace, Name: name}
	if err := ref.validate(); err != nil {
		return ConfigMapRef{}, fmt.Errorf("%q: %w", text, err)
	}
	return ref, nil
}

// String returns cm://namespace/name.
func (r ConfigMapRef) String() string { return configMapScheme + r.Namespace + "/" + r.Name }

// path is where the API server has the ConfigMap.
func (r ConfigMapRef) path() string {
	return "/api/v1/namespaces/" + r.Namespace + "/configmaps/" + r.Name
}

func (r ConfigMapRef) validate() error {
	if problems := validation.IsDNS1123Label(r.Namespace); len(problems) > 0 {
		return fmt.Errorf("namespace %q: %s", r.Namespace, strings.Join(problems, "; "))
	}
	if problems := validation.IsDNS1123Subdomain(r.Name); len(problems) > 0 {
		return fmt.Errorf("name %q: %s", r.Name, strings.Join(problems, "; "))
	}
	return nil
}
