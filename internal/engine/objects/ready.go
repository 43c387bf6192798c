// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
)

// verdict says whether an object is ready.
type verdict struct {
	state   string // as Status has it
	ready   bool
	failed  bool   // for good
	message string // why it is not, or what somebody should know although it is
	// nodes say where it is up, for one that is pending because something is missing on
	// some of them.
	nodes *component.NodeState
}

// judge looks at the status of an object, as the states say where its kind is among
// them, else as kstatus does.
func judge(live *unstructured.Unstructured, states []component.State) verdict {
	gvk := live.GroupVersionKind()
	i := slices.IndexFunc(states, func(s component.State) bool { return s.Group == gvk.Group && s.Kind == gvk.Kind })
	if i >= 0 && live.GetDeletionTimestamp() == nil {
		return special(live, states[i])
	}
	result, err := status.Compute(live)
	switch {
	case err != nil:
		return verdict{state: status.UnknownStatus.String(), message: fmt.Sprintf("its status cannot be read: %v", err)}
	case result.Status == status.CurrentStatus:
		return verdict{state: result.Status.String(), ready: true}
	}
	// A Job that has failed is not run again; all else may recover.
	over := result.Status == status.FailedStatus && gvk.Group == "batch"
	return verdict{state: result.Status.String(), failed: over, message: fmt.Sprintf("%s: %s", result.Status, result.Message)}
}

// special judges an object that says in status.state whether it is ready. The reason
// of a condition may say more.
func special(live *unstructured.Unstructured, s component.State) verdict {
	state, _, _ := unstructured.NestedString(live.Object, "status", "state")
	all := conditions(live)
	v := verdict{state: cmp.Or(state, status.UnknownStatus.String())}
	switch observed := observedGeneration(live, all); {
	case state == "":
		v.message = "nothing has set its status.state yet: its controller may not run"
	case observed > 0 && observed < live.GetGeneration():
		v.message = fmt.Sprintf("status.state is %q, of generation %d; the object is at %d", state, observed, live.GetGeneration())
	case state != s.Ready:
		v.message = fmt.Sprintf("status.state is %q, not %q", state, s.Ready)
		v.nodes = pendingNodes(state, all, s.Nodes)
	default:
		v.ready = true
		v.heed(all, s)
	}
	return v
}

// heed looks for the condition that says more of an object whose state is ready.
func (v *verdict) heed(all []metav1.Condition, s component.State) {
	for _, c := range all {
		if c.Status != metav1.ConditionTrue {
			continue
		}
		if slices.Contains(s.Waits, c.Reason) {
			v.ready, v.message = false, fmt.Sprintf("status.state is %q, but %s", v.state, conditionText(c))
			return
		}
		if slices.Contains(s.Warns, c.Reason) {
			v.message = conditionText(c)
			return
		}
	}
}

// pendingNodes returns what nodes say of an object, nil for one that lacks something
// else than what is missing on nodes.
func pendingNodes(state string, all []metav1.Condition, nodes *component.NodeState) *component.NodeState {
	says := func(c metav1.Condition) bool {
		return c.Status == metav1.ConditionTrue && slices.Contains(nodes.Reasons, c.Reason)
	}
	if nodes == nil || state != nodes.Pending || len(nodes.Reasons) > 0 && !slices.ContainsFunc(all, says) {
		return nil
	}
	return nodes
}

// observedGeneration is the generation that the status is about, 0 where it does not
// say.
func observedGeneration(live *unstructured.Unstructured, all []metav1.Condition) int64 {
	observed, _, _ := unstructured.NestedInt64(live.Object, "status", "observedGeneration")
	for _, c := range all {
		if c.Status == metav1.ConditionTrue && observed == 0 {
			observed = c.ObservedGeneration
		}
	}
	return observed
}

// conditions reads status.conditions; what is not one is passed over.
func conditions(live *unstructured.Unstructured) []metav1.Condition {
	list, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	var all []metav1.Condition
	for _, element := range list {
		fields, ok := element.(map[string]any)
		if !ok {
			continue
		}
		member := func(name string) string {
			value, _ := fields[name].(string)
			return value
		}
		observed, _ := fields["observedGeneration"].(int64)
		all = append(all, metav1.Condition{
			Type: member("type"), Status: metav1.ConditionStatus(member("status")), Reason: member("reason"), Message: member("message"),
			ObservedGeneration: observed,
		})
	}
	return all
}

func conditionText(c metav1.Condition) string {
	text := fmt.Sprintf("%s=%s", c.Type, c.Status)
	if c.Reason != "" {
		text += " (" + c.Reason + ")"
	}
	if c.Message != "" {
		text += ": " + strings.TrimSpace(c.Message)
	}
	return text
}
