// SPDX-License-Identifier: Apache-2.0

// Package terraform runs the real Terraform or OpenTofu with the provider built
// from this repository, as a user would.
package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Build builds the provider of the repository at root into a directory.
func Build(ctx context.Context, root, plugins string) error {
	return build(ctx, root, filepath.Join(plugins, "terraform-provider-eidos"), ".")
}

// BuildHelm builds the stand-in for HashiCorp's provider helm next to it: a
// configuration with hashicorp/helm gets that.
func BuildHelm(ctx context.Context, root, plugins string) error {
	return build(ctx, filepath.Join(root, "test", "cluster"), filepath.Join(plugins, "terraform-provider-helm"), "./helmprovider")
}

// BuildCommand builds the command into a directory.
func BuildCommand(ctx context.Context, root, dir string) error {
	return build(ctx, root, filepath.Join(dir, "eidos"), "./cmd/eidos")
}

func build(ctx context.Context, dir, binary, source string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return fmt.Errorf("building %s: %w", binary, err)
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, source) //nolint:gosec // the paths are the test's own
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", filepath.Base(binary), err, out)
	}
	return nil
}

// find takes $TERRAFORM, else what is on PATH.
func find() (string, error) {
	if binary := os.Getenv("TERRAFORM"); binary != "" {
		return binary, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if binary, err := exec.LookPath(name); err == nil {
			return binary, nil
		}
	}
	return "", fmt.Errorf("neither terraform nor tofu is on PATH; run make test-cluster, which builds OpenTofu when needed")
}

// Workspace is a directory with a configuration.
type Workspace struct {
	dir       string
	terraform string
	env       []string
}

// NewWorkspace writes main.tf into a new directory. The providers come from the
// directory that Build and BuildHelm filled. The environment is that of the tests
// without variables that name a cluster or set up Helm, which has a cache of the
// workspace's own, and with those in env ("NAME=value").
func NewWorkspace(tb testing.TB, plugins, main string, env ...string) *Workspace {
	tb.Helper()
	binary, err := find()
	if err != nil {
		tb.Fatal(err)
	}
	w := &Workspace{dir: tb.TempDir(), terraform: binary}
	config := filepath.Join(tb.TempDir(), "cli.tfrc")
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"cloud-native-stack/eidos\" = %[1]q\n    \"hashicorp/helm\" = %[1]q\n  }\n  direct {}\n}\n", plugins)
	if err := os.WriteFile(config, []byte(overrides), 0o600); err != nil {
		tb.Fatal(err)
	}
	w.env = append(withoutCluster(os.Environ()), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	for _, kind := range []string{"CACHE", "CONFIG", "DATA"} {
		w.env = append(w.env, "HELM_"+kind+"_HOME="+tb.TempDir())
	}
	w.env = append(w.env, env...)
	w.Write(tb, "main.tf", main)
	return w
}

// withoutCluster drops what would connect to a cluster of the developer's, and what
// sets up Helm.
func withoutCluster(environ []string) []string {
	return slices.DeleteFunc(environ, func(variable string) bool {
		return strings.HasPrefix(variable, "KUBE") || strings.HasPrefix(variable, "HELM_")
	})
}

// Path is where a file of the workspace lies.
func (w *Workspace) Path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// Write writes a file of the workspace.
func (w *Workspace) Write(tb testing.TB, name, content string) {
	tb.Helper()
	if err := os.WriteFile(w.Path(name), []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// Read returns a file of the workspace.
func (w *Workspace) Read(tb testing.TB, name string) string {
	tb.Helper()
	content, err := os.ReadFile(w.Path(name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(content)
}

// Result is what a command of Terraform printed and how it ended.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// Says tells whether the command printed the text, whatever the frames, colors
// and line breaks of its diagnostics.
func (r Result) Says(text string) bool {
	return strings.Contains(flatten(r.Stdout+r.Stderr), flatten(text))
}

// Command is one that has not been started.
func (w *Workspace) Command(tb testing.TB, args ...string) *exec.Cmd {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), w.terraform, args...) //nolint:gosec // the tests choose both
	cmd.Dir, cmd.Env = w.dir, w.env
	return cmd
}

// Run runs a command whatever its outcome.
func (w *Workspace) Run(tb testing.TB, args ...string) Result {
	tb.Helper()
	return run(tb, w.Command(tb, args...))
}

func run(tb testing.TB, cmd *exec.Cmd) Result {
	tb.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		tb.Fatalf("running %v: %v", cmd.Args, err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: cmd.ProcessState.ExitCode()}
}

// Shell runs commands as somebody at a prompt of the workspace does who stops at the
// first that fails. On the PATH are terraform, whichever it is, and the programs of
// the directories.
func (w *Workspace) Shell(tb testing.TB, commands string, directories ...string) Result {
	tb.Helper()
	programs := tb.TempDir()
	if err := os.Symlink(w.terraform, filepath.Join(programs, "terraform")); err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), "sh", "-euc", commands) //nolint:gosec // the tests choose them
	path := append(append([]string{programs}, directories...), os.Getenv("PATH"))
	cmd.Dir, cmd.Env = w.dir, append(w.env, "PATH="+strings.Join(path, string(os.PathListSeparator)))
	return run(tb, cmd)
}

// Apply applies the configuration, which has to succeed.
func (w *Workspace) Apply(tb testing.TB) Result {
	tb.Helper()
	return w.must(tb, "apply", "-auto-approve", "-input=false")
}

// ApplyFails applies a configuration whose errors have to say these texts.
func (w *Workspace) ApplyFails(tb testing.TB, texts ...string) Result {
	tb.Helper()
	r := w.Run(tb, "apply", "-auto-approve", "-input=false")
	if r.Code == 0 {
		tb.Fatalf("the apply succeeded, want an error:\n%s", r.Stdout)
	}
	for _, text := range texts {
		if !r.Says(text) {
			tb.Errorf("the error does not say %q:\n%s", text, r.Stderr)
		}
	}
	return r
}

// Output decodes an output of the applied configuration.
func (w *Workspace) Output(tb testing.TB, name string, into any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(w.must(tb, "output", "-json", name).Stdout), into); err != nil {
		tb.Fatal(err)
	}
}

func (w *Workspace) must(tb testing.TB, args ...string) Result {
	tb.Helper()
	r := w.Run(tb, args...)
	if r.Code != 0 {
		tb.Fatalf("terraform %s failed:\n%s%s", strings.Join(args, " "), r.Stdout, r.Stderr)
	}
	return r
}

func flatten(text string) string {
	decoration := regexp.MustCompile("\x1b\\[[0-9;]*m|[│╷╵]")
	return strings.Join(strings.Fields(decoration.ReplaceAllString(text, "")), " ")
}
