// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

const guides = "../../../templates/guides/"

// blocks are those of a page in a language, in order and without their indentation.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, block := range regexp.MustCompile("(?ms)^( *)```"+language+"\n(.*?)^ *```$").FindAllStringSubmatch(string(text), -1) {
		all = append(all, regexp.MustCompile("(?m)^"+block[1]).ReplaceAllString(block[2], ""))
	}
	if len(all) == 0 {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return all
}

// prompt is somebody who follows a page: a home directory with a kubeconfig, and a
// workspace.
type prompt struct {
	*terraform.Workspace
	home     string
	programs []string
}

// newPrompt has no configuration yet.
func newPrompt(t *testing.T, config *rest.Config) *prompt {
	t.Helper()
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, ".kube"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(apiserver.Kubeconfig(t, config), filepath.Join(home, ".kube", "config")); err != nil {
		t.Fatal(err)
	}
	kubectl, err := apiserver.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	return &prompt{terraform.NewWorkspace(t, plugins, "", "HOME="+home), home, []string{filepath.Dir(kubectl)}}
}

// program adds one to those of the prompt.
func (p *prompt) program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	p.programs = slices.Insert(p.programs, 0, dir)
}

// types is what comes of commands that somebody types. Providers need no init here, where
// they are built: modules do.
func (p *prompt) types(t *testing.T, commands string) terraform.Result {
	t.Helper()
	return p.Shell(t, strings.ReplaceAll(commands, "terraform init\n", "terraform get\n"), p.programs...)
}

// must types commands that have to succeed.
func (p *prompt) must(t *testing.T, commands string) terraform.Result {
	t.Helper()
	r := p.types(t, commands)
	if r.Code != 0 {
		t.Fatalf("%s\nends with %d:\n%s%s", commands, r.Code, r.Stdout, r.Stderr)
	}
	return r
}

// useModule takes the module of this repository, and charts of a repository.
func (p *prompt) useModule(t *testing.T, repository string) {
	t.Helper()
	module, err := filepath.Abs("../../../modules/gpu-stack")
	if err != nil {
		t.Fatal(err)
	}
	p.Write(t, "override.tf", fmt.Sprintf("module \"gpu_stack\" {\n  source   = %q\n  registry = { chart_repositories = { \"*\" = %q } }\n}\n", module, repository))
}
