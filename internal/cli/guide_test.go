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
