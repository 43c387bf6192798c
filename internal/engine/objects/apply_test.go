// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

const (
	namespace  = "apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n"
	definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\n"
	widget     = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: x}\nspec: {size: 3}\n"

	namespacePath  = "/api/v1/namespaces/team"
	configMapPath  = namespacePath + "/configmaps/x"
	definitionPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com"
	widgetPath     = "/apis/example.com/v1/widgets/x"
)

// patience is for calls that wait for what does not come: none of them is answered late.
const patience = time.Second

func parse(t *testing.T, manifests ...string) []objects.Object {
	t.Helper()
	byKey := map[string]string{}
	for i, m := range manifests {
		byKey[fmt.Sprint(i)] = m
	}
	list, err := objects.Parse(t.Context(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// serveWidgets has the server establish the definition of widgets when it is applied.
func (s *fakeServer) serveWidgets() {
	s.admit = func(object map[string]any) {
		if object["kind"] == "CustomResourceDefinition" {
			established := []any{map[string]any{"type": "Established", "status": "True"}, map[string]any{"type": "NamesAccepted", "status": "True"}}
			tree.Set(object, "status.conditions", established)
			s.kinds["/apis/example.com/v1"] = []metav1.APIResource{{Name: "widgets", Kind: "Widget"}}
		}
	}
}

func TestApplyInOrder(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.serveWidgets()
	c := newClient(t, connection, "me")
	applied, left, err := c.Apply(t.Context(), parse(t, configMap, namespace, widget, definition), nil)
	if err != nil || len(left) > 0 || len(applied) != 4 {
		t.Fatalf("applied %v, left %v, %v", applied, left, err)
	}
	if diff := cmp.Diff([]string{"apply " + definitionPath, "apply " + namespacePath}, s.asked[:2]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if owner, _ := tree.Lookup(s.objects[configMapPath], `metadata.annotations."`+objects.OwnerAnnotation+`"`); owner != "me" {
		t.Errorf("the owner is %v", owner)
	}

	s.asked = nil
	remaining, left, err := c.Remove(t.Context(), applied)
	if err != nil || len(remaining) > 0 {
		t.Fatalf("remaining %v, %v", remaining, err)
	}
	if s.has(configMapPath) || s.has(widgetPath) || !s.has(namespacePath) || !s.has(definitionPath) || len(left) != 2 {
		t.Errorf("asked for %v, left %v", s.asked, left)
	}
	c.DeleteNamespaces, c.DeleteDefinitions = true, true
	if _, left, err = c.Remove(t.Context(), applied); err != nil || len(left) > 0 || s.has(namespacePath) || s.has(definitionPath) {
		t.Errorf("left %v, %v", left, err)
	}
	if diff := cmp.Diff([]string{"delete " + namespacePath, "delete " + definitionPath}, s.asked[2:]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestApplyPrunes(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	c := newClient(t, connection, "me")
	other := strings.Replace(configMap, "name: x", "name: other", 1)
	before, _, err := c.Apply(t.Context(), parse(t, namespace, configMap, other), nil)
	if err != nil {
		t.Fatal(err)
	}
	// Manifests of other keys, of another order or given twice are the same objects.
	now, left, err := c.Apply(t.Context(), parse(t, configMap, namespace, namespace), before)
	if err != nil || len(left) > 0 || len(now) != 2 || s.has(namespacePath+"/configmaps/other") || !s.has(configMapPath) {
		t.Fatalf("now %v, left %v, %v", now, left, err)
	}
	now, left, err = c.Apply(t.Context(), parse(t, configMap), now)
	if err != nil || len(now) != 1 || len(left) != 1 || left[0].ID.Kind != "Namespace" || left[0].Foreign || !s.has(namespacePath) {
		t.Fatalf("now %v, left %v, %v", now, left, err)
	}
}

// What somebody else has made or taken over is not deleted.
func TestRemoveLeavesOthers(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, s *fakeServer, c *objects.Client){
		"made anew": func(t *testing.T, s *fakeServer, _ *objects.Client) {
			t.Helper()
			s.put(t, configMapPath, configMap)
		},
		"made anew with our name": func(_ *testing.T, s *fakeServer, _ *objects.Client) {
			s.change(configMapPath, func(object map[string]any) { tree.Set(object, "metadata.uid", "another") })
		},
		"taken over": func(t *testing.T, _ *fakeServer, c *objects.Client) {
			t.Helper()
			c.Owner = "somebody else"
			if _, _, err := c.Apply(t.Context(), parse(t, configMap), nil); err != nil {
				t.Fatal(err)
			}
			c.Owner = "me"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, connection := newServer(t)
			s.put(t, namespacePath, namespace)
			c := newClient(t, connection, "me")
			applied, _, err := c.Apply(t.Context(), parse(t, configMap), nil)
			if err != nil {
				t.Fatal(err)
			}
			take(t, s, c)
			live, err := c.Read(t.Context(), parse(t, configMap), applied)
			if err != nil || len(live.Foreign) != 1 || len(live.Texts) != 0 {
				t.Errorf("read %v, %v", live, err)
			}
			remaining, left, err := c.Remove(t.Context(), applied)
			if err != nil || len(remaining) > 0 || len(left) != 1 || !left[0].Foreign || !s.has(configMapPath) {
				t.Errorf("remaining %v, left %v, %v", remaining, left, err)
			}
		})
	}
}

// Whoever changes an object between the look at it and its deletion makes that look
// again.
func TestRemoveLooksAgain(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.put(t, namespacePath, namespace)
	c := newClient(t, connection, "me")
	applied, _, err := c.Apply(t.Context(), parse(t, configMap), nil)
	if err != nil {
		t.Fatal(err)
	}
	tries := 0
	s.before = func(r *http.Request) *apierrors.StatusError {
		if r.Method == http.MethodDelete && tries < 3 {
			tries++
			tree.Set(s.objects[configMapPath], "data.changed", fmt.Sprint(tries))
			s.store(configMapPath, s.objects[configMapPath])
		}
		return nil
	}
	if _, left, err := c.Remove(t.Context(), applied); err != nil || len(left) > 0 || s.has(configMapPath) || tries != 3 {
		t.Errorf("%d tries, left %v, %v", tries, left, err)
	}
}

func TestRemoveWaitsForFinalizers(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.put(t, namespacePath, namespace)
	c := newClient(t, connection, "me")
	applied, _, err := c.Apply(t.Context(), parse(t, configMap), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.change(configMapPath, func(object map[string]any) { tree.Set(object, "metadata.finalizers", []any{"example.com/busy"}) })
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("timeouts.delete is short"))
	defer cancel()
	remaining, _, err := c.Remove(ctx, applied)
	checkError(t, err, objects.NotGone, `ConfigMap "x" in namespace "team" is being deleted`, "example.com/busy", "timeouts.delete is short")
	if diff := cmp.Diff(applied, remaining); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The kind may have moved meanwhile, and the object is found again.
	s.change(configMapPath, func(object map[string]any) { delete(tree.Map(object, "metadata"), "finalizers") })
	s.lock.Lock()
	delete(s.objects, configMapPath)
	s.lock.Unlock()
	if remaining, left, err := c.Remove(t.Context(), remaining); err != nil || len(left)+len(remaining) > 0 {
		t.Errorf("remaining %v, left %v, %v", remaining, left, err)
	}
}

func TestRemoveFindsAnotherVersion(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.serveWidgets()
	c := newClient(t, connection, "me")
	applied, _, err := c.Apply(t.Context(), parse(t, definition, widget), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.lock.Lock()
	s.kinds["/apis/example.com/v2"] = s.kinds["/apis/example.com/v1"]
	delete(s.kinds, "/apis/example.com/v1")
	s.objects["/apis/example.com/v2/widgets/x"] = s.objects[widgetPath]
	s.lock.Unlock()
	c = newClient(t, connection, "me")
	if _, left, err := c.Remove(t.Context(), applied); err != nil || len(left) != 1 || s.has("/apis/example.com/v2/widgets/x") {
		t.Errorf("left %v, %v", left, err)
	}
	s.lock.Lock()
	delete(s.kinds, "/apis/example.com/v2")
	s.lock.Unlock()
	if remaining, _, err := newClient(t, connection, "me").Remove(t.Context(), applied); err != nil || len(remaining) > 0 {
		t.Errorf("of a kind that is gone: remaining %v, %v", remaining, err)
	}
}

func TestApplyFails(t *testing.T) {
	t.Parallel()
	configMaps := schema.GroupResource{Resource: "configmaps"}
	conflict := apierrors.NewConflict(configMaps, "x", errors.New("conflict"))
	conflict.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeFieldManagerConflict, Field: ".data.a", Message: `conflict with "kubectl-edit" using v1`}}
	typed := apierrors.NewInternalError(errors.New("failed to create typed patch object: .data.b: field not declared in schema"))
	for name, tt := range map[string]struct {
		manifest string
		answer   *apierrors.StatusError
		reason   objects.Reason
		texts    []string
	}{
		"conflict":          {configMap, conflict, objects.Conflict, []string{`ConfigMap "x" in namespace "team"`, `.data.a: conflict with "kubectl-edit" using v1`}},
		"unknown field":     {configMap, typed, objects.Refused, []string{"field not declared in schema"}},
		"strict":            {configMap, apierrors.NewBadRequest(`strict decoding error: unknown field "date"`), objects.Refused, []string{`unknown field "date"`}},
		"no rights":         {configMap, apierrors.NewForbidden(configMaps, "x", errors.New(`User "ci" cannot patch resource`)), objects.Other, []string{"Grant this rule", `verbs: ["create", "patch"]`}},
		"admission":         {configMap, apierrors.NewForbidden(configMaps, "x", errors.New("exceeded quota")), objects.Other, []string{"exceeded quota"}},
		"namespace":         {strings.ReplaceAll(configMap, "team", "nobody"), nil, objects.NoNamespace, []string{`there is no namespace "nobody"`}},
		"in no namespace":   {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n", nil, objects.Invalid, []string{"set metadata.namespace"}},
		"in one too many":   {strings.Replace(namespace, "name: team", "name: team, namespace: team", 1), nil, objects.Invalid, []string{"remove metadata.namespace"}},
		"definition gone":   {namespace, apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "team"), objects.NoKind, []string{"not found"}},
		"unknown kind":      {widget, nil, objects.NoKind, []string{"the API server has no kind Widget in example.com/v1"}},
		"webhook is not up": {configMap, apierrors.NewInternalError(errors.New(`failed calling webhook "x": connection refused`)), objects.Other, []string{"failed calling webhook", "is short"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, connection := newServer(t)
			s.put(t, namespacePath, namespace)
			s.before = func(r *http.Request) *apierrors.StatusError {
				if r.Method == http.MethodPatch {
					return tt.answer
				}
				return nil
			}
			ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the timeout is short"))
			defer cancel()
			now, _, err := newClient(t, connection, "me").Apply(ctx, parse(t, tt.manifest), nil)
			checkError(t, err, tt.reason, tt.texts...)
			if len(now) > 0 {
				t.Errorf("applied %v", now)
			}
			var failed *objects.Error
			if errors.As(err, &failed) && failed.Key != "0" {
				t.Errorf("the error is of the manifest %q", failed.Key)
			}
		})
	}
}

// Those that were applied before an error are known, and so are those of before.
func TestApplyFailsHalfWay(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	c := newClient(t, connection, "me")
	before, _, err := c.Apply(t.Context(), parse(t, namespace, configMap), nil)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Replace(configMap, "name: x", "name: other", 1)
	now, _, err := c.Apply(t.Context(), parse(t, namespace, other, strings.ReplaceAll(configMap, "team", "nobody")), before)
	if err == nil || len(now) != 3 || !s.has(configMapPath) {
		t.Errorf("now %v, %v", now, err)
	}
}

// A kind, a webhook and an object that goes away are waited for.
func TestApplyWaits(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	looks, calls := 0, 0
	s.before = func(r *http.Request) *apierrors.StatusError {
		switch {
		case r.URL.Path == "/apis/example.com/v1" && looks < 3:
			if looks++; looks == 3 {
				s.kinds[r.URL.Path] = []metav1.APIResource{{Name: "widgets", Kind: "Widget"}}
			}
		case r.Method == http.MethodPatch && calls < 3:
			if calls++; calls < 3 {
				return apierrors.NewInternalError(errors.New(`failed calling webhook "x"`))
			}
			s.objects[widgetPath] = map[string]any{"metadata": map[string]any{"deletionTimestamp": "2026-11-02T09:15:00Z"}}
		case r.Method == http.MethodPatch && calls == 3:
			calls++
			delete(s.objects, widgetPath)
		}
		return nil
	}
	applied, _, err := newClient(t, connection, "me").Apply(t.Context(), parse(t, widget), nil)
	if err != nil || len(applied) != 1 || looks != 3 || calls != 4 {
		t.Errorf("%d looks, %d calls, %v", looks, calls, err)
	}
}

func TestServerHangs(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	applied, _, err := newClient(t, connection, "me").Apply(t.Context(), parse(t, namespace), nil)
	if err != nil {
		t.Fatal(err)
	}
	list := parse(t, namespace)
	s.lock.Lock() // no request is answered
	defer s.lock.Unlock()
	for name, call := range map[string]func(context.Context, *objects.Client) error{
		"apply": func(ctx context.Context, c *objects.Client) error {
			_, _, err := c.Apply(ctx, list, nil)
			return err
		},
		"read": func(ctx context.Context, c *objects.Client) error {
			_, err := c.Read(ctx, list, applied)
			return err
		},
		"remove": func(ctx context.Context, c *objects.Client) error {
			c.DeleteNamespaces = true
			_, _, err := c.Remove(ctx, applied)
			return err
		},
		"await": func(ctx context.Context, c *objects.Client) error {
			_, err := c.Await(ctx, []objects.Reference{applied[0].Reference})
			return err
		},
	} {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("the timeout is short"))
		err := call(ctx, newClient(t, connection, "me"))
		cancel()
		checkError(t, err, objects.Other, "did not answer before the deadline", "the timeout is short")
		if err == nil {
			t.Error(name)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if problems := newClient(t, connection, "me").Check(ctx, list); len(problems.Errors)+len(problems.Warnings) > 0 {
		t.Errorf("a dry run finds %v", problems)
	}
}

func TestManyObjects(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	s.put(t, namespacePath, namespace)
	var manifests []string
	for i := range 200 {
		manifests = append(manifests, strings.Replace(configMap, "name: x", fmt.Sprintf("name: x-%d", i), 1))
	}
	c := newClient(t, connection, "me")
	applied, _, err := c.Apply(t.Context(), parse(t, manifests...), nil)
	if err != nil || len(applied) != 200 || len(s.objects) != 201 {
		t.Fatalf("%d objects, %v", len(s.objects), err)
	}
	if _, _, err := c.Remove(t.Context(), applied); err != nil || len(s.objects) != 1 {
		t.Errorf("%d objects are left, %v", len(s.objects), err)
	}
}

func checkError(t *testing.T, err error, reason objects.Reason, texts ...string) {
	t.Helper()
	if err == nil || objects.ReasonOf(err) != reason {
		t.Fatalf("error %v of reason %d, want %d", err, objects.ReasonOf(err), reason)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error lacks %q: %v", text, err)
		}
	}
}
