// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"fmt"
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// hostileTexts would change the structure of a file if they were pasted.
func hostileTexts() []string {
	return []string{
		"a\nb: c\n", "x\n---\nkind: Secret\n", `"; rm -rf / #`, "'; touch pwned; '", "$(touch pwned)", "`touch pwned`", "{{ .Chart }}{{ template \"x\" }}",
		"../../etc/passwd", "| a | b |\n|---|", "```\nsh\n```", "<script>alert(1)</script>", "# comment\r\nkey: value", "\u2028key: value", "%YAML 1.1", "&a *a !!int", "null", "on", "1.10", "0x10",
		"\x1b[31mred", strings.Repeat("long ", 4_000), strings.Repeat("x", 20_000), "USAGE\nrm -rf /\n",
	}
}

// hostileRecipe puts the text wherever a recipe takes free text.
func hostileRecipe(s *scenario, text string) {
	for _, key := range []string{"toolkit_runtime_config_source", "runtime_class"} {
		s.set(config(key), text)
		s.Recipe = withContext(s.tb, s.Recipe, config(key), text)
	}
	s.set(config("driver_install_dir"), "/a").set(config("toolkit_install_dir"), "/b").set(config("kernel_module_params"), "A=1")
	for _, at := range []k8s{config("driver_install_dir"), config("toolkit_install_dir"), config("kernel_module_params"), config("gds"), config("cdi"), config("rdma"), network("deploy_ofed"), image("driver"), image("gpu-operator"), network("master_interface")} {
		s.Recipe = withContext(s.tb, s.Recipe, at, text)
	}
	for _, key := range []string{"driver", "dcgm", "mofed-driver", "multus-cni", "nvidia-fs"} {
		s.set(image(key), text)
	}
	s.Recipe.Metadata.Version = text
	s.Recipe.Request.OS, s.Recipe.Request.GPU, s.Recipe.Request.Intent = text, text, text
	s.IgnoreFindings = []string{"image-tag-not-of-release", "driver-version-form", "driver-no-container-for-os", "constraint-unmet"}
}

func TestHostileTextStaysData(t *testing.T) {
	t.Parallel()
	plain := contents(render(t, newScenario(t, func(s *scenario) { hostileRecipe(s, "ordinary") }).Request))
	for i, text := range hostileTexts() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			b := render(t, newScenario(t, func(s *scenario) { hostileRecipe(s, text) }).Request)
			got := contents(b)
			if diff := cmp.Diff(slices.Sorted(maps.Keys(plain)), slices.Sorted(maps.Keys(got))); diff != "" {
				t.Fatalf("paths (-want +got):\n%s", diff)
			}
			for name := range got {
				checkHostile(t, name, text, plain[name], got[name])
			}
		})
	}
}

func checkHostile(t *testing.T, name, text, plain, got string) {
	t.Helper()
	switch path.Ext(name) {
	case ".yaml":
		if diff := cmp.Diff(replaced(load(t, name, plain), text), load(t, name, got)); diff != "" {
			t.Errorf("%s (-want +got):\n%.2000s", name, diff)
		}
	case ".sh":
		if diff := cmp.Diff(plain, got); diff != "" {
			t.Errorf("%s depends on text of the recipe (-want +got):\n%.2000s", name, diff)
		}
	case ".md":
		if want, have := skeleton(plain), skeleton(got); want != have {
			t.Errorf("%s has another structure (-want +got):\n%.2000s", name, cmp.Diff(want, have))
		}
	}
}

// load decodes a file that holds exactly one document.
func load(t *testing.T, name, text string) any {
	t.Helper()
	var value, second any
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := decoder.Decode(&second); err == nil {
		t.Errorf("%s holds a second document: %.200v", name, second)
	}
	return value
}

// replaced puts the hostile text where the ordinary one stands.
func replaced(value any, text string) any {
	switch value := value.(type) {
	case string:
		return strings.ReplaceAll(value, "ordinary", text)
	case []any:
		for i := range value {
			value[i] = replaced(value[i], text)
		}
	case map[string]any:
		for key := range value {
			value[key] = replaced(value[key], text)
		}
	}
	return value
}

// skeleton is the structure of a Markdown file: for each line its beginning and
// the number of cells.
func skeleton(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		first, _, _ := strings.Cut(line, " ")
		if strings.HasPrefix(line, "|") {
			first = "|"
		}
		fmt.Fprintf(&out, "%s %d %t\n", strings.TrimSpace(first), cells, strings.Contains(line, "<script>"))
	}
	return out.String()
}

// TestShellQuoting runs what a script would get for hostile text.
func TestShellQuoting(t *testing.T) {
	t.Parallel()
	for _, text := range append(hostileTexts(), "", "'", "''", `\`, `'\''`, "-n", "~", "*", "a b", "=") {
		for name, quote := range map[string]func(string) string{"quote": bundle.ShellQuote, "word": bundle.ShellWord} {
			out, err := exec.CommandContext(t.Context(), "bash", "-c", "set -eu; printf %s "+quote(text)).Output()
			if err != nil || string(out) != text {
				t.Errorf("%s(%q) = %s gives %q, %v", name, text, quote(text), out, err)
			}
		}
	}
	if got := bundle.ShellQuote("a\x00b"); got != "'ab'" {
		t.Errorf("a NUL was kept: %q", got)
	}
}
