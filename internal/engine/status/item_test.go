// SPDX-License-Identifier: Apache-2.0

package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/status"
)

func TestItems(t *testing.T) {
	t.Parallel()
	text := "1"
	report := status.Report{
		Objects:  []status.Object{{Component: "a", Object: "X", State: "Current", Ready: true}, {Component: "a", Object: "Y", State: "Missing", Message: "it does not exist"}},
		Drift:    []status.Drift{{Component: "a", Object: "X", Path: "p", Want: &text}, {Component: "b", Object: "X", Path: "q"}},
		Releases: []status.Release{{Component: "a", Name: "r", Namespace: "n", Status: "deployed"}, {Component: "b", Name: "r", Namespace: "m", Status: "failed", Difference: "why"}},
		Nodes: []status.Node{
			{Name: "fine", Ready: true, Schedulable: true},
			{Name: "bad", Ready: true, Schedulable: true, Wrong: []string{"a", "b"}},
			{Name: "cordoned", Ready: true, Wrong: []string{"it is cordoned"}},
		},
		Problems: []status.Problem{{Verb: "list", Resource: "secrets", Namespace: "n", Message: "no"}, {Verb: "list", Resource: "nodes", Message: "no"}, {Message: "broken"}},
	}
	want := []status.Item{
		{Component: "a", What: "X", State: "Current", Result: status.Right},
		{Component: "a", What: "X: p", State: "drift", Message: `the bundle says "1", the cluster nothing`, Result: status.Wrong},
		{Component: "a", What: "Y", State: "Missing", Message: "it does not exist", Result: status.Wrong},
		{Component: "a", What: `release "r" in namespace "n"`, State: "deployed", Result: status.Right},
		{Component: "b", What: `release "r" in namespace "m"`, State: "failed", Message: "why", Result: status.Wrong},
		{What: `node "fine"`, State: "right", Result: status.Right},
		{What: `node "bad"`, State: "wrong", Message: "a; b", Result: status.Wrong},
		{What: `node "cordoned"`, State: "away", Message: "it is cordoned", Result: status.Skipped},
		{What: `list secrets in namespace "n"`, State: "unread", Message: "no", Result: status.Skipped},
		{What: "list nodes", State: "unread", Message: "no", Result: status.Skipped},
		{What: "the rest", State: "unread", Message: "broken", Result: status.Skipped},
	}
	if diff := cmp.Diff(want, report.Items()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
