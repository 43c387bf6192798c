// SPDX-License-Identifier: Apache-2.0

package tree

import "maps"

// Merge lays over upon base as Helm merges values: maps deep, everything else
// replaced. A null of over is kept: Helm takes it as "delete the default". The
// result is never nil and shares nothing with its inputs.
func Merge(base, over map[string]any) map[string]any {
	return cloneMap(overlaid(base, over, false))
}

// Coalesce is what templates see of values over a chart's defaults: a null
// takes its default away. The result shares with its inputs what only one of
// them has.
func Coalesce(defaults, values map[string]any) map[string]any {
	return overlaid(defaults, values, true)
}

// Patch lays over upon base as Merge does, but a null takes away what base has
// there, and adds nothing. The result is never nil and shares nothing with its
// inputs.
func Patch(base, over map[string]any) map[string]any {
	out := cloneMap(base)
	for name, value := range over {
		below, isMap := value.(map[string]any)
		switch {
		case value == nil:
			delete(out, name)
		case isMap:
			baseBelow, _ := out[name].(map[string]any)
			out[name] = Patch(baseBelow, below)
		default:
			out[name] = Clone(value)
		}
	}
	return out
}

func overlaid(base, over map[string]any, dropNulls bool) map[string]any {
	out := maps.Clone(base)
	if out == nil {
		out = make(map[string]any, len(over))
	}
	for name, value := range over {
		standard, hasDefault := base[name]
		below, isMap := value.(map[string]any)
		baseBelow, baseIsMap := standard.(map[string]any)
		switch {
		case isMap && baseIsMap:
			out[name] = overlaid(baseBelow, below, dropNulls)
		case value == nil && hasDefault && dropNulls:
			delete(out, name)
		default:
			out[name] = value
		}
	}
	return out
}

// Clone copies a value whole: maps and lists share nothing with it.
func Clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		return cloneMap(value)
	case []any:
		out := make([]any, len(value))
		for i, element := range value {
			out[i] = Clone(element)
		}
		return out
	default:
		return value
	}
}

func cloneMap(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for name, value := range m {
		out[name] = Clone(value)
	}
	return out
}
