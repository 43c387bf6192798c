// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
)

func TestInCluster(t *testing.T) {
	t.Parallel()
	pod := env("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443")
	dir := t.TempDir()
	wantError := func(want string) {
		t.Helper()
		_, err := cluster.PodConfig(pod, dir)
		var setting *cluster.SettingError
		if !errors.As(err, &setting) || setting.Setting != cluster.InCluster || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q on in_cluster", err, want)
		}
	}
	put := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	wantError("has no token")
	put("token", "t")
	wantError("has no CA")
	put("ca.crt", "ca")
	config, err := cluster.PodConfig(pod, dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(view{Host: "https://[fd00::1]:443", Token: "t", CA: "ca"}, viewOf(t, config)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if config.BearerTokenFile != filepath.Join(dir, "token") {
		t.Errorf("got token file %q: a renewed token would not be read", config.BearerTokenFile)
	}
}
