// SPDX-License-Identifier: Apache-2.0

// Package bundle turns a recipe into what installs it: for each component the
// Helm values, the objects next to the chart, scripts and a README. A bundle is
// rendered in memory; package outdir puts its files into a directory.
//
// Values and manifests are marshaled from trees and checked against the facts
// about the pinned chart release (package chart); only scripts and READMEs are
// text templates. Equal requests give equal bytes.
package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"slices"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/form"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/document"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/finding"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// Request is what a bundle is rendered from.
type Request struct {
	Recipe document.Recipe
	// Bundlers names the components; nil means those that the recipe's platform
	// needs.
	Bundlers []string
	// Existing names components that the cluster has already: they are not rendered,
	// and what requires them finds them there.
	Existing []string
	// Snapshot shows what the cluster has, nil where nothing does. It changes no file:
	// existing components and those to install are held against it.
	Snapshot *document.Snapshot
	// Overrides maps a component to a YAML mapping that is merged over its
	// values, read as Helm reads a values file.
	Overrides map[string]string
	// ObjectOverrides maps "component/manifest", where the manifest is the name of a
	// file below manifests without .yaml, to a YAML mapping that is merged over the
	// object; a null takes away.
	ObjectOverrides map[string]string
	// Namespaces maps a component to its namespace, in place of the chart's own.
	Namespaces map[string]string
	// Placement and Registry are those of the site, nil for none.
	Placement *Placement
	Registry  *Registry
	// IgnoreFindings names rules, for everything or for one path: an error becomes a
	// finding, a warning is left out.
	IgnoreFindings finding.Ignored
	// Releases maps a component to the release of its chart that the recipe is to
	// state. It chooses nothing.
	Releases map[string]string
	// Formats are the forms of the files, of Formats(); nil means scripts alone.
	Formats []string
	// Charts returns the archive of a release of a chart, which the bundle then holds;
	// nil leaves charts in their repositories.
	Charts func(name, version string) ([]byte, error)
	// GitOps says where the files are going to be in Git, nil where nobody says so.
	GitOps  *form.GitOps
	Pending Pending
}

// Bundle is a rendered bundle.
type Bundle struct {
	Components []Component   // sorted by name
	Files      []outdir.File // sorted by path; in folders with the names of components and formats and in node, and those of the whole bundle at the top
	SHA256     string        // over sorted paths and contents
	Findings   []Finding     // sorted by component, rule, path and message
	// NodeSettings are the files with settings of nodes, by their paths below node;
	// README and checksums are not among them.
	NodeSettings map[string]string
	// FilesUnknown says that a pending input feeds Files and SHA256, which are
	// empty, FindingsUnknown that there may be more or fewer findings.
	FilesUnknown, FindingsUnknown bool
}

// InOrder returns the components in the order in which to install them.
func (b *Bundle) InOrder() []Component {
	return slices.SortedFunc(slices.Values(b.Components), func(x, y Component) int {
		return cmp.Or(cmp.Compare(x.Wave, y.Wave), cmp.Compare(x.Name, y.Name))
	})
}

// Images are the references of all images that nodes pull, sorted.
func (b *Bundle) Images() []string {
	images := []string{}
	for _, c := range b.Components {
		images = append(images, c.Images...)
	}
	slices.Sort(images)
	return slices.Compact(images)
}

// Component is what installs one component, most by a chart. Of one that is its
// manifests alone, Chart, Repository, ReleaseName, Values and ValuesSHA256 are "".
type Component struct {
	Name        string
	Chart       string // name of the chart in its repository
	Repository  string // URL, oci:// for a registry
	Version     string // of the chart, as --version takes it, or else of the images; "" in an outline that does not know it
	Namespace   string
	ReleaseName string
	// Values is the values document as JSON, which Helm reads as the YAML that it
	// is: without comments, so that a reworded reason never upgrades a release, and
	// a reader of differences shows the few values that change.
	Values       string
	ValuesSHA256 string
	// Manifests maps a path such as manifests/namespace.yaml to an object to
	// apply next to the chart; ApplyOrder says when: BeforeChart, AfterChart or
	// AfterReady.
	Manifests  map[string]string
	ApplyOrder map[string]string
	// ChartManifests maps the path of a file to the object in it that the chart
	// itself creates: for review, never to be applied. It is JSON as Values is; the
	// file is YAML.
	ChartManifests map[string]string
	// Images are the references of all images that nodes pull for the component,
	// sorted; of an operating system whose version the recipe does not state, those of
	// each version. ImagesMissing says which of them are not known, and why.
	Images, ImagesMissing []string
	// Ready is the object that says whether the component is up, nil where its
	// workloads do.
	Ready    *Readiness
	Requires []string // components of the bundle to install first, sorted
	// Wave is above those of all components that this one may require, in any
	// bundle.
	Wave int
	// Definitions are nil for none.
	Definitions *Definitions
	// Prerequisites are what has to be done before the component is installed.
	Prerequisites []Prerequisite
	Unknown       Unknown // what a pending input feeds, which is empty
}

// Readiness is an object, in no namespace, whose status.state is ready when a
// component is up.
type Readiness struct {
	Object           string // resource/name
	APIVersion, Kind string
	// After is the component of the bundle, installed later, without which the object
	// never says so; "" for none.
	After string
}

// Name is the object's.
func (r *Readiness) Name() string { return path.Base(r.Object) }

// CRD is the name of the definition of the object's kind.
func (r *Readiness) CRD() string { return path.Dir(r.Object) }

// Prerequisite is what no values and no manifests can do.
type Prerequisite struct {
	Title, Text string
	Command     string // of a shell, with words in capitals to fill in; "" for none
}

// The times at which a manifest is applied.
const (
	BeforeChart = "before_chart" // the namespace's own manifest, manifests/namespace.yaml, first
	AfterChart  = "after_chart"
	// AfterReady is when the custom resource of those that come after the chart
	// reports that it is ready: its operator installs the definition by then.
	AfterReady = "after_ready"
)

// Finding is a warning about a rendered bundle.
type Finding struct {
	Rule      string // the name that Request.IgnoreFindings takes
	Component string // "" for the recipe as a whole
	Path      string // a values path such as driver.version, or a recipe's such as K8s/config/gds
	Message   string
}

func contentSHA256(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// filesSHA256 hashes, for each file in order, its path, a NUL, the sha256 of its
// content in hex, and a line feed.
func filesSHA256(files []outdir.File) string {
	all := sha256.New()
	for _, f := range files {
		sum := sha256.Sum256(f.Content)
		// A hash never fails to write.
		_, _ = io.WriteString(all, f.Path+"\x00"+hex.EncodeToString(sum[:])+"\n")
	}
	return hex.EncodeToString(all.Sum(nil))
}
