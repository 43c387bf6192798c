// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// writer collects the files of a component.
type writer struct {
	component Component
	files     []outdir.File
}

func (w *writer) add(path string, content []byte) {
	w.files = append(w.files, outdir.File{Path: path, Content: content, Executable: strings.HasSuffix(path, ".sh")})
}

// write encodes a component and its files.
func (j *job) write(d *draft) (Component, []outdir.File, error) {
	w := &writer{component: outline(d.Entry, d.version, j.namespaces, j.site, j.names)}
	w.component.Unknown = d.unknown
	w.component.Prerequisites, w.component.Unknown.Prerequisites = d.prerequisites()
	w.component.Definitions, w.component.Unknown.Definitions = d.definitions()
	if w.component.Unknown.Repository = j.pending.Registry && d.HasChart(); j.pending.Registry {
		w.component.Repository = ""
	}
	if d.unknown.Namespace {
		w.component.Namespace = ""
	}
	if d.HasChart() && !d.unknown.Values {
		if err := w.values(d); err != nil {
			return w.component, nil, err
		}
	}
	if !d.unknown.Manifests {
		if err := w.manifests(d); err != nil {
			return w.component, nil, err
		}
	}
	if !d.unknown.Values && !d.unknown.Manifests {
		w.component.Images, w.component.ImagesMissing = d.images()
		w.component.Ready = d.readiness()
	}
	if j.pending.files() {
		return w.component, nil, nil
	}
	if j.charts != nil && d.HasChart() {
		content, err := j.charts(w.component.Chart, d.version)
		if err != nil {
			return w.component, nil, &InputError{Field: "charts", Key: d.Name, Err: err}
		}
		w.add(path.Clean(component.HelmSource(w.component.Chart, component.Vendored)[0]), content)
	}
	v, err := j.newView(d, w.component)
	if err != nil {
		return w.component, nil, err
	}
	for _, file := range []string{installScript, "scripts/uninstall.sh", "README.md"} {
		text, err := j.execute(file, v)
		if err != nil {
			return w.component, nil, err
		}
		w.add(file, text)
	}
	w.add(checksumFile, checksums(w.files))
	return w.component, w.below(d.Name), nil
}

// readiness is the object that says whether the component is up, nil for none.
func (d *draft) readiness() *Readiness {
	i := slices.IndexFunc(d.Ready, func(r component.Ready) bool { return r.When.Holds(d.operand) })
	if i < 0 {
		return nil
	}
	found := &Readiness{Object: d.Ready[i].Object, APIVersion: d.Ready[i].APIVersion, Kind: d.Ready[i].Kind}
	if slices.Contains(d.job.names, d.Ready[i].After) {
		found.After = d.Ready[i].After
	}
	return found
}

// below returns the files in a folder of the bundle.
func (w *writer) below(folder string) []outdir.File {
	for i := range w.files {
		w.files[i].Path = folder + "/" + w.files[i].Path
	}
	return w.files
}

func (w *writer) values(d *draft) error {
	plain, commented, err := d.values.encode()
	if err != nil {
		return err
	}
	w.component.Values, w.component.ValuesSHA256 = plain, contentSHA256(plain)
	w.add("values.yaml", append([]byte(d.header()+"\n"), commented...))
	return nil
}

func (w *writer) manifests(d *draft) error {
	c := &w.component
	c.Manifests, c.ApplyOrder, c.ChartManifests = map[string]string{}, map[string]string{}, map[string]string{}
	for _, m := range d.manifests {
		node, err := canonical.Value(m.object)
		if err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
		text, err := canonical.YAML(node)
		if err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
		comment := canonical.Comment(m.reason)
		if m.order == byChart {
			line, err := canonical.JSONLine(node)
			if err != nil {
				return fmt.Errorf("%s: %w", m.path(), err)
			}
			c.ChartManifests[m.path()] = string(line)
			comment = "# " + m.reason // on one line: scripts look at the first
		} else {
			c.Manifests[m.path()], c.ApplyOrder[m.path()] = string(text), m.order
		}
		w.add(m.path(), append([]byte(comment+"\n"), text...))
	}
	return nil
}

// header says what the values are for. It carries no time and no host.
func (d *draft) header() string {
	chart, _ := d.Source(d.version)
	lines := []string{
		fmt.Sprintf("Values of the chart %s %s: what differs from its defaults, and why.", chart, d.version),
		"Recipe version: " + orUnknown(d.job.recipe.Metadata.Version),
	}
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(canonical.Comment(line) + "\n")
	}
	return out.String()
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

// checksums lists files in the form of sha256sum, sorted by path.
func checksums(files []outdir.File) []byte {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) })
	var out bytes.Buffer
	for _, f := range sorted {
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(f.Content), f.Path)
	}
	return out.Bytes()
}
