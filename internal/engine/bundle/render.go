// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/bundle/outdir"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/canonical"
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

// makePolicy renders the ClusterPolicy that the chart creates. Without facts
// about the release nobody knows it.
func (d *draft) makePolicy() error {
	if d.name != gpuOperatorName || !d.hasFacts {
		return nil
	}
	policy, err := d.release.ClusterPolicy(d.values.tree)
	if err != nil {
		return &InputError{Field: "overrides", Key: d.name, Err: err}
	}
	d.policy = policy
	return nil
}

// write encodes a component and its files.
func (j *job) write(d *draft) (Component, []outdir.File, error) {
	c := d.outline(d.release, j.namespaces, j.names)
	c.Version = d.version
	c.Manifests, c.ApplyOrder, c.ChartManifests = map[string]string{}, map[string]string{}, map[string]string{}
	var files []outdir.File
	add := func(path, content string, executable bool) {
		files = append(files, outdir.File{Path: path, Content: []byte(content), Executable: executable})
	}
	values, commented, err := d.values.yaml()
	if err != nil {
		return c, nil, err
	}
	c.Values, c.ValuesSHA256 = values, contentSHA256(values)
	add("values.yaml", d.header()+"\n"+commented, false)
	for _, m := range d.manifests {
		text, err := encode(m.object)
		if err != nil {
			return c, nil, fmt.Errorf("%s: %w", m.path(), err)
		}
		c.Manifests[m.path()], c.ApplyOrder[m.path()] = text, m.order
		add(m.path(), canonical.Comment(m.reason)+"\n"+text, false)
	}
	if d.policy != nil {
		text, err := encode(d.policy)
		if err != nil {
			return c, nil, fmt.Errorf("%s: %w", policyPath, err)
		}
		c.ChartManifests[policyPath] = policyComment + "\n" + text
		add(policyPath, c.ChartManifests[policyPath], false)
	}
	view, err := j.view(d, c)
	if err != nil {
		return c, nil, err
	}
	for _, t := range []struct {
		path       string
		executable bool
	}{{"scripts/install.sh", true}, {"scripts/uninstall.sh", true}, {"README.md", false}} {
		text, err := j.execute(t.path, view)
		if err != nil {
			return c, nil, err
		}
		add(t.path, text, t.executable)
	}
	add("checksums.txt", checksums(files), false)
	for i := range files {
		files[i].Path = d.name + "/" + files[i].Path
	}
	return c, files, nil
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
