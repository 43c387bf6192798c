// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"
	"testing"
)

// createdInTheSameApply stands for a cluster: its output is the server's address,
// known only after apply.
func createdInTheSameApply() string {
	return "resource \"terraform_data\" \"cluster\" {\n  input = " + reach(server.URL(), nil)["host"] + "\n}\n"
}

func TestUnknownConnectionOfTheProvider(t *testing.T) {
	t.Parallel()
	c := withToken(server, "any").with("host", "terraform_data.cluster.output")
	w := newWorkspace(t, snapshotBy(c, "cluster = {}")+createdInTheSameApply())
	w.ApplyFails(t, "Kubernetes Connection Not Known Yet", "kubernetes.host", "two ways out",
		"Set `kubernetes` on this data source", "configuration of its own")
}

func TestUnknownConnectionOfTheDataSource(t *testing.T) {
	t.Parallel()
	populate(t)
	token := account(t, server, "same-apply", everything()...)
	c := withToken(server, token).with("host", "terraform_data.cluster.output")
	config := requireEidos + createdInTheSameApply() +
		snapshot("cluster = { node_selector = { \"kubernetes.io/hostname\" = \"aks\" } }\n  kubernetes = "+c.String()) + pipeline
	w := newTracedWorkspace(t, config)

	checkSays(t, w.Run(t, "plan", "-input=false"), "will be read during apply", "config refers to values not yet known")
	w.Apply(t)
	got := readFacts(t, w.Workspace)
	checkWhole(t, got)
	checkPipeline(t, w.Workspace, "aks")
	if r := w.Run(t, "plan", "-input=false", "-detailed-exitcode"); r.Code != 0 {
		t.Errorf("the second plan is not empty:\n%s%s", r.Stdout, r.Stderr)
	}
	if !strings.Contains(w.Read(t, stateFile), "eidos_snapshot") {
		t.Error("the state lacks the snapshot")
	}
	w.checkHides(t, token)
}
