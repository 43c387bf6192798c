// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
)

func TestAgentFlags(t *testing.T) {
	t.Parallel()
	agent := []string{"--agent", "--namespace", "gpu-operator", "--kubeconfig", "/nonexistent"}
	for name, test := range map[string]struct {
		args []string
		text string
	}{
		"without --agent":      {[]string{"--image", "registry.example/eidos"}, "error: --image is about the agent: use it with --agent"},
		"without a namespace":  {[]string{"--agent"}, "error: --namespace is missing: name the namespace for the agent"},
		"of this machine":      {append(agent, "--host-root", "/"), "error: --host-root is about a snapshot of this machine: leave it out with --agent"},
		"of its units":         {append(agent, "--unit", "kubelet"), "error: --unit is about a snapshot of this machine"},
		"of its collectors":    {append(agent, "--fail-fast"), "error: --fail-fast is about a snapshot of this machine"},
		"for a container":      {append(agent, "--framed"), "error: --framed is about a snapshot of this machine"},
		"wrong namespace":      {[]string{"--agent", "--namespace", "A b"}, `error: --namespace: "A b": a lowercase`},
		"wrong name":           {append(agent, "--name", "A"), `error: --name: "A": a lowercase`},
		"node and nodes":       {append(agent, "--node-name", "a", "--all-nodes"), "error: --node-name: set either --node-name, or --node-selector and --all-nodes"},
		"no value":             {append(agent, "--node-selector", "pool"), `error: --node-selector "pool": want KEY=VALUE, each key once`},
		"a label twice":        {append(agent, "--node-selector", "pool=a,pool=b"), `error: --node-selector "pool=b": want KEY=VALUE, each key once`},
		"no effect":            {append(agent, "--tolerations", "dedicated:"), `error: --tolerations "dedicated:": want KEY=VALUE:EFFECT`},
		"wrong effect":         {append(agent, "--tolerations", "dedicated:Never"), `error: --tolerations: effect "Never": use NoSchedule`},
		"a toleration twice":   {append(agent, "--tolerations", "a,a"), `error: --tolerations "a" is given twice`},
		"none at a time":       {append(agent, "--all-nodes", "--parallel", "0"), "error: --parallel is how many of all nodes"},
		"one of one at a time": {append(agent, "--parallel", "2"), "use it with --all-nodes"},
		"less than none":       {append(agent, "--all-nodes", "--parallel", "-1"), "error: --parallel: -1: at least one node"},
		"no time":              {append(agent, "--timeout", "0s"), "error: --timeout 0s"},
		"no such collector":    {append(agent, "--collectors", "OS/grubb"), `error: --collectors: "OS/grubb" is not a collector`},
		"white space":          {append(agent, "--image", "a b"), `error: --image: "a b": the name of an image has no white space`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, append([]string{"snapshot"}, test.args...)...)
			o.check(t, cli.ExitUsage, test.text)
			o.silent(t)
			if lines := strings.Count(o.stderr, "\n"); lines != 1 {
				t.Errorf("%d lines:\n%s", lines, o.stderr)
			}
		})
	}
}

// A build that nobody published has no image.
func TestAgentImageOfBuild(t *testing.T) {
	t.Parallel()
	o := session{version: "dev"}.run(t, "snapshot", "--agent", "--namespace", "gpu-operator")
	o.check(t, cli.ExitUsage, "error: --image is missing: this eidos is the build dev, which has no published image")
	o.silent(t)
}
