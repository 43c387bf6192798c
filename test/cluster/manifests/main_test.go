// SPDX-License-Identifier: Apache-2.0

// Package manifests_test applies manifests with the real provider to a real
// kube-apiserver. It has no controllers, so the tests play those that set a status.
package manifests_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/fixture"
	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/terraform"
)

var (
	server  *apiserver.Server
	plugins string // directory of the provider's binary
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if plugins, err = os.MkdirTemp("", "eidos-manifests-"); err == nil {
		defer func() { _ = os.RemoveAll(plugins) }()
		err = terraform.Build(context.Background(), "../../..", plugins)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return apiserver.Main(m, func(s *apiserver.Server) { server = s })
}

// stage is a configuration with one resource, and the cluster that it is for.
type stage struct {
	*terraform.Workspace
	t         *testing.T
	kube      client.Client
	namespace string
	config    string // of the provider
}

// newStage makes a configuration for manifests in a namespace of their own.
func newStage(t *testing.T, namespace string, user *rest.Config) *stage {
	t.Helper()
	s := &stage{t: t, kube: fixture.NewClient(t, server.Admin()), namespace: namespace}
	s.connect(apiserver.Kubeconfig(t, user))
	s.Workspace = terraform.NewWorkspace(t, plugins, s.config)
	return s
}

func (s *stage) connect(kubeconfig string) {
	s.config = fmt.Sprintf(`
terraform {
  required_providers {
    eidos = { source = "cloud-native-stack/eidos" }
  }
}

provider "eidos" {
  kubernetes = { config_path = %q }
}
`, kubeconfig)
}

// set writes the configuration with these manifests, whose word NS is the namespace,
// and more arguments.
func (s *stage) set(arguments string, manifests map[string]string) {
	s.t.Helper()
	s.Write(s.t, "main.tf", s.config+resource("this", arguments, s.inNamespace(manifests)))
}

func (s *stage) inNamespace(manifests map[string]string) map[string]string {
	named := map[string]string{}
	for key, manifest := range manifests {
		named[key] = strings.ReplaceAll(manifest, "NS", s.namespace)
	}
	return named
}

func resource(name, arguments string, manifests map[string]string) string {
	var entries strings.Builder
	for key, manifest := range manifests {
		fmt.Fprintf(&entries, "    %q = %q\n", key, manifest)
	}
	return fmt.Sprintf("\nresource \"eidos_manifests\" %q {\n  manifests = {\n%s  }\n  %s\n}\n", name, entries.String(), arguments)
}

// plan makes a plan, which has to succeed.
func (s *stage) plan() terraform.Result {
	s.t.Helper()
	r := s.Run(s.t, "plan", "-input=false", "-no-color")
	if r.Code != 0 {
		s.t.Fatalf("the plan failed:\n%s%s", r.Stdout, r.Stderr)
	}
	return r
}

func (s *stage) checkEmptyPlan() {
	s.t.Helper()
	if r := s.Run(s.t, "plan", "-input=false", "-detailed-exitcode", "-no-color"); r.Code != 0 {
		s.t.Errorf("the plan is not empty:\n%s%s", r.Stdout, r.Stderr)
	}
}

func (s *stage) destroy() terraform.Result {
	s.t.Helper()
	r := s.Run(s.t, "destroy", "-auto-approve", "-input=false", "-no-color")
	if r.Code != 0 {
		s.t.Fatalf("destroying failed:\n%s%s", r.Stdout, r.Stderr)
	}
	return r
}

// checkSays fails unless a command printed all of these texts.
func checkSays(t *testing.T, r terraform.Result, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !r.Says(text) {
			t.Errorf("the output lacks %q:\n%s%s", text, r.Stdout, r.Stderr)
		}
	}
}

// object reads a manifest, whose word NS is the namespace.
func (s *stage) object(manifest string) *unstructured.Unstructured {
	s.t.Helper()
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(manifest, "NS", s.namespace)), &object.Object); err != nil {
		s.t.Fatal(err)
	}
	return object
}

// live returns what the cluster holds of the object of a manifest, nil for nothing.
func (s *stage) live(manifest string) *unstructured.Unstructured {
	s.t.Helper()
	object := s.object(manifest)
	err := s.kube.Get(s.t.Context(), client.ObjectKeyFromObject(object), object)
	if client.IgnoreNotFound(err) != nil {
		s.t.Fatal(err)
	}
	if err != nil {
		return nil
	}
	return object
}

// create makes the object of a manifest as somebody else.
func (s *stage) create(manifest string) {
	s.t.Helper()
	fixture.Create(s.t, server.Admin(), s.object(manifest))
}

// edit changes an object in the cluster as somebody else.
func (s *stage) edit(manifest string, change func(object map[string]any)) {
	s.t.Helper()
	object := s.live(manifest)
	change(object.Object)
	if err := s.kube.Update(s.t.Context(), object, client.FieldOwner("kubectl-edit")); err != nil {
		s.t.Fatal(err)
	}
}

// setStatus plays the controller of an object.
func (s *stage) setStatus(manifest string, status map[string]any) {
	s.t.Helper()
	object := s.live(manifest)
	object.Object["status"] = status
	if err := s.kube.Status().Update(s.t.Context(), object, client.FieldOwner("controller")); err != nil {
		s.t.Fatal(err)
	}
}
