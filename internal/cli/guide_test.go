// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGuide runs every example of the guide (```sh), one after the other in one
// directory, as a reader would.
func TestGuide(t *testing.T) {
	t.Parallel()
	guide := contents(t, filepath.Join("..", "..", "templates", "guides", "command.md.tmpl"))
	dir := t.TempDir()
	examples := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(guide, -1)
	if len(examples) == 0 {
		t.Fatal("the guide has no examples")
	}
	for _, example := range examples {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", example[1])
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, "KUBECONFIG=", "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s\n%s", err, example[1], out)
		}
		if strings.Contains(string(out), "error:") {
			t.Errorf("%s\n%s", example[1], out)
		}
	}
}

// TestReadme runs the example of the front page.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme := contents(t, filepath.Join("..", "..", "README.md"))
	example := regexp.MustCompile("(?ms)^```sh\n(eidos .*?)^```$").FindStringSubmatch(readme)
	if example == nil {
		t.Fatal("the front page has no example of the command")
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", example[1])
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestPipeOnNode runs the pipe of the help and of the guide on a node with a GPU
// and without a connection to its cluster.
func TestPipeOnNode(t *testing.T) {
	t.Parallel()
	guide := contents(t, filepath.Join("..", "..", "templates", "guides", "command.md.tmpl"))
	pipe := regexp.MustCompile(`(?m)^eidos snapshot \|.*$`).FindString(guide)
	if pipe == "" || !strings.Contains(must(t, "--help"), "  "+pipe+"\n") {
		t.Fatalf("the help does not show the pipe of the guide: %q", pipe)
	}
	const device = "sys/bus/pci/devices/0000:0a:00.0/"
	root := plant(t, map[string]string{
		"etc/os-release":            "ID=ubuntu\nVERSION_ID=\"24.04\"\n",
		"proc/cmdline":              "BOOT_IMAGE=/boot/vmlinuz-6.8.0-1028-aws quiet\n",
		"proc/modules":              "nvidia 1 0 - Live 0x0\n",
		"proc/sys/kernel/osrelease": "6.8.0-1028-aws\n",
		device + "vendor":           "0x10de\n",
		device + "device":           "0x2330\n",
		device + "class":            "0x030200\n",
	})
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", strings.Replace(pipe, "eidos snapshot", "eidos snapshot --host-root "+root, 1))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "KUBECONFIG=", "KUBERNETES_SERVICE_HOST=", "PATH="+filepath.Dir(binary)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, pipe, out)
	}
	if !names(t, filepath.Join(dir, "out"))["gpu-operator/values.yaml"] {
		t.Errorf("the bundle has %v", names(t, dir))
	}
}
