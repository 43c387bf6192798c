// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/cli"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/compare"
)

// clusterDocument is a snapshot of a whole cluster, with the places of two components
// and more readings of type K8s.
func clusterDocument(gpuOperator, more string) string {
	return `apiVersion: snapshot.dgxc.io/v1
kind: Snapshot
measurements:
- type: K8s
  subtypes:
  - subtype: component
    data: {gpu-operator: ` + gpuOperator + `, network-operator: none}
  - subtype: server
    data: {version: v1.34.2}
` + more
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	const (
		policy = "  - subtype: policy\n    data: {driver.enabled: true}\n"
		plugin = "  - subtype: image\n    data: {k8s-device-plugin: v0.17.1}\n"
	)
	for name, tt := range map[string]struct {
		document string
		flags    []string
		twice    []string // rule and path
		says     []string
		code     int
	}{
		"nothing there":        {document: clusterDocument("none", "")},
		"its own release":      {document: clusterDocument("gpu-operator/gpu-operator", policy)},
		"another release":      {document: clusterDocument("gpu-operator/nvidia", ""), twice: []string{"installed-elsewhere gpu-operator"}, says: []string{"1 of ", " would be there twice"}, code: cli.ExitDifferent},
		"another namespace":    {document: clusterDocument("gpus/gpu-operator", ""), twice: []string{"installed-elsewhere gpu-operator"}, says: []string{"would be there twice"}, code: cli.ExitDifferent},
		"that namespace":       {document: clusterDocument("gpus/gpu-operator", ""), flags: []string{"--namespace", "gpu-operator=gpus"}},
		"one that stays":       {document: clusterDocument("gpus/gpu-operator", ""), flags: []string{"--existing", "gpu-operator", "--bundlers", "network-operator"}},
		"a policy alone":       {document: clusterDocument("none", policy), twice: []string{"policy-exists K8s/image/gpu-operator"}, says: []string{"would be there twice"}, code: cli.ExitDifferent},
		"another plugin":       {document: clusterDocument("none", plugin), twice: []string{"advertised-twice K8s/config/device_plugin_source"}, says: []string{"would be there twice"}, code: cli.ExitDifferent},
		"what is not said":     {document: tunedDocument, says: []string{"the snapshot does not say whether the cluster has gpu-operator"}, code: cli.ExitFailure},
		"an unknown component": {document: clusterDocument("none", ""), flags: []string{"--bundlers", "gpu-operater"}, says: []string{"--bundlers: ", "gpu-operator"}, code: cli.ExitUsage},
		"a wrong namespace":    {document: clusterDocument("none", ""), flags: []string{"--namespace", "x"}, says: []string{"--namespace"}, code: cli.ExitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, checked(t, tt.document, append([]string{"--preflight", "--format", "json"}, tt.flags...)...)...)
			o.check(t, tt.code, tt.says...)
			if tt.code == cli.ExitUsage {
				return
			}
			var looks []compare.Look
			if err := json.Unmarshal([]byte(o.stdout), &looks); err != nil {
				t.Fatal(err, o.stdout)
			}
			var twice []string
			for _, l := range looks {
				twice = append(twice, l.Rule+" "+l.Path)
				if l.State != compare.Twice || l.Message == "" {
					t.Errorf("got %+v", l)
				}
			}
			equal(t, tt.twice, twice)
		})
	}
}

func TestPreflightForms(t *testing.T) {
	t.Parallel()
	args := checked(t, clusterDocument("gpus/nvidia", ""), "--preflight")
	o := run(t, args...)
	o.check(t, cli.ExitDifferent)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "RULE ") || !strings.Contains(lines[1], "as the Helm release nvidia in the namespace gpus") {
		t.Errorf("got:\n%s", o.stdout)
	}
	if all := run(t, append(args, "--all")...).stdout; !strings.Contains(all, "advertised-twice") || !strings.Contains(all, "clear") {
		t.Errorf("got:\n%s", all)
	}
	o = run(t, append(args, "--format", "junit")...)
	o.check(t, cli.ExitDifferent)
	var suite struct {
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []struct{} `xml:"testcase"`
	}
	if err := xml.Unmarshal([]byte(o.stdout), &suite); err != nil || suite.Failures != 1 || suite.Tests != len(suite.Cases) || suite.Tests < 3 {
		t.Errorf("got %+v, %v", suite, err)
	}
	equal(t, "", must(t, checked(t, clusterDocument("none", ""), "--preflight")...))
	equal(t, "[]\n", must(t, checked(t, clusterDocument("none", ""), "--preflight", "--format", "json")...))
}

func TestPreflightMistakes(t *testing.T) {
	t.Parallel()
	run(t, "check", "--preflight").check(t, cli.ExitUsage, "--recipe is missing")
	run(t, checked(t, tunedDocument, "--existing", "gpu-operator")...).check(t, cli.ExitUsage, "use them with --preflight")
	args := checked(t, tunedDocument, "--preflight")
	run(t, append(args[:3:3], "--preflight")...).check(t, cli.ExitUsage, "--preflight without --snapshot asks the cluster", "--kubeconfig")
}
