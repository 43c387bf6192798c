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

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

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
		return nil, &Error{Ref: ref, Reason: reason(err), Err: connection.Explain(ctx, err, call("get", ref))}
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
		return found, fmt.Errorf("the answer is no ConfigMap: %w", err)
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

func call(verb string, ref ConfigMapRef) cluster.Call {
	return cluster.Call{Verb: verb, Resource: "configmaps", Namespace: ref.Namespace, Name: ref.Name}
}

func reason(err error) Reason {
	if apierrors.IsForbidden(err) {
		return Forbidden
	}
	return Other
}
