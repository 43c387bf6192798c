// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// A hook does what takes arithmetic or loops: it is a pure function of a draft
// that data names.

// objectHooks are the functions that Hook of a manifest names. They return nil for
// no object.
func objectHooks() map[string]func(*draft) (map[string]any, error) {
	return map[string]func(*draft) (map[string]any, error){
		"cluster-policy": clusterPolicy,
		"ip-pool":        ipPool,
	}
}

// checkHooks are the functions that a case of a rule names.
func checkHooks() map[string]func(*draft, *component.Case) []violation {
	return map[string]func(*draft, *component.Case) []violation{
		"instance-types": instanceTypes,
		"tolerations":    intolerant,
	}
}

// clusterPolicy is the ClusterPolicy that the chart creates: none where an
// override says so. Without facts about the release nothing is known of it.
func clusterPolicy(d *draft) (map[string]any, error) {
	if !d.hasFacts {
		return nil, nil
	}
	policy, err := d.release.ClusterPolicy(d.values.tree)
	if errors.Is(err, chart.ErrNoClusterPolicy) {
		return nil, nil
	}
	return policy, err
}

// ipPool is the range of addresses of the recipe.
func ipPool(d *draft) (map[string]any, error) {
	prefix, err := netip.ParsePrefix(d.job.recipe.text(component.NetworkSubtype, "ip_range"))
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"apiVersion": "nv-ipam.nvidia.com/v1alpha1", "kind": "IPPool",
		"metadata": map[string]any{"name": "rdma-pool", "namespace": d.namespace},
		"spec":     map[string]any{"subnet": prefix.String(), "perNodeBlockSize": blockSize(prefix)},
	}, nil
}

// blockSize divides a range among up to 16 nodes in a /24 or smaller, and gives
// each node 64 addresses, more than it has pods with RDMA, in larger ranges. The
// plugin refuses blocks of one address.
func blockSize(prefix netip.Prefix) int64 {
	const smallest, largest, nodes = 2, 64, 16
	hostBits := prefix.Addr().BitLen() - prefix.Bits()
	if hostBits >= bits.UintSize-1 {
		return largest
	}
	return min(max(int64(1)<<hostBits/nodes, smallest), largest)
}

// instanceTypes checks the node's instance type where the recipe carries it, or
// else whether the chart's list has any type with the GPU: the chart's pods start
// on the listed types only, and jobs wait for interfaces that nothing offers. The list
// is of instance types where the case's Like names their label.
func instanceTypes(d *draft, c *component.Case) []violation {
	at := c.At[0]
	labels, _ := d.operand(c.Like)
	names, _ := labels.([]any)
	ofTypes := func(label any) bool { text, _ := label.(string); return strings.HasSuffix(text, "/instance-type") }
	if !d.hasFacts || !slices.ContainsFunc(names, ofTypes) {
		return nil
	}
	list, _ := d.effective(at).([]any)
	lister, advice := d.lister(at)
	if node := d.job.recipe.text(nodeSubtype, "instance-type"); node != "" {
		return broken(!slices.Contains(list, any(node)), at,
			fmt.Sprintf("%s does not list the instance type %s, so the plugin's pods do not start there", lister, node), advice)
	}
	types := strings.Fields(d.job.recipe.text(nodeSubtype, "instance-types"))
	return broken(len(types) > 0 && !slices.ContainsFunc(types, func(t string) bool { return slices.Contains(list, any(t)) }), at,
		fmt.Sprintf("%s lists no instance type with %s (%s), so the plugin's pods do not start there",
			lister, d.job.recipe.Request.GPU, strings.Join(types, ", ")), advice)
}

// lister is who set a list at a path of the values, and what to do where the list
// lacks something.
func (d *draft) lister(at string) (lister, advice string) {
	newest, add := d.Newest("").Version, "add the type to "+at
	switch lister = fmt.Sprintf("the chart %s %s", d.Name, d.version); {
	case tree.Covers(d.overrides, at):
		return "the override, which replaces the chart's list,", "add the type to the override, or remove the override"
	case d.Chart.Compare(d.version, newest) < 0:
		return lister, fmt.Sprintf("use %s %s, or %s", d.Name, newest, add)
	default:
		return lister, add
	}
}

// intolerant finds taints that the pods of another component tolerate, at the
// case's Like, and those at its place do not: on such nodes only half of what a
// job needs would run.
func intolerant(d *draft, c *component.Case) []violation {
	at := c.At[0]
	_, other, _ := c.Like.Parts()
	theirs, ok := d.operand(c.Like)
	if !ok {
		return nil
	}
	ours := tolerations(d.effective(at))
	var found []violation
	for _, t := range tolerations(theirs) {
		tolerated := !slices.ContainsFunc(taints(t), func(taint corev1.Taint) bool { return !tolerate(ours, taint) })
		found = append(found, broken(!tolerated, at,
			fmt.Sprintf("the pods of %s tolerate the taint %s, those of %s do not, so they do not run on the nodes that have it", other, cmp.Or(t.Key, "of any name"), d.Name),
			"override "+at+" with the tolerations of "+other)...)
	}
	return found
}

// tolerations reads a list of tolerations; what is not one does not count.
func tolerations(value any) []corev1.Toleration {
	list, _ := value.([]any)
	var read []corev1.Toleration
	for _, item := range list {
		fields, _ := item.(map[string]any)
		text := func(name string) string { s, _ := fields[name].(string); return s }
		read = append(read, corev1.Toleration{
			Key: text("key"), Operator: corev1.TolerationOperator(text("operator")), Value: text("value"), Effect: corev1.TaintEffect(text("effect")),
		})
	}
	return read
}

// taints returns samples of what a toleration is for: of every effect that keeps
// pods away where it names none, with a value and a key that nobody else names
// where it takes any.
func taints(t corev1.Toleration) []corev1.Taint {
	const other = "any.eidos.invalid"
	effects := []corev1.TaintEffect{corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute}
	if t.Effect != "" {
		effects = []corev1.TaintEffect{t.Effect}
	}
	var list []corev1.Taint
	for _, effect := range effects {
		taint := corev1.Taint{Key: cmp.Or(t.Key, other), Value: t.Value, Effect: effect}
		if t.Operator == corev1.TolerationOpExists {
			taint.Value = other
		}
		list = append(list, taint)
	}
	return list
}

func tolerate(list []corev1.Toleration, taint corev1.Taint) bool {
	return slices.ContainsFunc(list, func(t corev1.Toleration) bool { return t.ToleratesTaint(klog.Background(), &taint, false) })
}
