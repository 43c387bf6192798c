// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

const (
	node = "kind: Node\napiVersion: v1\nmetadata: {name: gpu, labels: {nvidia.com/gpu.present: \"true\", nvidia.com/cuda.driver-version.full: 580.1.2}}\n" +
		"status: {conditions: [{type: Ready, status: \"True\"}], capacity: {nvidia.com/gpu: 8}, allocatable: {nvidia.com/gpu: 8}}\n"

	policyPath    = "/apis/nvidia.com/v1/clusterpolicies/cluster-policy"
	configMapPath = "/api/v1/namespaces/team/configmaps/settings"
	workloadPath  = "/apis/apps/v1/namespaces/team/deployments/web"

	policy    = "apiVersion: nvidia.com/v1\nkind: ClusterPolicy\nmetadata: {name: cluster-policy}\nspec: {driver: {version: \"580\", env: [{name: A, value: \"1\"}]}}\n"
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: team}\ndata: {mode: fast}\n"
	workload  = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: team, annotations: {meta.helm.sh/release-name: op}}\n"
	available = "spec: {replicas: 1}\nstatus: {replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, conditions: [{type: Available, status: \"True\"}]}\n"
)

func operator() bundle.Component {
	return bundle.Component{
		Name: "op", Chart: "operator", Version: "v2.0.0", Namespace: "team", ReleaseName: "op",
		Ready:          &bundle.Readiness{Object: "clusterpolicies.nvidia.com/cluster-policy", APIVersion: "nvidia.com/v1", Kind: "ClusterPolicy"},
		Manifests:      map[string]string{"manifests/settings.yaml": configMap},
		ChartManifests: map[string]string{"manifests/policy.yaml": policy},
	}
}

// recipe says which driver runs.
func recipe() document.Recipe {
	image := measurement.Subtype{Name: "image", Data: map[string]measurement.Reading{"driver": measurement.Str("580.1.2")}}
	return document.Recipe{
		Measurements: measurement.List{{Type: measurement.K8s, Subtypes: []measurement.Subtype{image}}},
		Constraints:  []document.Constraint{{Field: "driver", Range: ">= 575", Layer: "gpu=x"}, {Field: "k8s", Range: ">= 9", Layer: "base"}},
	}
}

// wholeCluster has all of operator, ready.
func wholeCluster(t *testing.T) *fakeServer {
	t.Helper()
	s := &fakeServer{objects: map[string]string{
		policyPath: policy + "status: {state: ready}\n", configMapPath: configMap, workloadPath: workload + available,
		"/api/v1/nodes/gpu": node, "/api/v1/nodes/cpu": "kind: Node\napiVersion: v1\nmetadata: {name: cpu}\n",
		workloadPath + "-other": strings.ReplaceAll(workload, "release-name: op", "release-name: other"),
	}}
	s.keep(t, 9, record("operator", "v1.0.0", "superseded", 9))
	s.keep(t, 10, record("operator", "v2.0.0", "deployed", 10))
	return s
}

func reader(t *testing.T, s *fakeServer, components ...bundle.Component) *status.Reader {
	t.Helper()
	r, err := newReader(t, s, components)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func newReader(t *testing.T, s *fakeServer, components []bundle.Component) (*status.Reader, error) {
	t.Helper()
	set, err := component.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return status.New(t.Context(), s.connect(t), set, components, recipe())
}

// lines puts a report into a form that reads well in tables.
func lines(r status.Report) []string {
	out := []string{}
	if r.Ready {
		out = append(out, "ready")
	}
	for _, o := range r.Objects {
		if !o.Ready || o.Message != "" {
			out = append(out, strings.TrimSpace("object "+o.Object+": "+o.State+": "+o.Message))
		}
	}
	text := func(s *string) string {
		if s == nil {
			return "-"
		}
		return *s
	}
	for _, d := range r.Drift {
		out = append(out, "drift "+d.Component+" "+d.Path+": "+text(d.Want)+" -> "+text(d.Have))
	}
	for _, release := range r.Releases {
		if release.Difference != "" {
			out = append(out, "release "+release.Status+": "+release.Difference)
		}
	}
	for _, n := range r.Nodes {
		if len(n.Wrong) > 0 {
			out = append(out, "node "+n.Name+": "+strings.Join(n.Wrong, "; "))
		}
	}
	for _, p := range r.Problems {
		out = append(out, strings.TrimSpace("problem "+p.Verb+" "+p.Resource+" "+p.Namespace))
	}
	return out
}

func TestRead(t *testing.T) {
	t.Parallel()
	const policyName, configMapName = `ClusterPolicy.nvidia.com "cluster-policy"`, `ConfigMap "settings" in namespace "team"`
	for name, tt := range map[string]struct {
		change func(s *fakeServer)
		want   []string
	}{
		"all there": {func(*fakeServer) {}, []string{"ready"}},
		"not ready": {
			func(s *fakeServer) { s.objects[policyPath] = policy + "status: {state: notReady}\n" },
			[]string{"object " + policyName + `: notReady: status.state is "notReady", not "ready"`},
		},
		"ready with a word": {
			func(s *fakeServer) {
				s.objects[policyPath] = policy + "status: {state: ready, conditions: [{type: Ready, status: \"True\", reason: NoGPUNodes, message: none}]}\n"
			},
			[]string{"ready", "object " + policyName + ": ready: Ready=True (NoGPUNodes): none"},
		},
		"gone": {
			func(s *fakeServer) { delete(s.objects, configMapPath); delete(s.objects, policyPath) },
			[]string{"object " + policyName + ": Missing: it does not exist", "object " + configMapName + ": Missing: it does not exist"},
		},
		"a workload that is not up": {
			func(s *fakeServer) {
				s.objects[workloadPath] = workload + "spec: {replicas: 2}\nstatus: {replicas: 1}\n"
			},
			[]string{`object Deployment.apps "web" in namespace "team": InProgress: Replicas: 1/2`},
		},
		"drift": {
			func(s *fakeServer) {
				s.objects[policyPath] = strings.ReplaceAll(policy, `"580"`, `"570", more: x`) + "status: {state: ready}\n"
				s.objects[configMapPath] = strings.ReplaceAll(configMap, "mode: fast", "theirs: x")
			},
			[]string{"ready", `drift op spec.driver.version: "580" -> "570"`, "drift op data.mode: fast -> -"},
		},
		"drift without the right to a dry run": {
			func(s *fakeServer) {
				s.objects[policyPath] = strings.NewReplacer(`"580"`, `"570"`, `value: "1"`, `value: "2"`).Replace(policy) + "status: {state: ready}\n"
				s.forbidden = func(method, _ string) bool { return method == http.MethodPatch }
			},
			[]string{"ready", `drift op spec.driver.env[name="A"].value: "1" -> "2"`, `drift op spec.driver.version: "580" -> "570"`},
		},
		"a secret that has drifted": {
			func(s *fakeServer) {
				s.objects[policyPath] = strings.ReplaceAll(policy, `driver: {`, `driver: {password: hunter2, `) + "status: {state: ready}\n"
				s.objects[configMapPath] = strings.ReplaceAll(configMap, "mode: fast", "mode: password=hunter2")
			},
			[]string{"ready", "drift op data.mode: fast -> password=(redacted)"},
		},
		"another release": {
			func(s *fakeServer) { s.keep(t, 11, record("operator-old", "1.0.0", "pending-upgrade", 11)) },
			[]string{`release pending-upgrade: revision 11 is "pending-upgrade", the chart is "operator-old", not "operator" and the version is "1.0.0", not "v2.0.0"`},
		},
		"the version without its v": {
			func(s *fakeServer) { s.keep(t, 11, record("operator", "2.0.0", "deployed", 11)) },
			[]string{"ready"},
		},
		"no release": {
			func(s *fakeServer) { s.secrets = nil },
			[]string{`release missing: Helm has no release "op" in namespace "team"`},
		},
		"a node with another driver": {
			func(s *fakeServer) { s.objects["/api/v1/nodes/gpu"] = strings.ReplaceAll(node, "580.1.2", "570.1.2") },
			[]string{"ready", "node gpu: it runs driver 570.1.2, the recipe says 580.1.2; it runs driver 570.1.2, and gpu=x demands >= 575"},
		},
		"a node without one": {
			func(s *fakeServer) {
				s.objects["/api/v1/nodes/gpu"] = strings.ReplaceAll(node, ", nvidia.com/cuda.driver-version.full: 580.1.2", "")
			},
			[]string{"ready"},
		},
		"no right to nodes": {
			func(s *fakeServer) { s.forbidden = func(_, path string) bool { return path == "/api/v1/nodes" } },
			[]string{"ready", "problem list nodes"},
		},
		"no right to Secrets": {
			func(s *fakeServer) {
				s.forbidden = func(_, path string) bool { return strings.HasSuffix(path, "/secrets") }
			},
			[]string{"ready", "problem list secrets team"},
		},
		"no right to objects": {
			func(s *fakeServer) {
				s.forbidden = func(_, path string) bool { return path == policyPath || strings.HasSuffix(path, "/deployments") }
			},
			[]string{"object " + policyName + ": Unread: it could not be read", "problem get clusterpolicies.nvidia.com", "problem list deployments.apps team"},
		},
		"not a record":      {func(s *fakeServer) { s.keepRaw(11, []byte("x")) }, []string{"ready", "problem"}},
		"not Helm's record": {func(s *fakeServer) { s.keep(t, 11, "[1]") }, []string{"ready", "problem"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := wholeCluster(t)
			tt.change(s)
			report, err := reader(t, s, operator()).Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			text, err := json.Marshal(report)
			if err != nil || strings.Contains(string(text), "hunter2") {
				t.Errorf("the report shows a secret, or %v: %s", err, text)
			}
		})
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	s := wholeCluster(t)
	report, err := reader(t, s, operator()).Read(t.Context())
	want := []status.Release{{Component: "op", Name: "op", Namespace: "team", Chart: "operator", Version: "v2.0.0", Status: "deployed", Revision: 10}}
	if diff := cmp.Diff(want, report.Releases); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"labelSelector=name%3Dop%2Cowner%3Dhelm", "fieldSelector=metadata.name%3Dsh.helm.release.v1.op.v10"}, s.asked); diff != "" {
		t.Errorf("what was asked for (-want +got):\n%s", diff)
	}
}

// A record that decompresses to more than there is memory for.
func TestRecordIsBounded(t *testing.T) {
	t.Parallel()
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, _ = w.Write([]byte(`{"chart":"`))
	for range 70 {
		_, _ = w.Write(bytes.Repeat([]byte("a"), 1<<20))
	}
	_ = w.Close()
	s := wholeCluster(t)
	s.keepRaw(11, compressed.Bytes())
	report, err := reader(t, s, operator()).Read(t.Context())
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Message, "more than 64 MiB") {
		t.Errorf("%v, %v", err, report.Problems)
	}
}

func TestNoAccess(t *testing.T) {
	t.Parallel()
	s := wholeCluster(t)
	s.forbidden = func(string, string) bool { return true }
	_, err := reader(t, s, operator()).Read(t.Context())
	if err == nil || !strings.Contains(err.Error(), "cannot get clusterpolicies.nvidia.com") || !strings.Contains(err.Error(), "cannot list secrets") {
		t.Errorf("got %v", err)
	}
}

func TestAwait(t *testing.T) {
	t.Parallel()
	reader(t, wholeCluster(t), operator()).Await(t.Context()) // returns, as all is ready
	s := wholeCluster(t)
	s.objects[workloadPath] = workload + "spec: {replicas: 2}\n"
	waiting := reader(t, s, operator())
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		waiting.Await(ctx)
	}()
	cancel()
	<-ended
}

func TestWhatCannotBeLookedAt(t *testing.T) {
	t.Parallel()
	bad := operator()
	bad.Namespace, bad.ReleaseName = "a/b", "x"
	bad.Manifests = map[string]string{"manifests/x.yaml": "kind: 3"}
	bad.Ready = &bundle.Readiness{Object: "x", APIVersion: "a/b/c", Kind: "X"}
	for want, components := range map[string][]bundle.Component{
		"there are no components": nil,
		`op: the namespace`:       {bad},
		"not the version of an":   {bad},
		"the object has no":       {bad},
	} {
		_, err := newReader(t, &fakeServer{}, components)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
