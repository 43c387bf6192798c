// SPDX-License-Identifier: Apache-2.0

package bundle

import "slices"

// Pending says which inputs of a request are not known yet. Render leaves out
// what they feed and judges only by rules that do not read it.
type Pending struct {
	Overrides, Namespaces []string // components; an input of Request for one of them does not count
	ObjectOverrides       []string // components of which an object has an override that is not known
	Placement, Registry   bool
	Forms                 bool // formats or what they read, which feed nothing but files
	Snapshot              bool // which feeds nothing but findings
	IgnoreFindings        bool // more rules may be ignored than Request.IgnoreFindings says
}

func (p Pending) files() bool {
	return p.Forms || p.Placement || p.Registry || len(p.Overrides)+len(p.Namespaces)+len(p.ObjectOverrides) > 0
}

// Unknown says what of a component a pending input feeds.
type Unknown struct {
	Source        bool // chart and repository, of which no release says which they are
	Namespace     bool
	Repository    bool
	Values        bool
	Manifests     bool // of all kinds, their paths included
	Definitions   bool
	Prerequisites bool
}

// sees notes that something is about to be read that depends on the values of a
// draft.
func (d *draft) sees(other *draft) {
	if other != nil && other.unknown.Values {
		d.unsure = true
	}
}

// seesOverride is sees for the override of a component, which need not be in the
// bundle.
func (d *draft) seesOverride(component string) {
	if slices.Contains(d.job.pending.Overrides, component) {
		d.unsure = true
	}
}

// surely returns what a check of the draft finds, unless the check reads what is
// not known yet.
func (d *draft) surely(check func() []violation) []violation {
	d.unsure = false
	found := check()
	if d.unsure {
		return nil
	}
	return found
}
