// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/joined"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// showing is a snapshot with these readings, by their paths.
func showing(readings map[string]string) *document.Snapshot {
	var s document.Snapshot
	for path, text := range readings {
		at := measurement.ParsePath(path)
		subtype := s.Measurements.Subtype(at.Type, at.Subtype)
		if subtype == nil {
			if len(s.Measurements) == 0 {
				s.Measurements = measurement.List{{Type: measurement.K8s}}
			}
			s.Measurements[0].Subtypes = append(s.Measurements[0].Subtypes, measurement.Subtype{Name: at.Subtype, Data: map[string]measurement.Reading{}})
			subtype = s.Measurements.Subtype(at.Type, at.Subtype)
		}
		subtype.Data[at.Key] = measurement.Str(text)
	}
	return &s
}

// TestClusterIsShown holds bundles against what a snapshot shows of the cluster.
func TestClusterIsShown(t *testing.T) {
	t.Parallel()
	const absent, elsewhere = "existing-absent", "installed-elsewhere"
	both := []string{"gpu-operator", "network-operator"}
	for name, tt := range map[string]struct {
		shown      map[string]string // of K8s/component, but for paths
		bundlers   []string          // of those that eks is asked for; nil for the two operators
		existing   []string
		namespaces map[string]string
		overrides  map[string]string
		want       []string // field, rule, component and path
		texts      []string // of the errors
	}{
		"nothing known":           {existing: []string{"cert-manager"}},
		"a collector failed":      {shown: map[string]string{"K8s/server/version": "v1.34.1"}, existing: []string{"cert-manager", "prometheus-operator-crds"}},
		"a component of its time": {shown: map[string]string{"gpu-operator": "none"}, existing: []string{"cert-manager"}},
		"existing is there":       {shown: map[string]string{"cert-manager": "certs/cm"}, existing: []string{"cert-manager"}},
		"existing is absent": {
			shown: map[string]string{"cert-manager": "none"}, existing: []string{"cert-manager"},
			want:  []string{"existing " + absent + "  at cert-manager"},
			texts: []string{"the snapshot does not show cert-manager on the cluster: no pod runs an image whose name is cert-manager-controller; remove it from existing, so that the bundle installs it"},
		},
		"definitions are there":  {shown: map[string]string{"K8s/api/monitoring.coreos.com": "v1 v1alpha1"}, existing: []string{"prometheus-operator-crds"}},
		"definitions are absent": {shown: map[string]string{"K8s/api/monitoring.coreos.com": "none"}, existing: []string{"prometheus-operator-crds"}, want: []string{"existing " + absent + "  at prometheus-operator-crds"}, texts: []string{"the API server does not serve monitoring.coreos.com"}},
		"existing is a part of the bundle": {
			shown: map[string]string{"node-feature-discovery": "gpu-operator/gpu-operator"}, existing: []string{"node-feature-discovery"},
			want:  []string{"existing " + absent + "  at node-feature-discovery"},
			texts: []string{"only as a part of gpu-operator, which is in this bundle and would give it up; remove it from existing, so that gpu-operator keeps it"},
		},
		"existing is a part of what is there": {
			shown: map[string]string{"node-feature-discovery": "gpu-operator/gpu-operator", "gpu-operator": "gpu-operator/gpu-operator"}, bundlers: []string{"network-operator"},
			existing: []string{"node-feature-discovery", "gpu-operator"},
		},
		"a new cluster": {shown: map[string]string{"gpu-operator": "none", "network-operator": "none", "node-feature-discovery": "none"}},
		"its own stack": {shown: map[string]string{
			"gpu-operator": "gpu-operator/gpu-operator", "network-operator": "nvidia-network-operator/network-operator", "node-feature-discovery": "gpu-operator/gpu-operator",
		}},
		"its own in other namespaces": {shown: map[string]string{"gpu-operator": "gpus/gpu-operator", "node-feature-discovery": "gpus/gpu-operator"}, namespaces: map[string]string{"gpu-operator": "gpus"}},
		"its own without labels":      {shown: map[string]string{"aws-efa-k8s-device-plugin": "kube-system"}, bundlers: []string{"aws-efa-k8s-device-plugin"}},
		"definitions of its own":      {shown: map[string]string{"K8s/api/monitoring.coreos.com": "v1"}, bundlers: []string{"prometheus-operator-crds"}},
		"under another name": {
			shown: map[string]string{"gpu-operator": "gpu-operator/gpu-operator-1699"},
			want:  []string{"snapshot " + elsewhere + " gpu-operator at gpu-operator"},
			texts: []string{"the cluster has gpu-operator already, as the Helm release gpu-operator-1699 in the namespace gpu-operator", "name it in existing to keep that one, or uninstall that release"},
		},
		"in another namespace": {
			shown: map[string]string{"gpu-operator": "gpus/gpu-operator"},
			want:  []string{"snapshot " + elsewhere + " gpu-operator at gpu-operator"},
			texts: []string{"as the Helm release of that name in the namespace gpus", "give gpu-operator the namespace gpus to go on with that release"},
		},
		"without Helm": {
			shown: map[string]string{"cert-manager": "cert-manager"}, bundlers: []string{"cert-manager"},
			want:  []string{"snapshot " + elsewhere + " cert-manager at cert-manager"},
			texts: []string{"in the namespace cert-manager, where no label of its pods names a Helm release", "or take it away before you install"},
		},
		"twice": {
			shown: map[string]string{"gpu-operator": "gpu-operator/gpu-operator a/b c"},
			want:  []string{"snapshot " + elsewhere + " gpu-operator at gpu-operator", "snapshot " + elsewhere + " gpu-operator at gpu-operator"},
			texts: []string{"Helm release b in the namespace a", "in the namespace c"},
		},
		"as a part of another": {
			shown: map[string]string{"node-feature-discovery": "gpu-operator/gpu-operator"}, bundlers: []string{"gpu-operator", "node-feature-discovery"},
			want:  []string{"snapshot " + elsewhere + " node-feature-discovery at node-feature-discovery"},
			texts: []string{"as a part of gpu-operator in the namespace gpu-operator", "leave it out, so that gpu-operator keeps it; ignore this only once"},
		},
		"a part of its own is there": {
			shown: map[string]string{"node-feature-discovery": "nfd/nfd"}, bundlers: both,
			want:  []string{"snapshot " + elsewhere + " gpu-operator at node-feature-discovery"},
			texts: []string{"the cluster has node-feature-discovery already, as the Helm release nfd in the namespace nfd", "name it in existing"},
		},
		"a part that moves": {
			shown: map[string]string{"node-feature-discovery": "nvidia-network-operator/network-operator", "network-operator": "nvidia-network-operator/network-operator"}, bundlers: both,
			want:  []string{"snapshot " + elsewhere + " gpu-operator at node-feature-discovery"},
			texts: []string{"turn it off in gpu-operator, so that network-operator keeps it"},
		},
		"a part that is off":      {shown: map[string]string{"node-feature-discovery": "nfd/nfd"}, overrides: map[string]string{"gpu-operator": "nfd: {enabled: false}", "network-operator": "nfd: {enabled: false}"}},
		"a part that is existing": {shown: map[string]string{"node-feature-discovery": "nfd/nfd"}, existing: []string{"node-feature-discovery"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			readings := map[string]string{}
			for key, text := range tt.shown {
				if !strings.Contains(key, "/") {
					key = "K8s/component/" + key
				}
				readings[key] = text
			}
			req := bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma"), Snapshot: showing(readings), Bundlers: tt.bundlers, Existing: tt.existing, Namespaces: tt.namespaces, Overrides: tt.overrides}
			if tt.bundlers != nil {
				req.Recipe = askedFor(t, "eks")
				req.Recipe = with(t, req.Recipe, k8s{"image", "network-operator"}, "26.4.1")
			}
			_, err := renderer().Render(t.Context(), req)
			var got []string
			for _, e := range joined.Errors(err) {
				var input *bundle.InputError
				var rule *bundle.RuleError
				if !errors.As(e, &input) || !errors.As(e, &rule) {
					t.Fatal(e)
				}
				got = append(got, fmt.Sprintf("%s %s %s at %s", input.Field, rule.Rule, rule.Component, rule.Path))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s\n%v", diff, err)
			}
			for _, text := range tt.texts {
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("%v\ndoes not say %q", err, text)
				}
			}
			req.IgnoreFindings = finding.Ignored{absent, elsewhere}
			without := req
			without.Snapshot, without.IgnoreFindings = nil, nil
			b := render(t, req)
			if plain := render(t, without); b.SHA256 != plain.SHA256 || len(b.Findings) != len(plain.Findings)+len(tt.want) {
				t.Errorf("with what is ignored: %+v; the files are the same: %t", b.Findings, b.SHA256 == plain.SHA256)
			}
		})
	}
}

// TestSnapshotPending: next to a snapshot that is not known yet, all but the findings is.
func TestSnapshotPending(t *testing.T) {
	t.Parallel()
	req := bundle.Request{Recipe: fixture(t, "self-managed-h100-rdma"), Pending: bundle.Pending{Snapshot: true}}
	if b := render(t, req); b.FilesUnknown || !b.FindingsUnknown || b.SHA256 == "" {
		t.Errorf("files unknown %t, findings unknown %t", b.FilesUnknown, b.FindingsUnknown)
	}
}
