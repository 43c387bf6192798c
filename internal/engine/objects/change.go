// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	quantity "k8s.io/apimachinery/pkg/api/resource"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/secret"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// Change is a field that has another value in the cluster.
type Change struct {
	// Path is such as spec.driver.version or spec.env[name="MODE"].value.
	Path string
	// Want and Have are nil where the field is not there. Secrets are not shown.
	Want, Have *string
}

// changes returns what is otherwise in the fields of a manifest and those with live
// values, by path.
func changes(ours, live any) []Change {
	want, have := flat(ours), flat(live)
	wantShown, haveShown := flat(secret.Tree(ours)), flat(secret.Tree(live))
	all := maps.Clone(want)
	maps.Copy(all, have)
	var list []Change
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if above(path, all) { // it is empty on one side, and the other says more
			continue
		}
		wanted, isWanted := want[path]
		is, isThere := have[path]
		if isWanted != isThere || !reflect.DeepEqual(wanted, is) {
			list = append(list, Change{path, shown(wantShown, path, isWanted), shown(haveShown, path, isThere)})
		}
	}
	return list
}

// above reports whether there are paths below one.
func above(path string, all map[string]any) bool {
	for other := range all {
		if rest, ok := strings.CutPrefix(other, path); ok && rest != "" && (rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// flat returns the values of a tree that hold no others, by path.
func flat(value any) map[string]any {
	values := map[string]any{}
	flatten(values, "", value)
	return values
}

func flatten(into map[string]any, path string, value any) {
	before := len(into)
	switch value := value.(type) {
	case map[string]any:
		for name, below := range value {
			flatten(into, tree.Join(path, name), below)
		}
	case []any:
		for i, below := range value {
			at := fmt.Sprintf("%s[%d]", path, i)
			if named(value) {
				at = fmt.Sprintf("%s[name=%q]", path, nameOf(below))
			}
			flatten(into, at, below)
		}
	}
	if len(into) == before {
		into[path] = value
	}
}

// shown is a value for people: a text as it is, unless it looks like another type.
func shown(values map[string]any, path string, there bool) *string {
	if !there {
		return nil
	}
	value, ok := values[path]
	if !ok { // something above it is a secret
		value = secret.Redacted
	}
	if plain, isText := value.(string); isText && !json.Valid([]byte(plain)) {
		return &plain
	}
	return new(text(value))
}

// laid returns an object as it would be after applying a manifest, as far as that
// shows without the API server: values that it writes in another form, and nothing in
// the place of what is empty, are as they were, and so is what the manifest does not
// say.
func laid(ours, live any) any {
	switch ours := ours.(type) {
	case map[string]any:
		if liveMap, ok := live.(map[string]any); ok {
			out := maps.Clone(liveMap)
			for name, value := range ours {
				if is, there := liveMap[name]; there || !empty(value) {
					out[name] = laid(value, is)
				}
			}
			return out
		}
	case []any:
		if liveList, ok := live.([]any); ok {
			return laidList(ours, liveList)
		}
	}
	if sameScalar(ours, live) {
		return live
	}
	return ours
}

func laidList(ours, live []any) []any {
	out := slices.Clone(live)
	byName := named(ours) && named(live)
	if !byName && len(ours) != len(live) {
		return ours
	}
	for i, element := range ours {
		if byName {
			i = slices.IndexFunc(live, func(is any) bool { return nameOf(is) == nameOf(element) })
		}
		if i < 0 {
			out = append(out, element)
			continue
		}
		out[i] = laid(element, live[i])
	}
	return out
}

func empty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	default:
		return false
	}
}

// sameScalar reports whether two values are the same number or quantity, or both
// empty.
func sameScalar(ours, live any) bool {
	if empty(ours) {
		return live == nil
	}
	a, err := quantity.ParseQuantity(fmt.Sprint(ours))
	if err != nil {
		return false
	}
	b, err := quantity.ParseQuantity(fmt.Sprint(live))
	return err == nil && a.Cmp(b) == 0
}
