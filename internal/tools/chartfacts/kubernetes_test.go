// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const kubernetesFile = "../../engine/component/chart/kubernetes.json"

// The engine's types of Kubernetes are those of the module k8s.io/api.
func TestKubernetesTypes(t *testing.T) {
	t.Parallel()
	got := string(kubernetesTypes().encode())
	if *update {
		writeFile(t, kubernetesFile, got)
	}
	if diff := cmp.Diff(readText(t, kubernetesFile), got); diff != "" {
		t.Errorf("run go test ./internal/tools/chartfacts -update (-embedded +module):\n%s", diff)
	}
}
