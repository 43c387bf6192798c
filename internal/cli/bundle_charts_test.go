// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

// chartArchive is the archive of a chart with nothing but its name.
func chartArchive(t *testing.T, name, version string) string {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	packed := tar.NewWriter(zipped)
	text := fmt.Sprintf("apiVersion: v2\nname: %s\nversion: %s\n", name, version)
	err := packed.WriteHeader(&tar.Header{Name: name + "/Chart.yaml", Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg})
	if err == nil {
		_, err = packed.Write([]byte(text))
	}
	if err := errors.Join(err, packed.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestBundleWithCharts: a bundle for a site without the internet holds its charts, and
// no file of it names a public host but for what the chart's own objects say of parts
// that are off.
func TestBundleWithCharts(t *testing.T) {
	t.Parallel()
	archive := chartArchive(t, "gpu-operator", "v26.7.0")
	dir := plant(t, map[string]string{
		"charts/gpu-operator-v26.7.0.tgz": archive,
		"charts/index.yaml":               fmt.Sprintf("entries: {gpu-operator: [{version: v26.7.0, urls: [gpu-operator-v26.7.0.tgz], digest: %x}]}\n", sha256.Sum256([]byte(archive))),
		"registry.yaml":                   "mirror: registry.example.com\npackages: {gpu_config_map: packages}\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, "recipe", "--service", "eks", "--os", "ubuntu", "--gpu", "h100", "--intent", "training", "--k8s", "1.34", "--release", "gpu-operator=v26.7.0", "--output", at("recipe.yaml"))
	flags := []string{"bundle", "--recipe", at("recipe.yaml"), "--bundlers", "gpu-operator", "--registry", at("registry.yaml"), "--vendor-charts", at("charts"), "--ignore-findings", "image-not-listed"}
	run(t, append(flags, "--output", at("out"))...).check(t, cli.ExitOK)

	if contents(t, at("out/gpu-operator/charts/gpu-operator.tgz")) != archive {
		t.Error("the chart of the bundle is another one")
	}
	for name := range names(t, at("out")) {
		for number, line := range strings.Split(contents(t, filepath.Join(at("out"), name)), "\n") {
			for _, host := range []string{"nvcr.io", "helm.ngc.nvidia.com", "registry.k8s.io", "ghcr.io", "quay.io", "docker.io"} {
				if strings.Contains(line, host) && name != "gpu-operator/manifests/clusterpolicy.yaml" {
					t.Errorf("%s:%d: %s", name, number+1, line)
				}
			}
		}
	}
	script := exec.CommandContext(t.Context(), at("out/gpu-operator/scripts/install.sh"), "--dry-run")
	script.Dir = t.TempDir()
	printed, err := script.CombinedOutput()
	if want := "helm upgrade --install gpu-operator " + at("out/gpu-operator") + "/./charts/gpu-operator.tgz --version v26.7.0"; err != nil || !strings.Contains(string(printed), want) {
		t.Errorf("%v, got\n%swant %q in it", err, printed, want)
	}
	run(t, "verify", at("out")).check(t, cli.ExitOK)

	for name, test := range map[string]struct {
		flags []string
		want  string
	}{
		"a chart lacks": {[]string{"--bundlers", "aws-efa-k8s-device-plugin"}, `the repository has no chart "aws-efa-k8s-device-plugin": run helm pull for it`},
		"another form":  {[]string{"--format", "argocd"}, "for argocd, name a repository in chart_repositories"},
	} {
		run(t, append(append([]string{}, flags...), append(test.flags, "--output", at("not"))...)...).check(t, cli.ExitUsage, test.want)
		if _, err := os.Stat(at("not")); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
	run(t, "bundle", "--recipe", at("recipe.yaml"), "--vendor-charts", dir).check(t, cli.ExitUsage, "--vendor-charts "+dir+": it has no index.yaml")
}
