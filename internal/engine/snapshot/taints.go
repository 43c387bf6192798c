// SPDX-License-Identifier: Apache-2.0

package snapshot

import (
	"encoding/json"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/measurement"
)

// taintCount counts the taints of nodes, pool by pool.
type taintCount map[string]*poolTaints

type poolTaints struct {
	nodes  int
	taints Tally[taint]
}

// taint is a taint as K8s/node/taints lists it, in the order of its fields' names.
type taint struct {
	Effect string `json:"effect"`
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
}

func (c taintCount) add(pool string, taints []corev1.Taint) {
	if c[pool] == nil {
		c[pool] = &poolTaints{taints: Tally[taint]{}}
	}
	c[pool].nodes++
	for _, t := range taints {
		c[pool].taints[taint{string(t.Effect), t.Key, t.Value}]++
	}
}

// readings returns the taints that pods on all of the nodes have to tolerate, as
// JSON, and what else there is, with how many nodes have it: taints of a part of a
// pool, those that pass with the state of a node, and those that evict.
func (c taintCount) readings(catalog Catalog) (map[string]measurement.Reading, error) {
	var shared []taint
	rest := Tally[string]{}
	for _, pool := range c {
		for t, n := range pool.taints {
			lasts, tolerated := catalog.TaintLasts(t.Key)
			switch {
			case tolerated:
			case lasts && n == pool.nodes && t.Effect != string(corev1.TaintEffectNoExecute):
				shared = append(shared, t)
			default:
				rest[strings.TrimSuffix(t.Key+"="+t.Value, "=")+":"+t.Effect] += n
			}
		}
	}
	data := map[string]measurement.Reading{}
	if len(shared) > 0 {
		slices.SortFunc(shared, func(a, b taint) int {
			return strings.Compare(a.Key+"\x00"+a.Value+"\x00"+a.Effect, b.Key+"\x00"+b.Value+"\x00"+b.Effect)
		})
		text, err := json.Marshal(slices.Compact(shared))
		if err != nil {
			return nil, err
		}
		data["taints"] = measurement.Str(string(text))
	}
	if len(rest) > 0 {
		data["taints-of-some"] = measurement.Str(rest.String())
	}
	return data, nil
}
