// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle"
)

// mutationsOf lists a mutation for each fact that the component rests on.
func mutationsOf(t *testing.T, f facts, b *bundle.Bundle, c bundle.Component) []mutation {
	t.Helper()
	var all []mutation
	all = append(all, valueMutations(f["values"].(map[string]any), values(t, b, c.Name))...)
	for _, text := range c.Manifests {
		object := decode(t, text)
		if strings.Contains(object["apiVersion"].(string), ".") {
			all = append(all, objectMutations(f, object)...)
		}
		all = append(all, imageMutations(f, object)...)
	}
	if text, ok := c.ChartManifests["manifests/clusterpolicy.yaml"]; ok {
		policy := decode(t, text)
		all = append(all, objectMutations(f, policy)...)
		all = append(all, policyMutations(f, policy["spec"].(map[string]any))...)
		all = append(all, tagMutations(f["values"].(map[string]any), policy["spec"].(map[string]any))...)
	}
	return all
}

// set flips a member of a map to another value; nil removes it.
func set(name string, in map[string]any, key string, value any) mutation {
	old, had := in[key]
	return mutation{
		name: name,
		flip: func() {
			if in[key] = value; value == nil {
				delete(in, key)
			}
		},
		restore: func() {
			if in[key] = old; !had {
				delete(in, key)
			}
		},
	}
}

// valueMutations drop each key that the values set, give it another type and
// call it dead; for a null they say that it makes Helm fail.
func valueMutations(keys, tree map[string]any) []mutation {
	var all []mutation
	for path, value := range flatten("", tree) {
		fact, ok := keys[path]
		if !ok || belowFree(keys, path) {
			continue // whatever stands below a free key is rendered whole
		}
		notation, rest := splitFact(fact)
		if value == nil {
			all = append(all, set("a null at "+path, keys, path, joinFact(flagged(notation, "notnull"), rest)))
			continue
		}
		other := map[bool]string{true: "string", false: "bool"}[strings.HasPrefix(notation, "bool")]
		all = append(all,
			set("no key "+path, keys, path, nil),
			set("the type of "+path, keys, path, other),
			set("no reader of "+path, keys, path, joinFact(flagged(notation, "dead"), rest)))
	}
	return all
}

func flatten(prefix string, tree map[string]any) map[string]any {
	flat := map[string]any{}
	for name, value := range tree {
		path := strings.TrimPrefix(prefix+"."+name, ".")
		below, isMap := value.(map[string]any)
		if !isMap {
			flat[path] = value
			continue
		}
		for path, value := range flatten(path, below) {
			flat[path] = value
		}
	}
	return flat
}

// splitFact splits "type flags" or ["type flags", default].
func splitFact(fact any) (notation string, rest []any) {
	if pair, ok := fact.([]any); ok {
		return pair[0].(string), pair[1:]
	}
	return fact.(string), nil
}

// flagged adds a flag to "type flags; uses".
func flagged(notation, flag string) string {
	typ, uses, _ := strings.Cut(notation, ";")
	return strings.TrimSuffix(typ+" "+flag+";"+uses, ";")
}

func joinFact(notation string, rest []any) any {
	if rest == nil {
		return notation
	}
	return append([]any{notation}, rest...)
}

func belowFree(keys map[string]any, path string) bool {
	for i := strings.LastIndex(path, "."); i > 0; i = strings.LastIndex(path[:i], ".") {
		notation, _ := splitFact(orMap(keys[path[:i]]))
		if strings.Contains(notation, "; into ") || strings.Contains(notation, "; free") {
			return !strings.Contains(path, "nodeAffinity")
		}
	}
	return false
}

func orMap(fact any) any {
	if fact == nil {
		return "map"
	}
	return fact
}

// imageMutations give each image of a NicClusterPolicy another tag.
func imageMutations(f facts, object map[string]any) []mutation {
	var all []mutation
	if object["kind"] == "NicClusterPolicy" {
		images := f["images"].(map[string]any)
		eachImage("", object["spec"].(map[string]any), func(path string, _ map[string]any) {
			all = append(all, set("the tag of "+path, images, path, images[path].(string)+"-2"))
		})
	}
	return all
}

// tagMutations give each operand of the ClusterPolicy another default tag, where
// the values do not pin one.
func tagMutations(keys, spec map[string]any) []mutation {
	var all []mutation
	for path, tag := range flatten("", spec) {
		pair, ok := keys[path].([]any)
		if ok && strings.HasSuffix(path, ".version") && pair[1] == tag && path != "driver.version" {
			all = append(all, set("the tag of "+path, keys, path, []any{pair[0], tag.(string) + "-2"}))
		}
	}
	return all
}

// objectMutations change what the schema says of each field that an object has.
func objectMutations(f facts, object map[string]any) []mutation {
	kind := object["kind"].(string)
	schema := f["objects"].(map[string]any)[kind].(map[string]any)
	all := []mutation{
		set("no kind "+kind, f["objects"].(map[string]any), kind, nil),
		set("the version of "+kind, schema, "apiVersion", "example.com/v1"),
	}
	fields := schema["fields"].(map[string]any)
	return append(all, fieldMutations(kind, fields, map[string]any{"spec": object["spec"]})...)
}

func fieldMutations(at string, fields, object map[string]any) []mutation {
	var all []mutation
	for name, value := range object {
		key := name
		if fields[key] == nil {
			key += "!" // required
		}
		if fields[key] == nil {
			continue // a member of a map
		}
		path := at + "." + name
		all = append(all, set("no field "+path, fields, key, nil))
		switch schema := fields[key].(type) {
		case string:
			all = append(all, scalarMutations(path, fields, key, schema, value)...)
		case map[string]any:
			below, isMap := value.(map[string]any)
			if _, open := schema["*"]; isMap && !open {
				all = append(all, set("a field that "+path+" lacks", schema, "lacking!", "string"))
				all = append(all, fieldMutations(path, schema, below)...)
			}
		}
	}
	return all
}

// scalarMutations give a field another type, and an enum without the value.
func scalarMutations(path string, fields map[string]any, key, schema string, value any) []mutation {
	other := "string"
	if _, isText := value.(string); isText {
		other = "boolean"
	}
	all := []mutation{set("the type of "+path, fields, key, other)}
	text, isText := value.(string)
	if head, enum, ok := strings.Cut(schema, " enum "); ok && isText {
		words := slices.DeleteFunc(strings.Split(enum, "|"), func(w string) bool { return w == text })
		all = append(all, set("the enum of "+path, fields, key, head+" enum "+strings.Join(words, "|")))
	}
	return all
}

// policyMutations drop each field that the chart writes into the ClusterPolicy.
func policyMutations(f facts, spec map[string]any) []mutation {
	policy := f["clusterPolicy"].(map[string]any)
	lines := policy["fields"].([]any)
	var all []mutation
	for i, line := range lines {
		path, action, _ := strings.Cut(line.(string), " ")
		isMap := action == "map" || strings.HasPrefix(action, "map ") // writes nothing into a golden bundle
		if !isMap && hasPath(spec, path) && count(lines, path) == 1 {
			all = append(all, set("no line "+line.(string), policy, "fields", slices.Concat(lines[:i:i], lines[i+1:])))
		}
	}
	return all
}

func count(lines []any, path string) int {
	n := 0
	for _, line := range lines {
		if first, action, _ := strings.Cut(line.(string), " "); first == path && !strings.HasPrefix(action, "map") {
			n++
		}
	}
	return n
}

func hasPath(tree map[string]any, path string) bool {
	var value any = tree
	for segment := range strings.SplitSeq(path, ".") {
		below, ok := value.(map[string]any)
		if !ok {
			return false
		}
		if value, ok = below[segment]; !ok {
			return false
		}
	}
	return true
}
