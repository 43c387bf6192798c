// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"fmt"
	"slices"
)

// intolerant finds taints that the GPU Operator's pods tolerate and those at a
// path do not: on such nodes only half of what a job needs would run.
func intolerant(path string) func(*draft) []violation {
	return func(d *draft) []violation {
		if !slices.Contains(d.beside, gpuOperatorName) {
			return nil
		}
		theirs, set := lookup(d.peers[gpuOperatorName], "daemonsets.tolerations")
		wanted, _ := theirs.([]any)
		if !set {
			wanted = gpuTolerations()
		}
		ours, _ := d.effective(path).([]any)
		var found []violation
		for _, toleration := range wanted {
			key := taintKey(toleration)
			found = append(found, broken(!tolerated(key, ours), path,
				fmt.Sprintf("the GPU Operator's pods tolerate the taint %s, those of %s do not, so they do not run on the nodes that have it", orAny(key), d.name),
				"override "+path+" with the tolerations of gpu-operator")...)
		}
		return found
	}
}

// tolerated reports whether one of the tolerations is for the key, or for all.
func tolerated(key string, tolerations []any) bool {
	return slices.ContainsFunc(tolerations, func(t any) bool { return taintKey(t) == key || taintKey(t) == "" })
}

// taintKey is the key of a toleration, "" for one of every taint.
func taintKey(toleration any) string {
	fields, _ := toleration.(map[string]any)
	key, _ := fields["key"].(string)
	return key
}

func orAny(key string) string {
	if key == "" {
		return "of any name"
	}
	return key
}
