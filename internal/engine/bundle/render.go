// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component/chart"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/outdir"
)

// outcome is one rendered component.
type outcome struct {
	component Component
	files     []outdir.File
	findings  []Finding
}

func (j *job) render(b *bundler) (outcome, error) {
	d, err := j.draft(b)
	if err != nil {
		return outcome{}, err
	}
	if err := b.build(d); err != nil {
		return outcome{}, err
	}
	d.values.override(d.overrides)
	if err := d.makePolicy(); err != nil {
		return outcome{}, err
	}
	findings, err := j.judge(b.name, j.draftRules(d))
	if err != nil {
		return outcome{}, err
	}
	component, files, err := j.write(d)
	return outcome{component, files, findings}, err
}

// makePolicy renders the ClusterPolicy that the chart creates: none where an
// override says so. Without facts about the release nobody knows it.
func (d *draft) makePolicy() error {
	if d.name != gpuOperatorName || !d.hasFacts {
		return nil
	}
	policy, err := d.release.ClusterPolicy(d.values.tree)
	if errors.Is(err, chart.ErrNoClusterPolicy) {
		return nil
	}
	d.policy = policy
	return err
}

// writer collects the files of a component.
type writer struct {
	component Component
	files     []outdir.File
}

func (w *writer) add(path, content string) {
	w.files = append(w.files, outdir.File{Path: path, Content: []byte(content), Executable: strings.HasSuffix(path, ".sh")})
}

// write encodes a component and its files.
func (j *job) write(d *draft) (Component, []outdir.File, error) {
	w := &writer{component: d.outline(d.release, j.namespaces, j.names)}
	w.component.Version = d.version
	if err := w.values(d); err != nil {
		return w.component, nil, err
	}
	if err := w.manifests(d); err != nil {
		return w.component, nil, err
	}
	v, err := j.newView(d, w.component)
	if err != nil {
		return w.component, nil, err
	}
	for _, path := range []string{"scripts/install.sh", "scripts/uninstall.sh", "README.md"} {
		text, err := j.execute(path, v)
		if err != nil {
			return w.component, nil, err
		}
		w.add(path, text)
	}
	w.add("checksums.txt", checksums(w.files))
	for i := range w.files {
		w.files[i].Path = d.name + "/" + w.files[i].Path
	}
	return w.component, w.files, nil
}

func (w *writer) values(d *draft) error {
	plain, commented, err := d.values.yaml()
	if err != nil {
		return err
	}
	w.component.Values, w.component.ValuesSHA256 = plain, contentSHA256(plain)
	w.add("values.yaml", d.header()+"\n"+commented)
	return nil
}

func (w *writer) manifests(d *draft) error {
	c := &w.component
	c.Manifests, c.ApplyOrder, c.ChartManifests = map[string]string{}, map[string]string{}, map[string]string{}
	for _, m := range d.manifests {
		text, err := encode(m.object)
		if err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
		c.Manifests[m.path()], c.ApplyOrder[m.path()] = text, m.order
		w.add(m.path(), canonical.Comment(m.reason)+"\n"+text)
	}
	if d.policy == nil {
		return nil
	}
	node, err := canonical.Value(d.policy)
	if err != nil {
		return fmt.Errorf("%s: %w", policyPath, err)
	}
	inJSON, jsonErr := canonical.JSON(node)
	inYAML, yamlErr := canonical.YAML(node)
	c.ChartManifests[policyPath] = string(inJSON)
	w.add(policyPath, policyComment+"\n"+string(inYAML))
	return errors.Join(jsonErr, yamlErr)
}

const (
	policyPath    = "manifests/clusterpolicy.yaml"
	policyComment = "# Created by the chart from values.yaml; here for review and diffs. Do not apply it: a second policy is ignored."
)

// header says what the values are for. It carries no time and no host.
func (d *draft) header() string {
	lines := []string{
		fmt.Sprintf("Values of the chart %s %s: what differs from its defaults, and why.", d.name, d.version),
		"Recipe version: " + orUnknown(d.recipe.Metadata.Version),
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

func encode(tree map[string]any) (string, error) {
	node, err := canonical.Value(tree)
	if err != nil {
		return "", err
	}
	text, err := canonical.YAML(node)
	return string(text), err
}

// checksums lists files in the form of sha256sum, sorted by path.
func checksums(files []outdir.File) string {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b outdir.File) int { return strings.Compare(a.Path, b.Path) })
	var out bytes.Buffer
	for _, f := range sorted {
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(f.Content), f.Path)
	}
	return out.String()
}
