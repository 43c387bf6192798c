// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// TestExampleManifests decodes the example as an API server would, unknown
// fields refused, and checks it against the server.
func TestExampleManifests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../examples/server/eidos-server.yaml")
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	kinds := map[string]int{}
	for documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		object, kind, err := decoder.Decode(document, nil, nil)
		if err != nil {
			t.Fatalf("%s\n%v", document, err)
		}
		kinds[kind.Kind]++
		if deployment, ok := object.(*appsv1.Deployment); ok {
			checkDeployment(t, deployment)
		}
	}
	for _, kind := range []string{"Deployment", "Service", "NetworkPolicy", "ServiceAccount", "PodDisruptionBudget", "Namespace"} {
		if kinds[kind] != 1 {
			t.Errorf("got %d objects of kind %s, want 1", kinds[kind], kind)
		}
	}
}

func checkDeployment(t *testing.T, deployment *appsv1.Deployment) {
	t.Helper()
	pod := deployment.Spec.Template.Spec
	grace := time.Duration(*pod.TerminationGracePeriodSeconds) * time.Second
	if o := Defaults(); grace <= o.DrainDelay+o.ShutdownTimeout {
		t.Errorf("the grace period %v ends before the shutdown, which may take %v", grace, o.DrainDelay+o.ShutdownTimeout)
	}
	container := pod.Containers[0]
	if !*pod.SecurityContext.RunAsNonRoot || !*container.SecurityContext.ReadOnlyRootFilesystem || *container.SecurityContext.AllowPrivilegeEscalation {
		t.Error("the container has rights that it does not need")
	}
	checkPorts(t, container)
	routes := map[string]bool{}
	for _, rt := range newServer(t).routes() {
		routes[rt.path] = true
	}
	for _, probe := range []*corev1.Probe{container.StartupProbe, container.ReadinessProbe, container.LivenessProbe} {
		if !routes[probe.HTTPGet.Path] {
			t.Errorf("nothing is at %s", probe.HTTPGet.Path)
		}
	}
}

// checkPorts has the variables for addresses name the ports of the container.
func checkPorts(t *testing.T, container corev1.Container) {
	t.Helper()
	addresses := map[string]string{}
	for _, variable := range container.Env {
		addresses[variable.Name] = variable.Value
	}
	ports := map[string]string{"http": addresses["EIDOS_LISTEN"], "metrics": addresses["EIDOS_METRICS_ADDRESS"]}
	for _, port := range container.Ports {
		if want := fmt.Sprintf(":%d", port.ContainerPort); ports[port.Name] != want {
			t.Errorf("the port %s is %s, and the server listens on %q", port.Name, want, ports[port.Name])
		}
		delete(ports, port.Name)
	}
	if len(ports) > 0 {
		t.Errorf("the container lacks the ports %v", ports)
	}
}
