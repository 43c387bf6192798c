// SPDX-License-Identifier: Apache-2.0

package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

const (
	examples = "../../examples"
	image    = "ghcr.io/cloud-native-stack/eidos"
)

// kubectl runs it as the administrator of the shared server, and returns what it
// writes.
func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	program, err := apiserver.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"--kubeconfig", apiserver.Kubeconfig(t, server.Admin())}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// images are those of manifests, in order.
func images(manifests string) (all []string) {
	for line := range strings.Lines(manifests) {
		if _, name, ok := strings.Cut(line, " image: "); ok {
			all = append(all, strings.TrimSpace(name))
		}
	}
	return all
}

// The server's example is created whole, in a namespace that enforces, warns of and
// audits what is restricted.
func TestServerExampleIsApplied(t *testing.T) {
	t.Parallel()
	out := kubectl(t, "apply", "--kustomize", filepath.Join(examples, "server"))
	if strings.Contains(out, "Warning") || strings.Count(out, " created\n") != 6 {
		t.Errorf("applying the server:\n%s", out)
	}
}

// A release has the examples with its image by its digest, and they are otherwise
// those of the repository.
func TestReleaseManifests(t *testing.T) {
	t.Parallel()
	digest := "sha256:" + strings.Repeat("0123456789abcdef", 4)
	out, unpacked := t.TempDir(), t.TempDir()
	run := func(program string, args ...string) {
		t.Helper()
		if text, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", program, err, text)
		}
	}
	archive := filepath.Join(out, "eidos_9.9.9_manifests.tar.gz")
	run("../../scripts/release-manifests.sh", out, "9.9.9", digest)
	first, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	run("../../scripts/release-manifests.sh", out, "9.9.9", digest)
	if again, err := os.ReadFile(archive); err != nil || string(again) != string(first) {
		t.Errorf("the archive has other bytes when it is made again: %v", err)
	}
	run("tar", "--extract", "--gzip", "--file", archive, "--directory", unpacked)
	for _, example := range []string{"agent", "server"} {
		ours, released := kubectl(t, "kustomize", filepath.Join(examples, example)), kubectl(t, "kustomize", filepath.Join(unpacked, example))
		want := []string{image + ":9.9.9@" + digest}
		if diff := cmp.Diff(want, images(released)); diff != "" {
			t.Errorf("%s, images (-want +got):\n%s", example, diff)
		}
		if diff := cmp.Diff(strings.Replace(ours, images(ours)[0], want[0], 1), released); diff != "" {
			t.Errorf("%s (-ours +released):\n%s", example, diff)
		}
	}
	for _, args := range [][]string{{out, "9.9.9", "sha256:x"}, {out, "a/b"}} {
		if text, err := exec.CommandContext(t.Context(), "../../scripts/release-manifests.sh", args...).CombinedOutput(); err == nil {
			t.Errorf("%v is accepted:\n%s", args, text)
		}
	}
}
