// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNoClusterPolicy says that a chart renders no ClusterPolicy from the given
// values: it is not the gpu-operator, or clusterPolicy.deployCR is false.
var ErrNoClusterPolicy = errors.New("the chart renders no ClusterPolicy")

// appVersion stands in the data for the release's own app version.
const appVersion = "<appVersion>"

// ClusterPolicy returns the complete object that Helm creates from the chart
// with these values, installed under the chart's name. Nulls, which Kubernetes
// drops on create, are left out. The values should have no problem that
// CheckValues reports: a wrong type is taken as it is. The object is the
// caller's own.
func (r *Release) ClusterPolicy(values map[string]any) (map[string]any, error) {
	if r.policy == nil {
		return nil, fmt.Errorf("%s: %w", r.title(), ErrNoClusterPolicy)
	}
	all := coalesced(r.defaults, values)
	if !allHold(r.policy.when, all) {
		return nil, fmt.Errorf("%s with clusterPolicy.deployCR false: %w", r.title(), ErrNoClusterPolicy)
	}
	spec := make(map[string]any, 32)
	for i := range r.policy.fields {
		field := &r.policy.fields[i]
		if !allHold(field.when, all) {
			continue
		}
		if v, rendered := r.fieldValue(field, all); rendered {
			insert(spec, field.path, v)
		}
	}
	return map[string]any{
		"apiVersion": r.objects["ClusterPolicy"].apiVersion,
		"kind":       "ClusterPolicy",
		"metadata":   r.policyMetadata(all),
		"spec":       spec,
	}, nil
}

func allHold(conditions []condition, values map[string]any) bool {
	for _, c := range conditions {
		if !c.holds(values) {
			return false
		}
	}
	return true
}

// fieldValue is nil where the template writes a null, and false where it
// writes nothing.
func (r *Release) fieldValue(field *policyField, values map[string]any) (any, bool) {
	var v any
	switch field.action {
	case actionConst:
		return clone(field.value), true
	case actionLabels:
		return r.operandLabels(values), true
	case actionSet:
		v = lookup(values, field.from)
		if !truthy(v) {
			return nil, false
		}
	default:
		v = lookup(values, field.from)
		if !truthy(v) && field.value != nil {
			v = field.value
		}
	}
	if v == appVersion {
		v = r.AppVersion
	}
	switch {
	case v == nil:
		return nil, true
	case field.quoted:
		return fmt.Sprint(v), true
	case v == "":
		return nil, true // bare, it leaves "key: "
	}
	return cloneWithoutNulls(v), true
}

// insert puts a value at a path, or for a null only the maps that lead there.
// A parent that is no map gives way.
func insert(tree map[string]any, path []string, v any) {
	last := len(path) - 1
	for _, name := range path[:last] {
		below, ok := tree[name].(map[string]any)
		if !ok {
			below = make(map[string]any, 8)
			tree[name] = below
		}
		tree = below
	}
	if v != nil {
		tree[path[last]] = v
	}
}

func (r *Release) policyMetadata(values map[string]any) map[string]any {
	labels := map[string]any{
		"app.kubernetes.io/name":       r.chartName(values),
		"helm.sh/chart":                r.chartLabel(),
		"app.kubernetes.io/instance":   r.Name,
		"app.kubernetes.io/version":    r.AppVersion,
		"app.kubernetes.io/managed-by": "Helm",
	}
	copyLabels(labels, lookup(values, []string{"operator", "labels"}))
	labels["app.kubernetes.io/component"] = "gpu-operator"
	metadata := map[string]any{"name": "cluster-policy", "labels": labels}
	if truthy(lookup(values, []string{"operator", "cleanupCRD"})) {
		metadata["annotations"] = map[string]any{"helm.sh/resource-policy": "keep"}
	}
	return metadata
}

func (r *Release) operandLabels(values map[string]any) map[string]any {
	labels := map[string]any{
		"helm.sh/chart":                r.chartLabel(),
		"app.kubernetes.io/managed-by": r.chartName(values),
	}
	copyLabels(labels, lookup(values, []string{"daemonsets", "labels"}))
	return labels
}

func copyLabels(to map[string]any, from any) {
	labels, _ := from.(map[string]any)
	for name, value := range labels {
		if value != nil {
			to[name] = clone(value)
		}
	}
}

// chartLabel and chartName follow the chart's helpers of the same purpose.
func (r *Release) chartLabel() string {
	return labelValue(strings.ReplaceAll(r.Name+"-"+r.Version, "+", "_"))
}

func (r *Release) chartName(values map[string]any) string {
	if name, ok := values["nameOverride"].(string); ok && name != "" {
		return labelValue(name)
	}
	return r.Name
}

func labelValue(text string) string {
	return strings.TrimSuffix(text[:min(len(text), 63)], "-")
}
