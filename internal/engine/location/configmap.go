// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// Keys of the ConfigMaps that hold documents.
const (
	SnapshotKey  = "snapshot.yaml"
	RecipeKey    = "recipe.yaml"
	FormatKey    = "format"
	TimestampKey = "timestamp"
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

func (r ConfigMapRef) call(verb string) cluster.Call {
	return cluster.Call{Verb: verb, Resource: "configmaps", Namespace: r.Namespace, Name: r.Name}
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

// Reason says why a document was not read or written.
type Reason int

// Reasons that a front door may want to tell apart.
const (
	Other       Reason = iota // the connection, the credentials, a deadline
	NoConfigMap               // the ConfigMap, or its namespace, does not exist
	NoKey                     // the ConfigMap exists without the key
	Forbidden                 // the identity lacks a permission
	NoNamespace               // there is no namespace to write to
	Conflict                  // others own what would be written
	TooLarge                  // more than a ConfigMap holds
	Immutable                 // the ConfigMap is marked so
)

func reason(err error) Reason {
	if apierrors.IsForbidden(err) {
		return Forbidden
	}
	return Other
}

// Error is a document that could not be read or written. Its text says why and
// what to do.
type Error struct {
	Ref    ConfigMapRef
	Reason Reason
	Err    error
}

// Error returns "cm://namespace/name: message".
func (e *Error) Error() string { return e.Ref.String() + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ReadConfigMap returns the text of a key. The error is an *Error with reason
// NoConfigMap, NoKey, Forbidden or Other.
func ReadConfigMap(ctx context.Context, connection *cluster.Connection, ref ConfigMapRef, key string) ([]byte, error) {
	if err := ref.validate(); err != nil {
		return nil, &Error{Ref: ref, Err: err}
	}
	found, err := getConfigMap(ctx, connection, ref)
	switch {
	case apierrors.IsNotFound(err):
		return nil, &Error{Ref: ref, Reason: NoConfigMap, Err: fmt.Errorf("there is no ConfigMap %q in namespace %q of %s. Check both names and the cluster", ref.Name, ref.Namespace, connection.Host)}
	case err != nil:
		return nil, &Error{Ref: ref, Reason: reason(err), Err: connection.Explain(ctx, err, ref.call("get"))}
	}
	text, ok := found.Data[key]
	if !ok {
		return nil, &Error{Ref: ref, Reason: NoKey, Err: missingKey(found, key)}
	}
	return []byte(text), nil
}

// configMap is what is read of a ConfigMap.
type configMap struct {
	Data       map[string]string
	BinaryData map[string]json.RawMessage
}

func getConfigMap(ctx context.Context, connection *cluster.Connection, ref ConfigMapRef) (configMap, error) {
	var found configMap
	result := connection.REST.Get().AbsPath(ref.path()).Do(ctx)
	if err := result.Error(); err != nil { // Raw returns it without the server's message
		return found, err
	}
	body, err := result.Raw()
	if err != nil {
		return found, err
	}
	if err := json.Unmarshal(body, &found); err != nil {
		return found, fmt.Errorf("the answer is not a ConfigMap: %w", err)
	}
	return found, nil
}

func missingKey(found configMap, key string) error {
	if _, ok := found.BinaryData[key]; ok {
		return fmt.Errorf("the key %q holds binary data (binaryData). Store the document as text, under data", key)
	}
	present := slices.Sorted(maps.Keys(found.Data))
	if len(present) == 0 {
		return fmt.Errorf("the ConfigMap has no key %q: it has none under data", key)
	}
	return fmt.Errorf("the ConfigMap has no key %q, but: %s", key, strings.Join(present, ", "))
}
