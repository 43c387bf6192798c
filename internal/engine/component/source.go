// SPDX-License-Identifier: Apache-2.0

package component

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
)

// Chart is where a component's chart is found, and where its maker installs it.
type Chart struct {
	Name       string `json:"name,omitempty"`
	Repository string `json:"repository,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	// Moved is where the newest releases are found, nil where all are in one place.
	Moved *Moved `json:"moved,omitempty"`
}

// Moved is another place of a chart. Its releases are newer than all others, even
// where their numbers began anew.
type Moved struct {
	Releases   string `json:"releases"` // version.Range
	Name       string `json:"name"`
	Repository string `json:"repository"`
}

func (m *Moved) has(release string) bool {
	if m == nil {
		return false
	}
	inside, err := version.Satisfies(release, m.Releases)
	return err == nil && inside
}

// HasChart reports whether a chart installs the component. Else it is its manifests
// alone, and has no values and no Helm release.
func (e *Entry) HasChart() bool { return e.Chart.Repository != "" }

// Source returns the name of the chart and the repository of a release, "" for a
// component without a chart.
func (e *Entry) Source(release string) (name, repository string) {
	if !e.HasChart() {
		return "", ""
	}
	if e.Chart.Moved.has(release) {
		return e.Chart.Moved.Name, e.Chart.Moved.Repository
	}
	return cmp.Or(e.Chart.Name, e.Name), e.Chart.Repository
}

// Vendored is the repository of a chart whose archive is in the bundle: a folder of the
// component's, which has NAME.tgz.
const Vendored = "./charts"

// HelmSource returns the arguments by which Helm finds a chart but for its version. A
// chart in a registry is one reference, which --repo does not take, and a vendored one
// a file.
func HelmSource(name, repository string) []string {
	switch {
	case IsRegistry(repository):
		return []string{strings.TrimSuffix(repository, "/") + "/" + name}
	case repository == Vendored:
		return []string{repository + "/" + name + ".tgz"}
	}
	return []string{name, "--repo", repository}
}

// ApplyDefinitions is the command, with operands to fill in, that brings the definitions
// of a chart's release to a cluster. Helm 3 puts nothing between the files of a chart.
const ApplyDefinitions = `helm show crds ${helm-source} --version ${version} | awk '/^apiVersion:/ {print "---"} {print}' | kubectl apply --server-side --force-conflicts --filename -`

// IsRegistry reports whether a repository is a registry of OCI artifacts.
func IsRegistry(repository string) bool { return strings.HasPrefix(repository, "oci://") }

// HasName reports whether the chart is, or was, published under a name.
func (e *Entry) HasName(name string) bool {
	return name == cmp.Or(e.Chart.Name, e.Name) || e.Chart.Moved != nil && name == e.Chart.Moved.Name
}

// Compare orders two releases of the chart.
func (c Chart) Compare(a, b string) int {
	return cmp.Or(c.comparePlaces(a, b), version.Compare(a, b))
}

func (c Chart) comparePlaces(a, b string) int {
	place := func(release string) int {
		if c.Moved.has(release) {
			return 1
		}
		return 0
	}
	return cmp.Compare(place(a), place(b))
}

// Between returns the newest release of each major release that an upgrade from one
// release to another skips, oldest first. Nothing is skipped where the maker says
// nothing of it.
func (d *Description) Between(from, to string) []string {
	n := d.Upgrades.Line
	if n == 0 {
		return nil
	}
	line := func(release string) version.Version { return version.Lenient(release).Line(n) }
	compare := func(a, b string) int { return cmp.Or(d.Chart.comparePlaces(a, b), line(a).Compare(line(b))) }
	var skipped []string
	releases := d.Published()
	for i, r := range releases {
		last := i+1 == len(releases) || compare(releases[i+1].Version, r.Version) != 0
		if last && compare(from, r.Version) < 0 && compare(r.Version, to) < 0 {
			skipped = append(skipped, r.Version)
		}
	}
	return skipped
}

// sortReleases puts the releases that have facts in order, oldest first.
func (e *Entry) sortReleases() {
	slices.SortStableFunc(e.Releases, func(a, b Release) int { return e.Chart.Compare(a.Version, b.Version) })
}
