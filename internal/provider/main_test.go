// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/provider"
)

// Set by TestMain for the tests that run the provider as a process.
var (
	terraformBinary string // Terraform or OpenTofu
	pluginDir       string // holds the provider's binary
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if terraformBinary, err = findTerraform(); err != nil {
		return 0, err
	}
	if pluginDir, err = os.MkdirTemp("", "eidos-plugin-"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(pluginDir)) }()
	if err := os.Chmod(pluginDir, 0o755); err != nil { // other users run it too
		return 0, err
	}
	// Into a directory, so that the name has the suffix that the system wants.
	build := exec.CommandContext(context.Background(), "go", "build", "-o", pluginDir, "../..")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	if err := errors.Join(setAcceptance(terraformBinary), unsetKubernetes()); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// setAcceptance makes the framework's in-process tests use the same binary.
// OpenTofu looks for a provider without a source in its own registry. The CLI
// configuration of whoever runs the tests has no part in them.
func setAcceptance(binary string) error {
	variables := map[string]string{"TF_ACC_TERRAFORM_PATH": binary, "TF_CLI_CONFIG_FILE": os.DevNull}
	if strings.HasPrefix(filepath.Base(binary), "tofu") {
		variables["TF_ACC_PROVIDER_NAMESPACE"] = "hashicorp"
		variables["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
	}
	for name, value := range variables {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// unsetKubernetes keeps the tests away from the cluster of whoever runs them.
func unsetKubernetes() error {
	var errs []error
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "KUBE_") {
			errs = append(errs, os.Unsetenv(name))
		}
	}
	return errors.Join(errs...)
}

func findTerraform() (string, error) {
	if binary := os.Getenv("TERRAFORM"); binary != "" {
		return binary, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if binary, err := exec.LookPath(name); err == nil {
			return binary, nil
		}
	}
	return "", fmt.Errorf("neither terraform nor tofu is on PATH; run make test, which builds OpenTofu when needed")
}

// check runs steps against the provider in this process.
func check(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"eidos": providerserver.NewProtocol6WithError(provider.New("test", "")()),
		},
		Steps: steps,
	})
}

// requireEidos is the head of every configuration that runs in a process.
const requireEidos = `
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}
`

// recipeConfig is a recipe whose default bundlers are both operators.
const recipeConfig = `
data "eidos_recipe" "test" {
  service            = "aks"
  os                 = "ubuntu"
  gpu                = "h100"
  intent             = "training"
  kubernetes_version = "1.34"
}
`

// bundleConfig is a whole configuration with one bundle written to "out".
const bundleConfig = requireEidos + recipeConfig + `
resource "eidos_bundle" "test" {
  recipe     = data.eidos_recipe.test.yaml
  output_dir = "out"
}
`

// consumerConfig stands for helm_release: what names the release forces a
// replacement, what it holds is updated in place.
const consumerConfig = `
resource "terraform_data" "release" {
  for_each         = eidos_bundle.test.components
  input            = { version = each.value.version, values = each.value.values }
  triggers_replace = [each.value.release_name, each.value.namespace, each.value.chart, each.value.repository]
}
`
