// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
)

// workspace is a directory in which the real Terraform runs the built provider,
// as a user would.
type workspace struct {
	t   *testing.T
	dir string
	env []string
	// prepare may change a command before it runs.
	prepare func(*exec.Cmd)
}

// newWorkspace writes the files, usually main.tf, into a new directory.
func newWorkspace(t *testing.T, files map[string]string) *workspace {
	t.Helper()
	w := &workspace{t: t, dir: t.TempDir()}
	w.usePlugins(pluginDir)
	for name, content := range files {
		w.write(name, content)
	}
	return w
}

// usePlugins takes the provider from another directory.
func (w *workspace) usePlugins(dir string) {
	w.t.Helper()
	config := filepath.Join(w.t.TempDir(), "cli.tfrc")
	content := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"cloud-native-stack/eidos\" = %q\n  }\n  direct {}\n}\n", dir)
	if err := os.WriteFile(config, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Chmod(config, 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
}

func (w *workspace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w *workspace) write(name, content string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) read(name string) string {
	w.t.Helper()
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(content)
}

func (w *workspace) remove(name string) {
	w.t.Helper()
	if err := os.RemoveAll(w.path(name)); err != nil {
		w.t.Fatal(err)
	}
}

// files lists the regular files below a directory, sorted; none when it is
// missing.
func (w *workspace) files(name string) []string {
	w.t.Helper()
	var files []string
	err := filepath.WalkDir(w.path(name), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		relative, err := filepath.Rel(w.path(name), path)
		files = append(files, filepath.ToSlash(relative))
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// result is what a command of Terraform printed and how it ended.
type result struct {
	output string // stdout and stderr
	stdout []byte
	code   int
}

// terraform runs a command whatever its outcome.
func (w *workspace) terraform(args ...string) result {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), terraformBinary, args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	if w.prepare != nil {
		w.prepare(cmd)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatalf("running %v: %v", args, err)
	}
	return result{output: stdout.String() + stderr.String(), stdout: stdout.Bytes(), code: cmd.ProcessState.ExitCode()}
}

// must runs a command that has to succeed.
func (w *workspace) must(args ...string) result {
	w.t.Helper()
	r := w.terraform(args...)
	if r.code != 0 {
		w.t.Fatalf("terraform %s failed:\n%s", strings.Join(args, " "), r.output)
	}
	return r
}

// fails runs a command that has to fail with all these texts, whatever the
// line breaks of the diagnostic.
func (w *workspace) fails(args []string, texts ...string) {
	w.t.Helper()
	r := w.terraform(args...)
	if r.code == 0 {
		w.t.Fatalf("terraform %s succeeded, want an error:\n%s", strings.Join(args, " "), r.output)
	}
	w.contains(r, texts...)
}

func (w *workspace) contains(r result, texts ...string) {
	w.t.Helper()
	flat := flatten(r.output)
	for _, text := range texts {
		if !strings.Contains(flat, flatten(text)) {
			w.t.Errorf("the output does not say %q:\n%s", text, r.output)
		}
	}
}

var decoration = regexp.MustCompile("\x1b\\[[0-9;]*m|[│╷╵]")

// flatten undoes the colors, the frame and the line breaks of diagnostics.
func flatten(s string) string {
	return strings.Join(strings.Fields(decoration.ReplaceAllString(s, "")), " ")
}

func (w *workspace) apply(args ...string) {
	w.t.Helper()
	w.must(append([]string{"apply", "-auto-approve", "-input=false"}, args...)...)
}

// unchanged fails unless a plan says that nothing is to be done.
func (w *workspace) unchanged() {
	w.t.Helper()
	if r := w.terraform("plan", "-input=false", "-detailed-exitcode"); r.code != 0 {
		w.t.Errorf("want an empty plan, got:\n%s", r.output)
	}
}

// plan is the part of `terraform show -json` that the tests read.
type plan struct {
	ResourceChanges []resourceChange `json:"resource_changes"`
}

type resourceChange struct {
	Address string `json:"address"`
	Change  change `json:"change"`
}

type change struct {
	Actions      []string       `json:"actions"`
	Before       map[string]any `json:"before"`
	After        map[string]any `json:"after"`
	AfterUnknown map[string]any `json:"after_unknown"`
}

// plan makes a plan, keeps it as plan.bin, and returns its changes by address.
func (w *workspace) plan(args ...string) map[string]change {
	w.t.Helper()
	w.must(append([]string{"plan", "-input=false", "-out=plan.bin"}, args...)...)
	return w.showPlan()
}

func (w *workspace) showPlan() map[string]change {
	w.t.Helper()
	var p plan
	if err := json.Unmarshal(w.must("show", "-json", "plan.bin").stdout, &p); err != nil {
		w.t.Fatal(err)
	}
	changes := make(map[string]change, len(p.ResourceChanges))
	for _, rc := range p.ResourceChanges {
		changes[rc.Address] = rc.Change
	}
	return changes
}

// actions fails unless the plan does exactly this: address = actions joined by
// a comma. What is not listed must be a no-op.
func actions(t *testing.T, changes map[string]change, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for address, c := range changes {
		if joined := strings.Join(c.Actions, ","); joined != "no-op" && joined != "read" {
			got[address] = joined
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("planned actions: got %v, want %v", got, want)
	}
}

// texts returns a map attribute of the planned or prior state.
func texts(values map[string]any, attribute string) map[string]string {
	attributes, _ := values[attribute].(map[string]any)
	result := make(map[string]string, len(attributes))
	for key, value := range attributes {
		result[key], _ = value.(string)
	}
	return result
}

// noUnknown fails on any "(known after apply)" in a plan, at whatever depth.
type noUnknown struct{}

func (noUnknown) CheckPlan(_ context.Context, req plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	for _, rc := range req.Plan.ResourceChanges {
		if at := firstUnknown(rc.Address, rc.Change.AfterUnknown); at != "" {
			resp.Error = fmt.Errorf("%s is known only after apply", at)
			return
		}
	}
}

func firstUnknown(at string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return at
		}
	case map[string]any:
		for key, child := range v {
			if found := firstUnknown(at+"."+key, child); found != "" {
				return found
			}
		}
	case []any:
		for i, child := range v {
			if found := firstUnknown(fmt.Sprintf("%s[%d]", at, i), child); found != "" {
				return found
			}
		}
	}
	return ""
}

func workingDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
