// SPDX-License-Identifier: Apache-2.0

package discovery_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/cloud-native-stack/terraform-provider-eidos/test/cluster/apiserver"
)

const guide = "../../../templates/guides/move-node-feature-discovery.md.tmpl"

// step is a step of the guide: the number, and the commands of a shell in it.
type step struct {
	number   string
	commands []string
}

func steps(t *testing.T) []step {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	fence := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	var all []step
	for _, section := range regexp.MustCompile(`(?m)^## `).Split(string(text), -1)[1:] {
		number, _, _ := strings.Cut(section, ".")
		s := step{number: number}
		for _, block := range fence.FindAllStringSubmatch(section, -1) {
			s.commands = append(s.commands, block[1])
		}
		all = append(all, s)
	}
	return all
}

// run runs commands as somebody at a prompt does who stops at the first that fails.
func (s *stage) run(ctx context.Context, commands string) (string, error) {
	t := s.cluster.tb
	t.Helper()
	kubectl, err := apiserver.Kubectl()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "sh", "-euc", commands)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+apiserver.Kubeconfig(t, s.config), "PATH="+strings.Join([]string{s.dir, filepath.Dir(kubectl), os.Getenv("PATH")}, string(os.PathListSeparator)))
	output, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", commands, err, output)
	}
	return string(output), err
}

// applies are what the guide has applied in a step, before its commands.
func (s *stage) applies(t *testing.T) map[string]func() {
	t.Helper()
	return map[string]func(){
		"1": func() {
			s.upgrade(operator, false, testdata(t, "operator.yaml"), discoveryOf(t, operator, operator+"-"+discovery))
		},
		"4": func() { s.upgrade(discovery, false, discoveryOf(t, discovery, discovery)) },
		"5": func() { s.upgrade(operator, false, testdata(t, "operator.yaml")) },
	}
}

// TestGuide follows the guide.
func TestGuide(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	before := s.identities()
	end := s.cluster.watch()
	applies, printed := s.applies(t), map[string]string{}
	var numbers []string
	for _, step := range steps(t) {
		numbers = append(numbers, step.number)
		if apply := applies[step.number]; apply != nil {
			apply()
		}
		for _, commands := range step.commands {
			output, err := s.run(t.Context(), commands)
			if err != nil {
				t.Fatal(err)
			}
			printed[step.number] += output
			s.cluster.settle()
		}
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5"}, numbers); diff != "" {
		t.Errorf("the steps of the guide (-want +got):\n%s", diff)
	}
	if gaps := end(); len(gaps) > 0 {
		t.Errorf("without the label: %v", gaps)
	}
	after := s.identities()
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("what is to survive (-before +after):\n%s", diff)
	}
	s.checkMoved(t, printed)
}

// checkMoved compares what is there, and what the guide shows of it, with what it says.
func (s *stage) checkMoved(t *testing.T, printed map[string]string) {
	t.Helper()
	for number, want := range map[string][]string{
		"2": {"gpu-1", "gpu-2", "gpu-operator-node-feature-discovery-worker", "gpu-operator-node-feature-discovery-master"},
		"3": {"nodefeatures.nfd.k8s-sigs.io serverside-applied"},
		"5": {"gpu-1", "gpu-2", "No resources found", "node-feature-discovery-worker"},
	} {
		for _, text := range want {
			if !strings.Contains(printed[number], text) {
				t.Errorf("step %s does not show %q:\n%s", number, text, printed[number])
			}
		}
	}
	if strings.Contains(printed["5"], "gpu-operator") {
		t.Errorf("at the end, the old release is there:\n%s", printed["5"])
	}
	var features []string
	for _, feature := range s.cluster.features() {
		features = append(features, feature.GetNamespace()+"/"+feature.GetName())
	}
	want := []string{"gpu-operator/gpu-1-rack", "node-feature-discovery/cpu-1", "node-feature-discovery/gpu-1", "node-feature-discovery/gpu-2"}
	if diff := cmp.Diff(want, features); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	var all apiextensionsv1.CustomResourceDefinitionList
	s.cluster.list(&all)
	for _, d := range all.Items {
		if d.Spec.Versions[0].Schema.OpenAPIV3Schema.Description != "new" {
			t.Errorf("%s is that of the old release", d.Name)
		}
	}
}

// identities are the UIDs of the definitions, and of what others have made of them.
func (s *stage) identities() map[string]string {
	uids := map[string]string{}
	for _, kind := range []schema.GroupVersionKind{
		{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinitionList"}, featureKind("NodeFeatureRuleList"), featureKind("NodeFeatureList"),
	} {
		var list unstructured.UnstructuredList
		list.SetGroupVersionKind(kind)
		s.cluster.list(&list)
		for _, object := range list.Items {
			if len(object.GetOwnerReferences()) == 0 {
				uids[nameOf(&object)] = string(object.GetUID())
			}
		}
	}
	return uids
}

// TestOtherWays: what the guide keeps from happening takes labels away, which the watch
// sees.
func TestOtherWays(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(*stage, map[string]func()){
		"uninstalled with its job": func(s *stage, applies map[string]func()) {
			applies["4"]()
			s.uninstall(operator)
		},
		"given up before the new one is there": func(_ *stage, applies map[string]func()) {
			applies["5"]()
			applies["4"]()
		},
		"given up before the new workers have written": func(s *stage, applies map[string]func()) {
			s.cluster.silent[discovery] = true
			applies["4"]()
			applies["5"]()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			end := s.cluster.watch()
			way(s, s.applies(t))
			if gaps := end(); len(gaps) < 2 {
				t.Errorf("two nodes lose their labels, and the watch saw %v", gaps)
			}
		})
	}
}

// TestChecksOfTheGuide: its commands fail where it must not go on.
func TestChecksOfTheGuide(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	all := steps(t)
	fails := func(number, want string) {
		t.Helper()
		for _, step := range all {
			if step.number != number {
				continue
			}
			commands := regexp.MustCompile(`--timeout \d+m`).ReplaceAllString(strings.Join(step.commands, ""), "--timeout 1s")
			if output, err := s.run(t.Context(), commands); err == nil || !strings.Contains(output, want) {
				t.Errorf("step %s: %v, want it to fail and say %q:\n%s", number, err, want, output)
			}
		}
	}
	fails("1", "post-delete")
	fails("4", "not found") // nothing is installed
	s.cluster.silent[discovery] = true
	s.applies(t)["4"]()
	fails("4", "timed out") // the workers run, and have written nothing
}
