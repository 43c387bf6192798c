// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"sync"
)

// target is what a value becomes that a chart copies as it is: a field of the
// ClusterPolicy, or a part of a pod. The zero target is of a value of which
// that is not known.
type target struct {
	owner  string  // whose schema it is, e.g. "ClusterPolicy of gpu-operator v26.7.0"
	path   string  // below spec of the ClusterPolicy
	schema *schema // nil: the release's ClusterPolicy has no such field
	quoted bool    // the value becomes a string on the way
}

// podOwner names whose schema a value breaks that ends up in a pod.
const podOwner = "Kubernetes API"

// podNotation is the schema of the parts of a pod that charts take from their
// values as they are, by the name that the charts give the key. Quantities are
// checked for their form, names and values of the rest by the API server only.
const podNotation raw = `{
	"env": [{"name!": "string 1..", "value": "string", "valueFrom": "object"}],
	"nodeSelector": {"*": "string"},
	"resources": {"limits": {"*": "quantity"}, "requests": {"*": "quantity"}, "claims": ["object"]},
	"tolerations": [{
		"key": "string", "value": "string", "tolerationSeconds": "integer",
		"operator": "string enum Exists|Equal|Lt|Gt|",
		"effect": "string enum NoSchedule|PreferNoSchedule|NoExecute|"
	}]
}`

// podSchema is podNotation, read when a release first needs it.
//
//nolint:gochecknoglobals // the same for all releases
var podSchema = sync.OnceValue(func() *schema {
	s, err := readSchema(podNotation)
	if err != nil {
		panic("chart: schema of pods: " + err.Error()) // a constant
	}
	return &s
})

// target returns what becomes of the value of a key at a path. Where the key
// above is a part of a pod, pod is that one's schema.
func (c *valuesCheck) target(k *key, name, path string, pod *schema) target {
	if pod != nil {
		return podTarget(pod.member(name))
	}
	if to, ok := c.copiedTo(path); ok {
		return to
	}
	if k.renderedWhole() {
		return podTarget(podSchema().member(name))
	}
	return target{}
}

// copiedTo returns the first field of the ClusterPolicy that the value at a path is
// copied to.
func (c *valuesCheck) copiedTo(path string) (target, bool) {
	if c.spec == nil {
		return target{}, false
	}
	fields := c.release.policy.fields
	i := slices.IndexFunc(fields, func(f policyField) bool { return f.from == path })
	if i < 0 {
		return target{}, false
	}
	return target{"ClusterPolicy of " + c.release.title(), fields[i].path, c.spec.field(fields[i].path), fields[i].quoted}, true
}

func (k *key) renderedWhole() bool {
	return !k.dead && (k.typ == listKey || k.typ == anyKey || k.typ == mapKey && k.free)
}

func podTarget(s *schema) target {
	if s == nil {
		return target{}
	}
	return target{owner: podOwner, schema: s}
}

// pod is the schema of a part of a pod, nil for anything else.
func (t target) pod() *schema {
	if t.owner != podOwner {
		return nil
	}
	return t.schema
}

// accepts lets an integer stand where values.yaml shows a string and the field
// that it is copied to takes both, e.g. driver.upgradePolicy.maxUnavailable.
func (t target) accepts(v any) bool {
	return t.schema != nil && t.schema.typ == eitherType && t.schema.admits(v)
}
