// SPDX-License-Identifier: Apache-2.0

package location

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

const (
	fieldManager = "eidos"

	// maxConfigMap is how many bytes the values of a ConfigMap may have
	// together; the API server does not count their keys.
	maxConfigMap = 1 << 20
)

// Document is a document to write.
type Document struct {
	Kind    string // document.SnapshotKind or document.RecipeKind
	Text    []byte
	Format  string // yaml or json
	Created time.Time
}

// WriteConfigMap creates or updates a ConfigMap by server-side apply: keys,
// labels and annotations of others stay. Fields of the document that another
// manager owns are a conflict; force takes them over. The error is an *Error.
func WriteConfigMap(ctx context.Context, connection *cluster.Connection, ref ConfigMapRef, doc Document, force bool) error {
	if err := ref.validate(); err != nil {
		return &Error{Ref: ref, Err: err}
	}
	data, err := doc.data()
	if err != nil {
		return &Error{Ref: ref, Err: err}
	}
	size := 0
	for _, value := range data {
		size += len(value)
	}
	if size > maxConfigMap {
		return &Error{Ref: ref, Reason: TooLarge, Err: fmt.Errorf("the document takes %d bytes, a ConfigMap holds %d. Write it to a file", size, maxConfigMap)}
	}
	body, err := json.Marshal(application{
		metav1.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"},
		metav1.ObjectMeta{Namespace: ref.Namespace, Name: ref.Name, Labels: map[string]string{"app.kubernetes.io/name": "eidos"}},
		data,
	})
	if err != nil {
		return &Error{Ref: ref, Err: err}
	}
	err = connection.REST.Patch(types.ApplyPatchType).AbsPath(ref.path()).
		Param("fieldManager", fieldManager).Param("force", strconv.FormatBool(force)).
		Body(body).Do(ctx).Error()
	if err == nil {
		return nil
	}
	return writeError(ref, err, connection.Explain(ctx, err, ref.call("apply")))
}

// application is a ConfigMap as far as this program manages it.
type application struct {
	metav1.TypeMeta
	Metadata metav1.ObjectMeta `json:"metadata"`
	Data     map[string]string `json:"data"`
}

// data returns what the ConfigMap holds of the document.
func (d Document) data() (map[string]string, error) {
	var key string
	switch d.Kind {
	case document.SnapshotKind:
		key = SnapshotKey
	case document.RecipeKind:
		key = RecipeKey
	default:
		return nil, fmt.Errorf("a document of kind %q has no key in a ConfigMap", d.Kind)
	}
	if !utf8.Valid(d.Text) {
		return nil, errors.New("the document is not UTF-8, which the text of a ConfigMap must be")
	}
	return map[string]string{
		key:          string(d.Text),
		FormatKey:    d.Format,
		TimestampKey: d.Created.UTC().Format(time.RFC3339),
	}, nil
}

// writeError turns an answer of the API server into an *Error. explained is
// the same error in cluster's words.
func writeError(ref ConfigMapRef, err, explained error) *Error {
	switch {
	case apierrors.IsConflict(err):
		return &Error{Ref: ref, Reason: Conflict, Err: conflict(err)}
	case apierrors.IsNotFound(err):
		return &Error{Ref: ref, Reason: NoNamespace, Err: fmt.Errorf("there is no namespace %q: create it first", ref.Namespace)}
	case apierrors.HasStatusCause(err, metav1.CauseTypeTooLong) || apierrors.IsRequestEntityTooLargeError(err):
		return &Error{Ref: ref, Reason: TooLarge, Err: fmt.Errorf("with the keys of others the ConfigMap would hold more than %d bytes. Write to another ConfigMap or to a file", maxConfigMap)}
	case apierrors.IsInvalid(err) && strings.Contains(err.Error(), "immutable"):
		return &Error{Ref: ref, Reason: Immutable, Err: errors.New("the ConfigMap is immutable. Delete it first or write to another one")}
	default:
		return &Error{Ref: ref, Reason: reason(err), Err: explained}
	}
}

// conflict names each field with its owner.
func conflict(err error) error {
	fields := cluster.Conflicts(err)
	if len(fields) == 0 {
		return fmt.Errorf("the ConfigMap was changed at the same time: %w. Try again", err)
	}
	return fmt.Errorf("other managers own what would be written (%s). Write to another ConfigMap, or force the write to take these fields over", strings.Join(fields, "; "))
}
