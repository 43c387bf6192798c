// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"context"
	"fmt"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
)

// Installed is what a state or a cluster knows of a component.
type Installed struct {
	Name    string
	Version string // of the chart, "" where it is not known
	Values  string // YAML, "" where they are not known
}

// Change compares components with those that take their place in the bundle of a
// request, of which it reads all but overrides and namespaces. Its findings and
// errors are as Render's, but never part of a bundle: they hold until the change is
// made. What is not known is judged by nothing.
func (r *Renderer) Change(ctx context.Context, before, after []Installed, req Request) ([]Finding, error) {
	if !slices.ContainsFunc(before, func(c Installed) bool { return !slices.Contains(after, c) }) {
		return nil, nil // as in most plans
	}
	old, err := r.installed(ctx, before, req)
	if err != nil {
		return nil, err
	}
	j, err := r.installed(ctx, after, req)
	if err != nil {
		return nil, err
	}
	var all []verdict
	if !j.named {
		for _, c := range before {
			if !slices.ContainsFunc(after, func(other Installed) bool { return other.Name == c.Name }) {
				all = append(all, verdict{componentRemoved(), removed(c), ""})
			}
		}
	}
	for _, d := range j.ordered() {
		if was := old.drafts[d.Name]; was != nil {
			all = append(all, d.changes(was, req.Releases[d.Name] != "")...)
		}
	}
	findings, err := j.judge(all)
	slices.SortFunc(findings, compareFindings)
	return findings, err
}

// installed is a job whose drafts have the values of installed components. Those
// that eidos does not know are left out.
func (r *Renderer) installed(ctx context.Context, list []Installed, req Request) (*job, error) {
	j := &job{
		Renderer: r, recipe: recipe{req.Recipe}, named: req.Bundlers != nil, existing: req.Existing, ignored: req.IgnoreFindings,
		pending: Pending{IgnoreFindings: req.Pending.IgnoreFindings}, drafts: map[string]*draft{},
	}
	for _, c := range list {
		description, err := r.set.Description(c.Name)
		if err != nil {
			continue
		}
		d := &draft{Description: description, job: j, values: newValues()}
		if err := d.chart(c.Version); err != nil {
			return nil, err
		}
		if c.Version == "" {
			d.version = ""
		}
		d.unknown.Values = !d.readValues(ctx, c.Values)
		j.names, j.drafts[c.Name] = append(j.names, c.Name), d
	}
	slices.Sort(j.names)
	return j, context.Cause(ctx)
}

// readValues reads a document of values, false for one that is not known.
func (d *draft) readValues(ctx context.Context, text string) bool {
	root, err := document.Parse(ctx, []byte(text))
	if err != nil {
		return false
	}
	d.values.tree, err = root.Tree()
	return err == nil
}

func componentRemoved() RuleInfo {
	return RuleInfo{Name: "component-removed", Severity: SeverityError, Summary: "A component that was there is not in the new bundle, and nobody says that it shall go."}
}

func removed(c Installed) violation {
	release, keep := c.Name, "name the components in bundlers, with or without it"
	if c.Version != "" {
		release, keep = c.Name+" "+c.Version, fmt.Sprintf("hold its release with releases = { %s = %q } in the recipe, or %s", quoted(c.Name), c.Version, keep)
	}
	return violation{
		path:    c.Name,
		message: fmt.Sprintf("the bundle had %s, and the recipe no longer asks for it: what is made for each of the components, such as its Helm release, would be destroyed, with its pods and objects on the cluster", release),
		advice:  fmt.Sprintf("%s; to let it go, add %q to ignore_findings", keep, componentRemoved().Name+":"+c.Name),
	}
}
