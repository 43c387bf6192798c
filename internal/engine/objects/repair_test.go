// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

func TestCovers(t *testing.T) {
	t.Parallel()
	const fields = `
apiVersion: v1
kind: Pod
metadata: {name: x, labels: {example.com/a.b: c, example: d}, finalizers: [example.com/busy]}
spec:
  containers:
    - {name: web, image: a, ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}]}
    - {name: "side]car", command: [x]}
`
	pod := parse(t, fields)[0].Fields
	for path, want := range map[string]bool{
		".kind": true, ".metadata.labels.example.com/a.b": true, ".metadata.labels.example": true, ".metadata.labels.example.com/a": false, ".metadata.labels.exam": false,
		`.metadata.finalizers[="example.com/busy"]`: true, `.metadata.finalizers[="example.com/idle"]`: false,
		`.spec.containers[name="web"].image`: true, `.spec.containers[name="web"]`: true, `.spec.containers[name="web"].command`: false, `.spec.containers[name="other"].image`: false,
		`.spec.containers[name="side]car"].command`: true, `.spec.containers[name="side]car"].image`: false,
		`.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].containerPort`: true, `.spec.containers[name="web"].ports[containerPort=82,protocol="TCP"]`: false,
		`.spec.containers[name="web"].ports[containerPort=81,protocol="TCP"]`: false, `.spec.containers[name="web"].ports[containerPort=81,protocol="UDP"].protocol`: true,
		".spec": true, ".specification": false, ".status": false, ".spec.containers[0]": false, ".spec.containers[": false, ".spec.containers[name=": false, `.spec.containers[name="web"`: false, "spec": false, ".kind.x": false,
	} {
		if got := objects.Covers(pod, path); got != want {
			t.Errorf("%s: got %t", path, got)
		}
	}
}

// Edits of what was applied are put right; what others have written where nothing
// was applied, or on an object of somebody else, is a conflict.
func TestRepair(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		field, owner string
		last         []string
		fails        bool
	}{
		"an edit":               {".data.a", "me", []string{configMap}, false},
		"a field of others":     {".data.b", "me", []string{configMap}, true},
		"an object of others":   {".data.a", "you", []string{configMap}, true},
		"never applied":         {".data.a", "me", nil, true},
		"another object's edit": {".data.a", "me", []string{strings.Replace(configMap, "name: x", "name: z", 1)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, connection := newServer(t)
			s.put(t, namespacePath, namespace)
			if _, _, err := newClient(t, connection, tt.owner).Apply(t.Context(), parse(t, configMap), nil); err != nil {
				t.Fatal(err)
			}
			s.before = func(r *http.Request) *apierrors.StatusError {
				if r.Method != http.MethodPatch || r.URL.Query().Get("force") == "true" {
					return nil
				}
				conflict := apierrors.NewConflict(schema.GroupResource{Resource: "configmaps"}, "x", errors.New("conflict"))
				conflict.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeFieldManagerConflict, Field: tt.field, Message: `conflict with "kubectl-edit"`}}
				return conflict
			}
			c := newClient(t, connection, "me")
			c.Last = parse(t, tt.last...)
			_, _, err := c.Apply(t.Context(), parse(t, configMap), nil)
			if (err != nil) != tt.fails || err != nil && objects.ReasonOf(err) != objects.Conflict {
				t.Error(err)
			}
			if problems := c.Check(t.Context(), parse(t, configMap)); (len(problems.Errors) > 0) != tt.fails {
				t.Errorf("a dry run finds %v", problems)
			}
		})
	}
}
