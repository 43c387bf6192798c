// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/location"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
)

var created = time.Date(2026, time.November, 2, 9, 15, 0, 0, time.UTC)

func snapshotOf(text string) location.Document {
	return location.Document{Kind: document.SnapshotKind, Text: []byte(text), Format: "yaml", Created: created}
}

// configMap creates a ConfigMap in a namespace of its own.
func configMap(t *testing.T, namespace string, data map[string]string) (*corev1.ConfigMap, location.ConfigMapRef) {
	t.Helper()
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: "snapshot",
			Labels: map[string]string{"team": "gpu"}, Annotations: map[string]string{"example.com/owner": "ci"},
		},
		Data: data,
	}
	fixture.Create(t, server.Admin(), fixture.Namespace(namespace))
	fixture.Create(t, server.Admin(), object)
	return object, location.ConfigMapRef{Namespace: namespace, Name: object.Name}
}

func TestConfigMapRoundTrip(t *testing.T) {
	t.Parallel()
	fixture.Create(t, server.Admin(), fixture.Namespace("round-trip"))
	c, ref := connection(t, server.Admin()), location.ConfigMapRef{Namespace: "round-trip", Name: "snapshot"}
	for _, text := range []string{"first", "second"} {
		if err := location.WriteConfigMap(t.Context(), c, ref, snapshotOf(text), false); err != nil {
			t.Fatal(err)
		}
		got, err := location.ReadConfigMap(t.Context(), c, ref, location.SnapshotKey)
		if err != nil || string(got) != text {
			t.Errorf("read %q, %v, want %q", got, err, text)
		}
	}
}

func TestConfigMapKeepsWhatIsForeign(t *testing.T) {
	t.Parallel()
	_, ref := configMap(t, "foreign", map[string]string{"notes": "keep me"})
	c := connection(t, server.Admin())
	if err := location.WriteConfigMap(t.Context(), c, ref, snapshotOf("text"), false); err != nil {
		t.Fatal(err)
	}
	got, err := clients(t, server.Admin()).ConfigMaps(ref.Namespace).Get(t.Context(), ref.Name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"notes": "keep me", "snapshot.yaml": "text", "format": "yaml", "timestamp": "2026-11-02T09:15:00Z"}
	if diff := cmp.Diff(want, got.Data); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"team": "gpu", "app.kubernetes.io/name": "eidos"}, got.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if got.Annotations["example.com/owner"] != "ci" {
		t.Errorf("annotations: %v", got.Annotations)
	}
}

func TestConfigMapConflict(t *testing.T) {
	t.Parallel()
	_, ref := configMap(t, "conflict", map[string]string{"snapshot.yaml": "theirs"})
	c := connection(t, server.Admin())
	err := location.WriteConfigMap(t.Context(), c, ref, snapshotOf("ours"), false)
	checkReason(t, err, location.Conflict, ".data.snapshot.yaml", "fixture")
	if got, _ := location.ReadConfigMap(t.Context(), c, ref, location.SnapshotKey); string(got) != "theirs" {
		t.Errorf("after the conflict the key holds %q", got)
	}
	if err := location.WriteConfigMap(t.Context(), c, ref, snapshotOf("ours"), true); err != nil {
		t.Fatal(err)
	}
	if got, _ := location.ReadConfigMap(t.Context(), c, ref, location.SnapshotKey); string(got) != "ours" {
		t.Errorf("after the forced write the key holds %q", got)
	}
}

func TestConfigMapErrors(t *testing.T) {
	t.Parallel()
	_, ref := configMap(t, "errors", map[string]string{"recipe.yaml": "r", "notes": "n"})
	admin, nobody := connection(t, server.Admin()), connection(t, server.CreateUser(t, "configmap-nobody"))

	_, err := location.ReadConfigMap(t.Context(), admin, location.ConfigMapRef{Namespace: "errors", Name: "missing"}, location.SnapshotKey)
	checkReason(t, err, location.NoConfigMap, "missing", "errors")
	_, err = location.ReadConfigMap(t.Context(), admin, ref, location.SnapshotKey)
	checkReason(t, err, location.NoKey, "snapshot.yaml", "notes, recipe.yaml")
	_, err = location.ReadConfigMap(t.Context(), nobody, ref, location.SnapshotKey)
	checkReason(t, err, location.Forbidden, "get", "configmaps", "errors")
	err = location.WriteConfigMap(t.Context(), nobody, ref, snapshotOf("text"), false)
	checkReason(t, err, location.Forbidden, "configmaps", "errors")
	err = location.WriteConfigMap(t.Context(), admin, location.ConfigMapRef{Namespace: "no-such-namespace", Name: "snapshot"}, snapshotOf("text"), false)
	checkReason(t, err, location.NoNamespace, "no-such-namespace")
}

// The server itself takes what the provider takes for just small enough, and
// refuses one byte more.
func TestConfigMapSize(t *testing.T) {
	t.Parallel()
	_, ref := configMap(t, "size", nil)
	c := connection(t, server.Admin())
	fits := strings.Repeat("x", 1<<20-len("yaml")-len("2026-11-02T09:15:00Z"))
	if err := location.WriteConfigMap(t.Context(), c, ref, snapshotOf(fits), false); err != nil {
		t.Fatal(err)
	}
	checkReason(t, location.WriteConfigMap(t.Context(), c, ref, snapshotOf(fits+"x"), false), location.TooLarge, "1048577", "1048576")

	_, full := configMap(t, "full", map[string]string{"notes": "x"})
	checkReason(t, location.WriteConfigMap(t.Context(), c, full, snapshotOf(fits), false), location.TooLarge)
}

func TestConfigMapImmutable(t *testing.T) {
	t.Parallel()
	object, ref := configMap(t, "immutable", nil)
	c := connection(t, server.Admin())
	immutable := true
	object.Immutable = &immutable
	if _, err := clients(t, server.Admin()).ConfigMaps(ref.Namespace).Update(t.Context(), object, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	checkReason(t, location.WriteConfigMap(t.Context(), c, ref, snapshotOf("text"), false), location.Immutable, "immutable")
}

func checkReason(t *testing.T, err error, reason location.Reason, texts ...string) {
	t.Helper()
	var located *location.Error
	if !errors.As(err, &located) || located.Reason != reason {
		t.Fatalf("error %v, want reason %d", err, reason)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the error lacks %q: %v", text, err)
		}
	}
}
