// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

func TestDrifted(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ ours, live, again, want string }{
		"equal":                  {`{"a":"1000m"}`, `{"a":"1","b":2}`, `{"a":"1","b":2}`, `{"a":"1000m"}`},
		"another value":          {`{"a":1,"b":2}`, `{"a":3,"b":2}`, `{"a":1,"b":2}`, `{"a":3,"b":2}`},
		"written otherwise":      {`{"a":"1000m","b":1}`, `{"a":"1","b":2}`, `{"a":"1","b":1}`, `{"a":"1000m","b":2}`},
		"others' fields":         {`{"a":{"b":1}}`, `{"a":{"b":1,"c":2},"d":3}`, `{"a":{"b":1},"d":4}`, `{"a":{"b":1}}`},
		"missing":                {`{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`, `{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`},
		"missing as a whole":     {`{"a":{"b":1},"c":2}`, `{"c":2}`, `{"a":{"b":1},"c":2}`, `{"c":2}`},
		"a null":                 {`{"a":null,"b":1}`, `{"b":2}`, `{"b":1}`, `{"a":null,"b":2}`},
		"another type":           {`{"a":{"b":1}}`, `{"a":"x"}`, `{"a":{"b":1}}`, `{"a":"x"}`},
		"a list":                 {`{"a":[1,2]}`, `{"a":[1,3]}`, `{"a":[1,2]}`, `{"a":[1,3]}`},
		"a list of another size": {`{"a":[1,2]}`, `{"a":[1]}`, `{"a":[1,2]}`, `{"a":[1]}`},
		"a list no more":         {`{"a":[1]}`, `{"a":{"b":1}}`, `{"a":[1]}`, `{"a":{"b":1}}`},
		"defaults in a list":     {`{"a":[{"x":1}]}`, `{"a":[{"x":2,"y":3}]}`, `{"a":[{"x":1,"y":3}]}`, `{"a":[{"x":2}]}`},
		"elements of others": {
			`{"a":[{"name":"m","x":1},{"name":"n","x":1}]}`, `{"a":[{"name":"o","z":1},{"name":"n","x":1,"y":0},{"name":"m","x":2,"y":0}]}`,
			`{"a":[{"name":"o","z":1},{"name":"n","x":1,"y":0},{"name":"m","x":1,"y":0}]}`, `{"a":[{"name":"m","x":2},{"name":"n","x":1}]}`,
		},
		"an element too many": {`{"a":[{"name":"m"}]}`, `{"a":[{"name":"m"},{"name":"n"}]}`, `{"a":[{"name":"m"}]}`, `{"a":[{"name":"m"},{"name":"n"}]}`},
		"an element missing":  {`{"a":[{"name":"m"},{"name":"n"}]}`, `{"a":[{"name":"n"}]}`, `{"a":[{"name":"m"},{"name":"n"}]}`, `{"a":[{"name":"n"}]}`},
	} {
		got := objects.Drifted(decode(t, tt.ours), decode(t, tt.live), decode(t, tt.again))
		if diff := cmp.Diff(decode(t, tt.want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func decode(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestRead(t *testing.T) {
	t.Parallel()
	const want = `{"apiVersion":"v1","data":{"a":"1"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"team"}}`
	for name, tt := range map[string]struct {
		change func(s *fakeServer)
		text   string
		failed bool
	}{
		"as applied": {change: func(*fakeServer) {}, text: want},
		"edited": {
			change: func(s *fakeServer) {
				s.change(configMapPath, func(object map[string]any) { tree.Set(object, "data", map[string]any{"a": "2", "b": "3"}) })
			},
			text: `{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"team"}}`,
		},
		"edited, and cannot be changed back": {
			change: func(s *fakeServer) {
				s.change(configMapPath, func(object map[string]any) { tree.Set(object, "data.a", "2") })
				s.failPatches(apierrors.NewInvalid(schema.GroupKind{Kind: "ConfigMap"}, "x", nil))
			},
			text: `{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"x","namespace":"team"}}`,
		},
		"gone": {change: func(s *fakeServer) {
			s.lock.Lock()
			defer s.lock.Unlock()
			delete(s.objects, configMapPath)
		}},
		"going": {change: func(s *fakeServer) {
			s.change(configMapPath, func(object map[string]any) { tree.Set(object, "metadata.deletionTimestamp", "2026-11-02T09:15:00Z") })
		}},
		"not to be compared": {
			change: func(s *fakeServer) {
				s.failPatches(apierrors.NewForbidden(schema.GroupResource{Resource: "configmaps"}, "x", errors.New(`User "ci" cannot patch resource`)))
			},
			text: want, failed: true,
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
			tt.change(s)
			live, err := c.Read(t.Context(), parse(t, configMap), applied)
			if diff := cmp.Diff(tt.text, live.Texts["0"]); diff != "" || (err != nil) != tt.failed || len(live.Foreign) > 0 {
				t.Errorf("%v, foreign %v (-want +got):\n%s", err, live.Foreign, diff)
			}
		})
	}
	_, connection := newServer(t)
	live, err := newClient(t, connection, "me").Read(t.Context(), parse(t, widget), nil)
	if err != nil || len(live.Texts) > 0 {
		t.Errorf("of an unknown kind: %v, %v", live, err)
	}
}

func (s *fakeServer) failPatches(failed *apierrors.StatusError) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.before = func(r *http.Request) *apierrors.StatusError {
		if r.Method == http.MethodPatch {
			return failed
		}
		return nil
	}
}
