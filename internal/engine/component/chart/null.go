// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/tree"
)

// breaks reports whether a null makes Helm fail.
func (c *valuesCheck) breaks(k *key) bool {
	for u := range k.readUses() {
		if u.what == "notnull" && !c.inactive && c.holds(u.when) {
			return true
		}
	}
	return k.notNull && !c.inactive
}

// empty checks a null, which deletes the default, or an empty text. A null in a
// custom resource is what server-side apply refuses, unless the chart's own
// default leaves it.
func (c *valuesCheck) empty(k *key, v any, path string, to []target) {
	if v == "" && !k.accepts(v) {
		c.report(path, Type, "is %s in %s, got %s%s", k.article(), c.release.title(), describe(v), k.advice(v))
		return
	}
	c.empties = true
	c.landed(v, path, to, len(c.problems))
	standard, _ := c.release.Default(path)
	if standard == nil || standard == "" || c.inactive {
		return
	}
	for _, t := range to {
		if t.always && (v == nil || !t.quoted) {
			c.report(path, Null, "is empty, which leaves a null at %s of the %s; server-side apply refuses that", t.path, t.owner)
			return
		}
	}
}

// emptied finds the maps of the ClusterPolicy that nothing is left of, though the
// chart's own defaults fill them or leave them out.
func (c *valuesCheck) emptied(values map[string]any) {
	r := c.release
	if !c.empties || !c.hasPolicy() {
		return
	}
	before := r.effective(nil)
	for i := range r.policy.fields {
		header := &r.policy.fields[i]
		if header.action != actionMap || !r.leavesNull(header, c.effective()) || r.leavesNull(header, before) {
			continue
		}
		path := header.path
		for _, f := range r.policy.fields {
			if strings.HasPrefix(f.path, header.path+".") && tree.Covers(values, f.from) {
				path = f.from
			}
		}
		c.report(path, Null, "is empty, which leaves a null at spec.%s of the ClusterPolicy of %s; server-side apply refuses that", header.path, r.title())
	}
}

// leavesNull reports whether a map is written, and no field below it.
func (r *Release) leavesNull(header *policyField, values *effective) bool {
	if !header.when.holds(values) {
		return false
	}
	return !slices.ContainsFunc(r.policy.fields, func(f policyField) bool {
		if f.action == actionMap || !strings.HasPrefix(f.path, header.path+".") || !f.when.holds(values) {
			return false
		}
		_, rendered := r.fieldValue(&f, values)
		return rendered
	})
}
