// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

// The chart of a folder: a ConfigMap with two values, and a workload, which is never
// ready where no controller runs, where values ask for one.
const (
	chartFile   = "apiVersion: v2\nname: thing\nversion: 1.0.0\n"
	chartValues = "color: red\nsize: 1\nworkload: false\n"
	chartObject = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {color: {{ .Values.color | quote }}, size: {{ .Values.size | quote }}, type: {{ kindOf .Values.size }}}
{{- if .Values.workload }}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ .Release.Name }}"}
spec:
  selector: {matchLabels: {app: thing}}
  template:
    metadata: {labels: {app: thing}}
    spec: {containers: [{name: thing, image: registry.example/thing:1}]}
{{- end }}
`
)

// thing is a release of that chart in a namespace of the test's.
type thing struct {
	*terraform.Workspace
	namespace string
}

func newThing(t *testing.T, arguments string) *thing {
	t.Helper()
	th := &thing{newWorkspace(t, ""), strings.ToLower(t.Name())}
	for _, folder := range []string{"thing", "thing/templates"} {
		if err := os.Mkdir(th.Path(folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	th.Write(t, "thing/Chart.yaml", chartFile)
	th.Write(t, "thing/values.yaml", chartValues)
	th.Write(t, "thing/templates/all.yaml", chartObject)
	th.set(t, arguments)
	return th
}

// set changes the arguments besides name, chart and namespace.
func (th *thing) set(t *testing.T, arguments string) {
	t.Helper()
	th.Write(t, "release.tf", fmt.Sprintf(`
resource "helm_release" "thing" {
  name             = "thing"
  chart            = "./thing"
  namespace        = %q
  create_namespace = true
%s
}

output "status" { value = helm_release.thing.status }
output "revision" { value = helm_release.thing.metadata.revision }
output "version" { value = helm_release.thing.version }
`, th.namespace, arguments))
}

// data is that of the chart's ConfigMap.
func (th *thing) data(t *testing.T) map[string]string {
	t.Helper()
	var object corev1.ConfigMap
	if err := fixture.NewClient(t, server.Admin()).Get(t.Context(), client.ObjectKey{Namespace: th.namespace, Name: "thing"}, &object); err != nil {
		t.Fatal(err)
	}
	return object.Data
}

func TestValues(t *testing.T) {
	t.Parallel()
	th := newThing(t, `values = ["{color: green, size: 2}", "color: blue"]`)
	th.Apply(t)
	if got := th.data(t); got["color"] != "blue" || got["size"] != "2" || got["type"] != "float64" {
		t.Errorf("the chart got %v", got)
	}
	for kind, want := range map[string]string{"auto": "int64", "string": "string", "literal": "float64"} {
		th.set(t, fmt.Sprintf("set = [{ name = \"size\", value = \"3\", type = %q }]", kind))
		if r := plan(t, th.Workspace, true); !r.Says("0 to add, 1 to change, 0 to destroy") {
			t.Errorf("the plan of set:\n%s", r.Stdout)
		}
		th.Apply(t)
		plan(t, th.Workspace, false)
		if got := th.data(t); got["color"] != "red" || got["size"] != "3" || got["type"] != want {
			t.Errorf("with set of type %s the chart got %v", kind, got)
		}
	}
	var revision int
	if th.Output(t, "revision", &revision); revision != 4 {
		t.Errorf("the revision is %d after four applies", revision)
	}
	th.set(t, "max_history = 2\nvalues = [\"size: 9\"]")
	th.Apply(t)
	if got := records(t, th.namespace, "thing"); got != "4 superseded, 5 deployed" {
		t.Errorf("Helm's records: %s", got)
	}
}

// The chart's own version is the release's.
func TestVersion(t *testing.T) {
	t.Parallel()
	th := newThing(t, `version = "v1.0.0"`)
	th.Apply(t)
	plan(t, th.Workspace, false)
	th.Write(t, "thing/Chart.yaml", strings.Replace(chartFile, "1.0.0", "1.1.0", 1))
	if r := th.Run(t, "plan", "-input=false"); r.Code == 0 || !r.Says(`the version is "v1.0.0", but the chart's is "1.1.0"`) {
		t.Errorf("planning another version than the chart's:\n%s%s", r.Stdout, r.Stderr)
	}
	th.set(t, "")
	plan(t, th.Workspace, true)
	th.Apply(t)
	var version string
	if th.Output(t, "version", &version); version != "1.1.0" {
		t.Errorf("the version is %q", version)
	}
}

// Waiting ends with the timeout where nothing makes the workload ready. As with
// HashiCorp's provider, a release that failed at once is not in the state, and takes
// upgrade_install; one that failed later is tried again.
func TestWait(t *testing.T) {
	t.Parallel()
	th := newThing(t, "timeout = 2\nvalues = [\"workload: true\"]")
	th.ApplyFails(t, "Release Not Installed", "context deadline exceeded")
	if got := records(t, th.namespace, "thing"); got != "1 failed" {
		t.Errorf("Helm's records: %s", got)
	}
	if r := th.Run(t, "state", "list"); strings.Contains(r.Stdout, "helm_release") {
		t.Errorf("the release is in the state: %s", r.Stdout)
	}
	th.ApplyFails(t, "cannot reuse a name that is still in use")
	th.set(t, "upgrade_install = true\nwait = false\nvalues = [\"workload: true\"]")
	th.Apply(t)
	plan(t, th.Workspace, false)

	th.set(t, "upgrade_install = true\ntimeout = 2\nvalues = [\"{workload: true, size: 5}\"]")
	th.ApplyFails(t, "Release Not Upgraded", "context deadline exceeded")
	if r := plan(t, th.Workspace, true); !r.Says(`"failed" -> "deployed"`) {
		t.Errorf("the plan after a failed upgrade:\n%s", r.Stdout)
	}
	th.set(t, "upgrade_install = true\nwait = false\nvalues = [\"{workload: true, size: 5}\"]")
	th.Apply(t)
	var status string
	if th.Output(t, "status", &status); status != "deployed" {
		t.Errorf("the status is %q", status)
	}
}

// What fails leaves nothing with atomic, and is refused at plan with lint.
func TestAtomicAndLint(t *testing.T) {
	t.Parallel()
	th := newThing(t, "atomic = true\ntimeout = 2\nvalues = [\"workload: true\"]")
	th.ApplyFails(t, "Release Not Installed")
	if got := records(t, th.namespace, "thing"); got != "" {
		t.Errorf("Helm's records: %s", got)
	}
	th.set(t, "lint = true")
	th.Write(t, "thing/templates/broken.yaml", "a: {{ .Values.a.b.c }}\n")
	if r := th.Run(t, "plan", "-input=false"); r.Code == 0 || !r.Says("linting chart ./thing") {
		t.Errorf("the plan of a broken chart:\n%s%s", r.Stdout, r.Stderr)
	}
}

// A release that somebody uninstalls is installed again.
func TestGone(t *testing.T) {
	t.Parallel()
	th := newThing(t, "")
	th.Apply(t)
	c := fixture.NewClient(t, server.Admin())
	for _, object := range []client.Object{&corev1.Secret{}, &corev1.ConfigMap{}} {
		if err := c.DeleteAllOf(t.Context(), object, client.InNamespace(th.namespace)); err != nil {
			t.Fatal(err)
		}
	}
	if r := plan(t, th.Workspace, true); !r.Says("1 to add, 0 to change, 0 to destroy") {
		t.Errorf("the plan of a release that is gone:\n%s", r.Stdout)
	}
	th.Apply(t)
	th.data(t)
	destroy(t, th.Workspace)
	if got := records(t, th.namespace, "thing"); got != "" {
		t.Errorf("Helm's records after destroy: %s", got)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	th := newThing(t, `values = ["color: green"]`)
	th.Apply(t)
	th.Run(t, "state", "rm", "helm_release.thing")
	for _, id := range []string{"thing", "/thing", th.namespace + "/", "a/b/thing"} {
		if r := th.Run(t, "import", "-input=false", "helm_release.thing", id); r.Code == 0 || !r.Says("must be namespace/name") {
			t.Errorf("importing %q:\n%s%s", id, r.Stdout, r.Stderr)
		}
	}
	if r := th.Run(t, "import", "-input=false", "helm_release.thing", th.namespace+"/nothing"); r.Code == 0 || !r.Says("release: not found") {
		t.Errorf("importing what is not there:\n%s%s", r.Stdout, r.Stderr)
	}
	if r := th.Run(t, "import", "-input=false", "helm_release.thing", th.namespace+"/thing"); r.Code != 0 {
		t.Fatalf("importing:\n%s%s", r.Stdout, r.Stderr)
	}
	if r := plan(t, th.Workspace, true); !r.Says("0 to add, 1 to change, 0 to destroy") {
		t.Errorf("the plan after an import:\n%s", r.Stdout)
	}
	th.Apply(t)
	plan(t, th.Workspace, false)
	if got := records(t, th.namespace, "thing"); got != "1 superseded, 2 deployed" {
		t.Errorf("Helm's records: %s", got)
	}
}

// An object that is not Helm's is refused, unless the release takes it.
func TestTakeOwnership(t *testing.T) {
	t.Parallel()
	th := newThing(t, "")
	fixture.Create(t, server.Admin(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: th.namespace}})
	fixture.Create(t, server.Admin(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: th.namespace, Name: "thing"}})
	th.ApplyFails(t, "invalid ownership metadata")
	th.set(t, "take_ownership = true")
	th.Apply(t)
	if got := th.data(t)["color"]; got != "red" {
		t.Errorf("the color is %q", got)
	}
}
