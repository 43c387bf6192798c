// SPDX-License-Identifier: Apache-2.0

package chart

import "regexp"

// podOwner names whose schema a value breaks that ends up in a pod.
const podOwner = "Kubernetes API"

// podFields is the notation of the parts of a pod that charts take from their
// values as they are, by the name that the charts give the key. Quantities are
// checked for their form, names and values of the rest by the API server only.
func podFields() map[string]any {
	quantities := map[string]any{"*": quantity}
	return map[string]any{
		"env":          []any{map[string]any{"name!": "string 1..", "value": "string", "valueFrom": "object"}},
		"nodeSelector": map[string]any{"*": "string"},
		"resources":    map[string]any{"limits": quantities, "requests": quantities, "claims": []any{"object"}},
		"tolerations": []any{map[string]any{
			"key": "string", "value": "string", "tolerationSeconds": "integer",
			"operator": "string enum Exists|Equal|Lt|Gt|",
			"effect":   "string enum NoSchedule|PreferNoSchedule|NoExecute|",
		}},
	}
}

func (r *Release) readPodFields(*releaseFile) error {
	reader := &schemaReader{patterns: map[string]*regexp.Regexp{}}
	fields := map[string]*schema{}
	for name, notation := range podFields() {
		s, err := reader.read(notation)
		if err != nil {
			return err
		}
		fields[name] = s
	}
	r.values.bindPods(fields)
	return nil
}

// bindPods notes at every values key that is rendered into a pod as it is what
// the API server checks it against. One that is copied into a custom resource
// has that resource's schema already.
func (k *key) bindPods(fields map[string]*schema) {
	for name, below := range k.children {
		if fields[name] != nil && below.field == nil && below.renderedWhole() {
			below.bindPod(fields[name])
			continue
		}
		below.bindPods(fields)
	}
}

func (k *key) renderedWhole() bool {
	return !k.dead && (k.typ == listKey || k.typ == anyKey || k.typ == mapKey && k.free)
}

func (k *key) bindPod(s *schema) {
	k.field = &target{owner: podOwner, schema: s}
	for name, below := range k.children {
		if member := s.member(name); member != nil {
			below.bindPod(member)
		}
	}
}
