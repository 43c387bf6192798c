// SPDX-License-Identifier: Apache-2.0

package objects_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/objects"
)

func TestAwait(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind, spec, status string
		ready              bool
		says               string
	}{
		"up":                   {kind: "Widget", status: "{state: up}", ready: true},
		"down":                 {kind: "Widget", status: "{state: down, conditions: [{type: Error, status: \"True\", reason: Pods, message: token=hunter2}]}", says: `status.state is "down", not "up"`},
		"nothing said":         {kind: "Widget", status: "{}", says: "nothing has set its status.state yet"},
		"of another time":      {kind: "Widget", status: "{state: up, observedGeneration: 1}", says: `status.state is "up", of generation 1; the object is at 2`},
		"condition of another": {kind: "Widget", status: `{state: up, conditions: [{type: Ready, status: "True", observedGeneration: 1}]}`, says: `status.state is "up", of generation 1`},
		"of this time":         {kind: "Widget", status: "{state: up, observedGeneration: 2}", ready: true},
		"up and waits":         {kind: "Widget", status: `{state: up, conditions: [{type: Ready, status: "True", reason: NoLabels, message: why}]}`, says: `status.state is "up", but Ready=True (NoLabels): why`},
		"up with a word":       {kind: "Widget", status: `{state: up, conditions: [{type: Ready, status: "True", reason: NoNodes, message: why}]}`, ready: true, says: "is ready, but Ready=True (NoNodes): why"},
		"no more such":         {kind: "Widget", status: `{state: up, conditions: [{type: Ready, status: "False", reason: NoLabels}]}`, ready: true},
		"hostile":              {kind: "Widget", status: `{state: up, conditions: [x, {type: 1}], observedGeneration: x}`, ready: true},
		"no state at all":      {kind: "Widget", status: `{state: 3, conditions: x}`, says: "nothing has set"},
		"another kind":         {kind: "Gadget", status: `{conditions: [{type: Ready, status: "False", reason: Not, message: not yet}]}`, says: "InProgress: not yet"},
		"another kind is up":   {kind: "Gadget", status: `{conditions: [{type: Ready, status: "True"}]}`, ready: true},
		"a broken one":         {kind: "Gadget", status: `{conditions: {a: b}}`, says: "its status cannot be read"},
		"a failed job":         {kind: "Job", status: `{conditions: [{type: Failed, status: "True", reason: BackoffLimitExceeded, message: too often}]}`, says: "Failed: Job Failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, connection := newServer(t)
			s.kinds["/apis/example.com/v1"] = []metav1.APIResource{{Name: "widgets", Kind: "Widget"}, {Name: "gadgets", Kind: "Gadget"}}
			ref := objects.Reference{ID: objects.ID{Group: "example.com", Kind: tt.kind, Name: "x"}, Version: "v1"}
			path := "/apis/example.com/v1/" + strings.ToLower(tt.kind) + "s/x"
			if tt.kind == "Job" {
				ref.Group, ref.Namespace, path = "batch", "team", "/apis/batch/v1/namespaces/team/jobs/x"
			}
			s.putStatus(t, path, ref, tt.status)
			c := newClient(t, connection, "")
			c.States = []component.State{{Group: "example.com", Kind: "Widget", Ready: "up", Waits: []string{"NoLabels"}, Warns: []string{"NoNodes"}}}
			ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the timeout is short"))
			defer cancel()
			warnings, err := c.Await(ctx, []objects.Reference{ref})
			if tt.ready {
				if err != nil || strings.Join(warnings, "") != "" != (tt.says != "") || !strings.Contains(strings.Join(warnings, ""), tt.says) {
					t.Errorf("warnings %q, %v", warnings, err)
				}
				return
			}
			checkError(t, err, objects.NotReady, ref.String()+" is not ready: "+tt.says)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows a secret: %v", err)
			}
			if tt.kind != "Job" != strings.Contains(err.Error(), "the timeout is short") {
				t.Error(err)
			}
		})
	}
}

// putStatus stores an object of generation 2 with a status, and events about it.
func (s *fakeServer) putStatus(t *testing.T, path string, ref objects.Reference, status string) {
	t.Helper()
	manifest := "apiVersion: " + ref.Group + "/v1\nkind: " + ref.Kind + "\nmetadata: {name: " + ref.Name + "}\nstate: " + status + "\n"
	s.put(t, path, manifest)
	s.change(path, func(object map[string]any) {
		object["status"] = object["state"]
		delete(object, "state")
		metadata := object["metadata"].(map[string]any)
		metadata["generation"] = 2
		metadata["namespace"] = ref.Namespace
	})
}

func TestAwaitShowsEvents(t *testing.T) {
	t.Parallel()
	s, connection := newServer(t)
	ref := objects.Reference{ID: objects.ID{Group: "apps", Kind: "Deployment", Namespace: "team", Name: "x"}, Version: "v1"}
	s.putStatus(t, "/apis/apps/v1/namespaces/team/deployments/x", ref, "{}")
	for name, at := range map[string]string{"old": "09:10", "older": "09:05", "new": "09:15", "oldest": "09:00"} {
		const event = "apiVersion: v1\nkind: Event\nmetadata: {name: NAME, namespace: team}\ntype: Warning\nreason: Said\nmessage: event NAME\nlastTimestamp: \"2026-11-02T09:AT:00Z\"\n"
		s.put(t, namespacePath+"/events/"+name, strings.NewReplacer("NAME", name, "09:AT", at).Replace(event))
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err := newClient(t, connection, "").Await(ctx, []objects.Reference{ref})
	checkError(t, err, objects.NotReady, "event new", "event old", "event older", "waited until the deadline")
	if strings.Contains(err.Error(), "oldest") || strings.Index(err.Error(), "event new") > strings.Index(err.Error(), "event old") {
		t.Error(err)
	}
}

func TestAwaitWhatIsNotThere(t *testing.T) {
	t.Parallel()
	_, connection := newServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := newClient(t, connection, "")
	refs := []objects.Reference{
		{ID: objects.ID{Kind: "ConfigMap", Namespace: "team", Name: "x"}, Version: "v1"},
		{ID: objects.ID{Group: "example.com", Kind: "Widget", Name: "x"}, Version: "v1"},
	}
	ended := make(chan error)
	go func() {
		_, err := c.Await(ctx, refs)
		ended <- err
	}()
	cancel()
	err := <-ended
	if err == nil {
		t.Fatal("what is not there is ready")
	}
	_, err = c.Await(ctx, []objects.Reference{{ID: objects.ID{Kind: "Namespace", Namespace: "team", Name: "x"}, Version: "v1"}})
	if err == nil {
		t.Fatal("what cannot be there is ready")
	}
	short, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = c.Await(short, refs)
	checkError(t, err, objects.NotReady, `ConfigMap "x" in namespace "team" is not ready: it does not exist`, `the API server has no kind Widget in example.com/v1`)
	_, err = c.Await(t.Context(), []objects.Reference{{ID: objects.ID{Kind: "ConfigMap", Name: "x"}, Version: "v1"}})
	checkError(t, err, objects.Invalid, "set metadata.namespace")
}
