// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

// ReadConfigMap returns the text of a key. The error is an *Error with reason
// NoConfigMap, NoKey, Forbidden or Other.
func ReadConfigMap(ctx context.Context, connection *cluster.Connection, ref ConfigMapRef, key string) ([]byte, error) {
	if err := ref.validate(); err != nil {
		return nil, &Error{Ref: ref, Err: err}
	}
	configMap, err := connection.Core.ConfigMaps(ref.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, &Error{Ref: ref, Reason: NoConfigMap, Err: fmt.Errorf("there is no ConfigMap %q in namespace %q of %s. Check both names and the cluster", ref.Name, ref.Namespace, connection.Host)}
	case err != nil:
		return nil, &Error{Ref: ref, Reason: reason(err), Err: connection.Explain(ctx, err, call("get", ref))}
	}
	text, ok := configMap.Data[key]
	if !ok {
		return nil, &Error{Ref: ref, Reason: NoKey, Err: missingKey(configMap, key)}
	}
	return []byte(text), nil
}

func missingKey(configMap *v1.ConfigMap, key string) error {
	if _, ok := configMap.BinaryData[key]; ok {
		return fmt.Errorf("the key %q holds binary data (binaryData). Store the document as text, under data", key)
	}
	present := slices.Sorted(maps.Keys(configMap.Data))
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
