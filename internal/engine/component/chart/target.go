// SPDX-License-Identifier: Apache-2.0

package chart

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

// target returns what becomes of the value of a key at a path. Where the key
// above is a part of a pod, pod is that one's schema.
func (c *valuesCheck) target(k *key, name, path string, pod *schema) target {
	if pod != nil {
		return podTarget(pod.member(name))
	}
	if to, ok := c.copies[path]; ok {
		return to
	}
	if k.renderedWhole() {
		return podTarget(c.release.pods.member(name))
	}
	return target{}
}

// findCopies returns by the path of a values key the first field of the
// ClusterPolicy that its value is copied to.
func (r *Release) findCopies() (map[string]target, error) {
	if r.policy == nil {
		return nil, nil
	}
	s, err := r.objects["ClusterPolicy"].schema()
	if err != nil {
		return nil, err
	}
	spec, owner := s.member("spec"), "ClusterPolicy of "+r.title()
	copies := make(map[string]target, len(r.policy.fields))
	for i := range r.policy.fields {
		field := &r.policy.fields[i]
		if _, known := copies[field.from]; known || field.from == "" {
			continue
		}
		copies[field.from] = target{owner: owner, path: field.path, schema: spec.field(field.path), quoted: field.quoted}
	}
	return copies, nil
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
