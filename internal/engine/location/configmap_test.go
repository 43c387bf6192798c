// SPDX-License-Identifier: Apache-2.0

package location_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
)

// request is what the API server was asked.
type request struct {
	Method, Path, ContentType string
	Query                     url.Values
	Body                      string
}

// apiServer answers every request alike and records them.
type apiServer struct {
	connection *cluster.Connection
	requests   []request
}

func newAPIServer(t *testing.T, code int, answer any) *apiServer {
	t.Helper()
	if status, ok := answer.(metav1.Status); ok {
		status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
		answer = status
	}
	body, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	s := &apiServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		s.requests = append(s.requests, request{r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.URL.Query(), string(asked)})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	s.connection, err = cluster.NewClient(func() (*rest.Config, error) { return &rest.Config{Host: server.URL}, nil }).Connect()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func configMap(data, binary map[string]string) map[string]any {
	return map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": data, "binaryData": binary}
}

var (
	ref       = location.ConfigMapRef{Namespace: "gpu-operator", Name: "eidos-snapshot"}
	resource  = schema.GroupResource{Resource: "configmaps"}
	kind      = schema.GroupKind{Kind: "ConfigMap"}
	forbidden = apierrors.NewForbidden(resource, ref.Name, fmt.Errorf("%s cannot do it", `User "bob"`)).ErrStatus
)

func wantError(t *testing.T, err error, reason location.Reason, wants ...string) {
	t.Helper()
	var got *location.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want a *location.Error", err)
	}
	if got.Reason != reason {
		t.Errorf("got reason %d, want %d", got.Reason, reason)
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %q in it", err, want)
		}
	}
}

func TestReadConfigMap(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, http.StatusOK, configMap(map[string]string{"snapshot.yaml": "kind: Snapshot\n"}, nil))
	got, err := location.ReadConfigMap(t.Context(), server.connection, ref, location.SnapshotKey)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != "kind: Snapshot\n" {
		t.Errorf("got %q", got)
	}
	want := []request{{Method: "GET", Path: "/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot", Query: url.Values{}}}
	if diff := cmp.Diff(want, server.requests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadConfigMapErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code   int
		answer any
		reason location.Reason
		wants  []string
	}{
		"no ConfigMap": {404, apierrors.NewNotFound(resource, ref.Name).ErrStatus, location.NoConfigMap, []string{"cm://gpu-operator/eidos-snapshot: ", `no ConfigMap "eidos-snapshot" in namespace "gpu-operator" of http://127.0.0.1`}},
		"no key":       {200, configMap(map[string]string{"b": "", "a": ""}, nil), location.NoKey, []string{`no key "snapshot.yaml", but: a, b`}},
		"no keys":      {200, configMap(nil, map[string]string{"x": "eA=="}), location.NoKey, []string{`no key "snapshot.yaml": it has none`}},
		"binary":       {200, configMap(map[string]string{"a": ""}, map[string]string{"snapshot.yaml": "eA=="}), location.NoKey, []string{"binaryData"}},
		"forbidden":    {403, forbidden, location.Forbidden, []string{`cannot get configmaps "eidos-snapshot" in namespace "gpu-operator": forbidden`, `verbs: ["get"]`}},
		"unauthorized": {401, apierrors.NewUnauthorized("no").ErrStatus, location.Other, []string{"401"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newAPIServer(t, test.code, test.answer)
			_, err := location.ReadConfigMap(t.Context(), server.connection, ref, location.SnapshotKey)
			wantError(t, err, test.reason, test.wants...)
		})
	}
}

func doc() location.Document {
	return location.Document{
		Kind: document.SnapshotKind, Text: []byte("kind: Snapshot\n"), Format: "yaml",
		Created: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)),
	}
}

func TestWriteConfigMap(t *testing.T) {
	t.Parallel()
	recipe := doc()
	recipe.Kind, recipe.Text, recipe.Format = document.RecipeKind, []byte(`{"kind":"Recipe"}`), "json"
	for name, test := range map[string]struct {
		doc   location.Document
		force bool
		want  string
	}{
		"snapshot": {doc(), false, `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"eidos-snapshot","namespace":"gpu-operator","labels":{"app.kubernetes.io/name":"eidos"}},` +
			`"data":{"format":"yaml","snapshot.yaml":"kind: Snapshot\n","timestamp":"2026-01-02T02:04:05Z"}}`},
		"recipe": {recipe, true, `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"eidos-snapshot","namespace":"gpu-operator","labels":{"app.kubernetes.io/name":"eidos"}},` +
			`"data":{"format":"json","recipe.yaml":"{\"kind\":\"Recipe\"}","timestamp":"2026-01-02T02:04:05Z"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newAPIServer(t, http.StatusOK, configMap(nil, nil))
			if err := location.WriteConfigMap(t.Context(), server.connection, ref, test.doc, test.force); err != nil {
				t.Fatal(err)
			}
			force := "false"
			if test.force {
				force = "true"
			}
			want := []request{{
				Method: "PATCH", Path: "/api/v1/namespaces/gpu-operator/configmaps/eidos-snapshot", ContentType: "application/apply-patch+yaml",
				Query: url.Values{"fieldManager": {"eidos"}, "force": {force}}, Body: test.want,
			}}
			if diff := cmp.Diff(want, server.requests); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteConfigMapErrors(t *testing.T) {
	t.Parallel()
	conflict := apierrors.NewApplyConflict([]metav1.StatusCause{
		{Type: metav1.CauseTypeFieldManagerConflict, Field: ".data.snapshot.yaml", Message: `conflict with "kubectl-edit" using v1`},
	}, "Apply failed with 1 conflict").ErrStatus
	raced := apierrors.NewConflict(resource, ref.Name, errors.New("the object has been modified")).ErrStatus
	tooLong := apierrors.NewInvalid(kind, ref.Name, field.ErrorList{field.TooLong(nil, "", 1<<20)}).ErrStatus
	immutable := apierrors.NewInvalid(kind, ref.Name, field.ErrorList{field.Forbidden(field.NewPath("data"), "field is immutable when `immutable` is set")}).ErrStatus
	for name, test := range map[string]struct {
		code   int
		answer any
		reason location.Reason
		wants  []string
	}{
		"conflict":     {409, conflict, location.Conflict, []string{`.data.snapshot.yaml: conflict with "kubectl-edit" using v1`, "force"}},
		"race":         {409, raced, location.Conflict, []string{"at the same time", "Try again"}},
		"no namespace": {404, apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, ref.Namespace).ErrStatus, location.NoNamespace, []string{`no namespace "gpu-operator": create it`}},
		"too long":     {422, tooLong, location.TooLarge, []string{"1048576 bytes", "keys of others"}},
		"immutable":    {422, immutable, location.Immutable, []string{"is immutable. Delete it"}},
		"forbidden":    {403, forbidden, location.Forbidden, []string{`cannot apply configmaps "eidos-snapshot" in namespace "gpu-operator"`, `verbs: ["create", "patch"]`}},
		"unauthorized": {401, apierrors.NewUnauthorized("no").ErrStatus, location.Other, []string{"401"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newAPIServer(t, test.code, test.answer)
			wantError(t, location.WriteConfigMap(t.Context(), server.connection, ref, doc(), false), test.reason, test.wants...)
		})
	}
}

func TestRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	server := newAPIServer(t, http.StatusOK, configMap(nil, nil))
	write := func(change func(*location.ConfigMapRef, *location.Document)) error {
		r, d := ref, doc()
		change(&r, &d)
		return location.WriteConfigMap(t.Context(), server.connection, r, d, false)
	}
	rest := len("yaml") + len("2026-01-02T02:04:05Z")
	wantError(t, write(func(_ *location.ConfigMapRef, d *location.Document) { d.Text = make([]byte, 1<<20-rest+1) }), location.TooLarge, "takes 1048577 bytes", "to a file")
	wantError(t, write(func(_ *location.ConfigMapRef, d *location.Document) { d.Text = []byte{0xff} }), location.Other, "UTF-8")
	wantError(t, write(func(_ *location.ConfigMapRef, d *location.Document) { d.Kind = "Bundle" }), location.Other, `"Bundle"`)
	wantError(t, write(func(r *location.ConfigMapRef, _ *location.Document) { r.Name = "a/b" }), location.Other, `name "a/b"`)
	_, err := location.ReadConfigMap(t.Context(), server.connection, location.ConfigMapRef{Name: "a"}, "k")
	wantError(t, err, location.Other, `namespace ""`)
	if len(server.requests) > 0 {
		t.Errorf("the API server was asked: %v", server.requests)
	}

	if err := write(func(_ *location.ConfigMapRef, d *location.Document) { d.Text = make([]byte, 1<<20-rest) }); err != nil {
		t.Errorf("a document of the greatest size: %v", err)
	}
}

// cutAnswer is half an answer, which the end of the reader's context has cut and
// which ends as if it were whole.
type cutAnswer struct{ end context.CancelFunc }

func (c cutAnswer) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"kind":"Conf`), c)),
	}, nil
}

func (c cutAnswer) Read([]byte) (int, error) {
	c.end()
	return 0, io.EOF
}

func TestAnswerCutAtTheDeadline(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	connection, err := cluster.NewClient(func() (*rest.Config, error) {
		return &rest.Config{Host: "https://api.example.com", Transport: cutAnswer{cancel}}, nil
	}).Connect()
	if err != nil {
		t.Fatal(err)
	}
	_, err = location.ReadConfigMap(ctx, connection, ref, location.SnapshotKey)
	wantError(t, err, location.Other, "canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the cancellation", err)
	}

	ctx, cancel = context.WithCancel(t.Context())
	if _, err := location.ReadAll(ctx, cutAnswer{cancel}); !errors.Is(err, context.Canceled) {
		t.Errorf("a document of a web server: got %v, want the cancellation", err)
	}
}
