// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
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
	all := r.effective(values)
	if !r.policy.when.holds(all) {
		return nil, fmt.Errorf("%s with clusterPolicy.deployCR false: %w", r.title(), ErrNoClusterPolicy)
	}
	spec := make(map[string]any, 32)
	parent, at := "", spec // of the field before, which mostly is the next one's too
	for i := range r.policy.fields {
		field := &r.policy.fields[i]
		if field.action == actionMap || !field.when.holds(all) {
			continue
		}
		v, rendered := r.fieldValue(field, all)
		if !rendered {
			continue
		}
		if field.parent != parent {
			parent, at = field.parent, tree.Map(spec, field.parent)
		}
		if v != nil {
			at[field.name] = v
		}
	}
	return map[string]any{
		"apiVersion": r.objects["ClusterPolicy"].apiVersion,
		"kind":       "ClusterPolicy",
		"metadata":   r.policyMetadata(all.tree),
		"spec":       spec,
	}, nil
}

// effective is what the templates see as values. It remembers the map that it
// was last asked about: the fields of a policy come in groups.
type effective struct {
	tree    map[string]any
	renders map[string]condition // of the release
	parent  string
	below   map[string]any
}

func (r *Release) effective(values map[string]any) *effective {
	return &effective{tree: tree.Coalesce(r.defaults(), values), renders: r.renders}
}

// at returns the value at a path, nil where there is none.
func (e *effective) at(path string) any {
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return e.tree[path]
	}
	if strings.HasSuffix(path, `"`) { // a name with a dot
		value, _ := tree.Lookup(e.tree, path)
		return value
	}
	if e.parent != path[:dot] {
		e.parent = path[:dot]
		below, _ := tree.Lookup(e.tree, e.parent)
		e.below, _ = below.(map[string]any)
	}
	return e.below[path[dot+1:]]
}

// fieldValue is nil where the template writes a null, and false where it
// writes nothing.
func (r *Release) fieldValue(field *policyField, values *effective) (any, bool) {
	var v any
	switch field.action {
	case actionConst:
		return tree.Clone(field.value), true
	case actionLabels:
		return r.operandLabels(values.tree), true
	case actionSet:
		v = values.at(field.from)
		if !truthy(v) {
			return nil, false
		}
	default:
		v = values.at(field.from)
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

// cloneWithoutNulls is tree.Clone that leaves out null members of maps, which
// Kubernetes drops on create.
func cloneWithoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, below := range v {
			if below != nil {
				out[name] = cloneWithoutNulls(below)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = cloneWithoutNulls(element)
		}
		return out
	default:
		return v
	}
}

// truthy is the truth of Go templates: zero values and empty lists are false.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	default:
		return true
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
	copyLabels(labels, values, "operator.labels")
	labels["app.kubernetes.io/component"] = r.Name
	metadata := map[string]any{"name": "cluster-policy", "labels": labels}
	if cleanup, _ := tree.Lookup(values, "operator.cleanupCRD"); truthy(cleanup) {
		metadata["annotations"] = map[string]any{"helm.sh/resource-policy": "keep"}
	}
	return metadata
}

func (r *Release) operandLabels(values map[string]any) map[string]any {
	labels := map[string]any{
		"helm.sh/chart":                r.chartLabel(),
		"app.kubernetes.io/managed-by": r.chartName(values),
	}
	copyLabels(labels, values, "daemonsets.labels")
	return labels
}

func copyLabels(to, values map[string]any, path string) {
	from, _ := tree.Lookup(values, path)
	labels, _ := from.(map[string]any)
	for name, value := range labels {
		if value != nil {
			to[name] = tree.Clone(value)
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
