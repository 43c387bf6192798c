// SPDX-License-Identifier: Apache-2.0

package chart

import "maps"

// Merge lays over upon base as Helm merges values: maps deep, everything else
// replaced. A null of over is kept: Helm takes it as "delete the default". The
// result shares nothing with its inputs.
func Merge(base, over map[string]any) map[string]any {
	return cloneMap(merged(base, over))
}

// merged is Merge whose result shares what only one side has.
func merged(base, over map[string]any) map[string]any {
	return overlaid(base, over, false)
}

// coalesced is what templates see of values over a chart's defaults: a null
// takes its default away. The result shares what only one side has.
func coalesced(base, over map[string]any) map[string]any {
	return overlaid(base, over, true)
}

func overlaid(base, over map[string]any, dropNulls bool) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = make(map[string]any, len(over))
	}
	for k, v := range over {
		standard, hasDefault := base[k]
		below, isMap := v.(map[string]any)
		baseBelow, baseIsMap := standard.(map[string]any)
		switch {
		case isMap && baseIsMap:
			out[k] = overlaid(baseBelow, below, dropNulls)
		case v == nil && hasDefault && dropNulls:
			delete(out, k)
		default:
			out[k] = v
		}
	}
	return out
}

func cloneMap(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, below := range m {
		out[k] = clone(below)
	}
	return out
}

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return cloneMap(v)
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = clone(element)
		}
		return out
	default:
		return v
	}
}

// cloneWithoutNulls is clone that leaves out null members of maps, which
// Kubernetes drops on create.
func cloneWithoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, below := range v {
			if below != nil {
				out[k] = cloneWithoutNulls(below)
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

// lookup walks a values tree; a null on the way or at the end is absence.
func lookup(tree map[string]any, path []string) any {
	var v any = tree
	for _, segment := range path {
		below, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = below[segment]
	}
	return v
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
