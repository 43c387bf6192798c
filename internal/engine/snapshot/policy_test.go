// SPDX-License-Identifier: Apache-2.0

package snapshot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/snapshot"
)

const clusterPolicies = `{"kind":"ClusterPolicyList","items":[
{"metadata":{"name":"old","creationTimestamp":"2024-01-01T00:00:00Z","resourceVersion":"1"},"spec":{"which":"old"},"status":{"state":"ignored"}},
{"metadata":{"name":"cluster-policy","creationTimestamp":"2025-01-01T00:00:00Z","resourceVersion":"2"},"status":{"state":"ready"},"spec":{
 "cdi":{"enabled":true,"default":false},
 "daemonsets":{"labels":{"app.kubernetes.io/managed-by":"gpu-operator"},"tolerations":[{"key":"nvidia.com/gpu","operator":"Exists"}]},
 "driver":{"enabled":true,"version":"580.105.08","secretEnv":"driver-env","repoConfig":{"configMapName":""},"imagePullSecrets":[],
  "startupProbe":{"failureThreshold":120},
  "env":[{"name":"NGC_API_KEY","value":"hunter2"},{"name":"HTTPS_PROXY","value":"http://user:hunter2@proxy:3128"},{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}},{"name":"DEBUG","value":"1"}]},
 "psp":{},"hostPaths":null,"big":18446744073709551615,"ratio":0.5}}]}`

func TestPolicy(t *testing.T) {
	t.Parallel()
	s := &apiServer{policies: clusterPolicies}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements.Subtype(measurement.K8s, "policy")
	half, err := measurement.Float(0.5)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]measurement.Reading{
		"cdi.enabled": measurement.Bool(true),
		"cdi.default": measurement.Bool(false),
		"daemonsets.labels.app.kubernetes.io/managed-by": measurement.Str("gpu-operator"),
		"daemonsets.tolerations":                         measurement.Str(`[{"key":"nvidia.com/gpu","operator":"Exists"}]`),
		"driver.enabled":                                 measurement.Bool(true),
		"driver.version":                                 measurement.Str("580.105.08"),
		"driver.secretEnv":                               measurement.Str("driver-env"),
		"driver.repoConfig.configMapName":                measurement.Str(""),
		"driver.imagePullSecrets":                        measurement.Str("[]"),
		"driver.startupProbe.failureThreshold":           measurement.Int(120),
		"driver.env": measurement.Str(`[{"name":"NGC_API_KEY","value":"(redacted)"},{"name":"HTTPS_PROXY","value":"http://user:(redacted)@proxy:3128"},` +
			`{"name":"TOKEN","valueFrom":{"secretKeyRef":{"key":"k","name":"s"}}},{"name":"DEBUG","value":"1"}]`),
		"psp":   measurement.Str("{}"),
		"big":   measurement.Str("18446744073709551615"),
		"ratio": half,
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("K8s/policy (-want +got):\n%s", diff)
	}
}

// TestPolicyWithSecrets has secrets in fields of every shape.
func TestPolicyWithSecrets(t *testing.T) {
	t.Parallel()
	s := &apiServer{policies: `{"items":[{"metadata":{"name":"a"},"spec":{"annotations":{"vault.corp/token":"hunter2"},"args":["--pass","hunter2"],
 "proxy":"http://user:hunter2@proxy","note":"use nvapi-aB3dE5gH7jK9mN1pQ2sT","password":{"value":12345678},"licensing":{"secretName":"token"}}}]}`}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements.Subtype(measurement.K8s, "policy")
	want := map[string]measurement.Reading{
		"annotations.vault.corp/token": measurement.Str("(redacted)"),
		"args":                         measurement.Str(`["--pass","(redacted)"]`),
		"proxy":                        measurement.Str("http://user:(redacted)@proxy"),
		"note":                         measurement.Str("use (redacted)"),
		"password.value":               measurement.Str("(redacted)"),
		"licensing.secretName":         measurement.Str("token"),
	}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("K8s/policy (-want +got):\n%s", diff)
	}
}

func TestWhichPolicy(t *testing.T) {
	t.Parallel()
	const (
		older = `{"metadata":{"name":"b","creationTimestamp":"2024-01-01T00:00:00Z"},"spec":{"is":"older"},"status":{"state":"notReady"}}`
		newer = `{"metadata":{"name":"a","creationTimestamp":"2025-01-01T00:00:00Z"},"spec":{"is":"newer"}}`
		twin  = `{"metadata":{"name":"c","creationTimestamp":"2024-01-01T00:00:00Z"},"spec":{"is":"twin"}}`
	)
	ready := strings.Replace(newer, `}}`, `},"status":{"state":"ready"}}`, 1)
	for name, tt := range map[string]struct {
		items []string
		want  string
	}{
		"none":                {nil, ""},
		"empty":               {[]string{`{"metadata":{"name":"a"},"spec":{}}`}, ""},
		"oldest":              {[]string{newer, older}, "older"},
		"ready before oldest": {[]string{older, ready}, "newer"},
		"same age: by name":   {[]string{twin, older}, "older"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &apiServer{policies: `{"items":[` + strings.Join(tt.items, ",") + `]}`}
			got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
			if is := got.Text(measurement.K8s, "policy", "is"); is != tt.want {
				t.Errorf("got the policy %q, want %q", is, tt.want)
			}
			if tt.want == "" && got.Subtype(measurement.K8s, "policy") != nil {
				t.Error("K8s/policy is there without data")
			}
		})
	}
}

// TestKyvernoIsLeftAlone checks that no other group's policies are asked for.
func TestKyvernoIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := &apiServer{intercept: func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/apis/kyverno.io/") {
			writeJSON(w, clusterPolicies)
			return true
		}
		return false
	}}
	got := collect(t, s, snapshot.KubernetesOptions{}).Measurements
	if policy := got.Subtype(measurement.K8s, "policy"); policy != nil {
		t.Errorf("got %v", policy.Data)
	}
}
