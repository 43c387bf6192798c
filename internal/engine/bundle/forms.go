// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/suggest"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// Formats lists the names that Request.Formats takes, sorted.
func Formats() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(form.Forms())), form.Scripts)))
}

// formats are those of a request: scripts where it names none.
func (req Request) formats() []string {
	if req.Formats == nil {
		return []string{form.Scripts}
	}
	return req.Formats
}

// checkForms checks the names of formats and what they read.
func checkForms(req Request) error {
	var errs []error
	if req.Formats != nil && len(req.Formats) == 0 && !req.Pending.Forms {
		errs = append(errs, &InputError{Field: "formats", Err: errors.New("the list is empty; name a format, or leave the list out for scripts")})
	}
	known := Formats()
	for _, name := range req.Formats {
		if !slices.Contains(known, name) {
			errs = append(errs, &InputError{Field: "formats", Err: fmt.Errorf("unknown format %s; the formats are %s%s", words.Quote(name), words.And(known), suggest.Question(name, known))})
		}
	}
	if charted := slices.DeleteFunc(slices.Clone(req.formats()), func(name string) bool { return name == form.Scripts || name == "kustomize" }); req.Charts != nil && len(charted) > 0 {
		errs = append(errs, &InputError{Field: "charts", Err: fmt.Errorf("only scripts install charts of the bundle's own; for %s, name a repository in chart_repositories of the registry", words.And(charted))})
	}
	if errs == nil && !req.Pending.Forms && req.GitOps != nil {
		if err := req.GitOps.Check(req.formats()); err != nil {
			errs = append(errs, &InputError{Field: "gitops", Err: err})
		}
	}
	return errors.Join(errs...)
}

// forms writes the files of the bundle in the forms that the request names, given
// those of scripts.
func (j *job) forms(scripts []outdir.File) ([]outdir.File, error) {
	var files []outdir.File
	if slices.Contains(j.formats, form.Scripts) {
		files = scripts
	}
	stack := form.Bundle{}
	if j.gitops != nil {
		stack.GitOps = *j.gitops
	}
	for _, d := range j.ordered() {
		stack.Components = append(stack.Components, j.formed(d))
	}
	all := form.Forms()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains(j.formats, name) {
			continue
		}
		written, err := all[name].Write(stack)
		if err != nil {
			return nil, fmt.Errorf("writing the format %s: %w", name, err)
		}
		files = append(files, written...)
		if err := checkFormSize(name, files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// checkFormSize refuses files that are too large with those of a format: each writes
// the values once more.
func checkFormSize(format string, files []outdir.File) error {
	size := sizeOfFiles(files)
	if size <= maxSize {
		return nil
	}
	return &InputError{Field: "formats", Err: fmt.Errorf("the files of the bundle have %d MiB with those of %s; the limit is %d MiB: name fewer formats, or give shorter values", size>>20, format, maxSize>>20)}
}

// formed is a component as forms take it.
func (j *job) formed(d *draft) form.Component {
	known := outline(d.Entry, d.version, j.namespaces, j.site, j.names)
	c := form.Component{
		Name: d.Name, Namespace: d.namespace, Wave: d.Wave, Requires: known.Requires, States: d.States,
		Chart: known.Chart, Repository: known.Repository, Version: d.version, Values: d.values.tree, Definitions: d.ownedFolders(),
	}
	if r := d.readiness(); r != nil && r.After == "" {
		c.Ready = &form.Ready{Object: r.Object, APIVersion: r.APIVersion, Kind: r.Kind, Name: r.Name()}
	}
	for _, m := range d.manifests {
		o := form.Object{Name: m.name, CRD: m.crd, Tree: m.object}
		switch m.order {
		case BeforeChart:
			c.Before = append(c.Before, o)
		case AfterChart:
			c.After = append(c.After, o)
		case AfterReady:
			c.Late = append(c.Late, o)
		}
	}
	return c
}

// ownedFolders are the folders of the chart's archive with definitions that no other
// component of the cluster owns.
func (d *draft) ownedFolders() []string {
	var folders []string
	for _, some := range d.Definitions {
		others, _ := d.operand(component.Operand("with " + some.Of))
		if some.Folder != "" && others != true && some.When.Holds(d.operand) {
			folders = append(folders, some.Folder)
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// gitUnknown finds Applications whose objects are in a repository that nobody named.
func gitUnknown(j *job) []violation {
	unnamed := slices.Contains(j.formats, "argocd") && !j.pending.Forms && (j.gitops == nil || j.gitops.Repository == "")
	return broken(unnamed, "gitops.repository", "Argo CD reads Applications and objects from Git, and nobody has said from which repository: the Applications say "+form.Missing,
		"set the URL of the repository that the bundle is pushed to")
}
