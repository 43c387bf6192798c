// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// TestDocumentsFromAnywhere reads what each flag names from a file, a pipe, a URL and a
// ConfigMap, with the same result.
func TestDocumentsFromAnywhere(t *testing.T) {
	t.Parallel()
	recipe := recipeFile(t)
	bundle := []string{"bundle", "--recipe", recipe}
	for flag, test := range map[string]struct {
		args            []string
		prefix, content string
		key             string // of a ConfigMap
	}{
		"--overlay":   {[]string{"recipe", "--gpu", "h100", "--k8s", "1.34"}, "", driverOverlay, "overlay.yaml"},
		"--values":    {append(slices.Clone(bundle), "--diff", "--output", t.TempDir()), "gpu-operator=", "toolkit: {enabled: false}\n", "values.yaml"},
		"--object":    {append(slices.Clone(bundle), "--diff", "--output", t.TempDir()), "network-operator/nicclusterpolicy=", "metadata: {labels: {team: gpu}}\n", "object.yaml"},
		"--placement": {append(slices.Clone(bundle), "--diff", "--output", t.TempDir()), "", "system: {node_selector: {pool: system}}\n", "placement.yaml"},
		"--registry":  {append(slices.Clone(bundle), "--images"), "", "mirror: mirror.example.com\n", "registry.yaml"},
	} {
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, test.content) }))
		t.Cleanup(web.Close)
		cluster := newAPIServer(t, test.key, test.content)
		dir := plant(t, map[string]string{"document": test.content, "config": cluster.kubeconfig("token")})
		args := append(test.args, "--kubeconfig", filepath.Join(dir, "config"), flag)
		want := run(t, append(args, test.prefix+filepath.Join(dir, "document"))...)
		want.check(t, cli.ExitOK)
		if plain := run(t, test.args...); plain.stdout == want.stdout {
			t.Errorf("%s changes nothing", flag)
		}
		for _, at := range []string{"-", web.URL + "/document", "cm://gpus/eidos"} {
			got := session{stdin: test.content}.run(t, append(args, test.prefix+at)...)
			got.check(t, cli.ExitOK)
			equal(t, want.stdout, got.stdout)
		}
	}
}
