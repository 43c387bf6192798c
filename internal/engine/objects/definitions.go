// SPDX-License-Identifier: Apache-2.0

package objects

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/archive"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/cluster"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/component"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/version"
	"github.com/cloud-native-stack/terraform-provider-eidos/internal/engine/words"
)

// releaseAnnotation names the release of the chart that a definition came from.
const releaseAnnotation = "manifests.dgxc.io/definitions"

// Definitions are those of the release of a chart. They stay Helm's: nobody owns
// them here, and nothing deletes them.
type Definitions struct {
	Missing []string // names that were asked for, and that the archive does not have

	source   archive.Source
	of       *component.Description // whose chart it is, nil for one that is not known
	list     []Object
	managers []string // whose fields are taken over, as patterns
}

// NewDefinitions reads definitions in the archive of a chart: those with the names, or
// without any, of a component of the set those that are its own, of any other chart
// those of the chart itself.
func NewDefinitions(source archive.Source, a *archive.Archive, set *component.Set, wanted []string) (*Definitions, error) {
	d := &Definitions{source: source}
	common, err := set.Common()
	if err != nil {
		return nil, err
	}
	if d.of, err = set.OfChart(source.Chart); err != nil {
		return nil, err
	}
	d.managers = common.Managers
	if d.of != nil {
		d.managers = slices.Concat(d.managers, d.of.Managers)
	}
	for _, file := range a.Definitions {
		list, err := readDefinitions(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", source, file.Path, err)
		}
		for _, o := range list {
			if d.wants(file, o.Name, wanted) && !names(d.list, o.ID) {
				d.list = append(d.list, o)
			}
		}
	}
	d.Missing = slices.DeleteFunc(slices.Clone(wanted), func(name string) bool { return slices.Contains(d.Names(), name) })
	switch {
	case len(d.list) > 0:
		return d, nil
	case len(wanted) > 0:
		return nil, fmt.Errorf("%s has none of %s below crds/: those that its templates hold are upgraded with it", source, words.And(wanted))
	default:
		return nil, fmt.Errorf("%s has no definitions below crds/: those that its templates hold are upgraded with it", source)
	}
}

func (d *Definitions) wants(file archive.File, name string, wanted []string) bool {
	switch {
	case len(wanted) > 0:
		return slices.Contains(wanted, name)
	case d.of != nil:
		return d.of.Defines(name)
	default:
		return !strings.HasPrefix(file.Path, "charts/")
	}
}

// isOlder reports whether a release of a chart has newer definitions. Those of
// different charts cannot be compared.
func (d *Definitions) isOlder(chart, release string) bool {
	if d.of == nil {
		return chart == d.source.Chart && version.Compare(d.source.Version, release) < 0
	}
	return d.of.HasName(chart) && d.of.Chart.Compare(d.source.Version, release) < 0
}

// Names lists the definitions.
func (d *Definitions) Names() []string {
	list := make([]string, len(d.list))
	for i, o := range d.list {
		list[i] = o.Name
	}
	return list
}

// readDefinitions reads the documents of a file that are definitions, without what
// the API server writes.
func readDefinitions(file archive.File) ([]Object, error) {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(file.Text)))
	var list []Object
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		text, err := utilyaml.ToJSON(document)
		if err != nil {
			return nil, err
		}
		u := &unstructured.Unstructured{}
		if string(bytes.TrimSpace(text)) == "null" {
			continue // a comment between two separators
		}
		if err := u.UnmarshalJSON(text); err != nil {
			return nil, err
		}
		ref, err := NewReference(u.GetAPIVersion(), u.GetKind(), "", u.GetName())
		if err != nil {
			return nil, err
		}
		if ref.IsDefinition() {
			unstructured.RemoveNestedField(u.Object, "status")
			unstructured.RemoveNestedField(u.Object, "metadata", "creationTimestamp")
			list = append(list, Object{Reference: ref, Fields: u.Object})
		}
	}
}

// ApplyDefinitions applies definitions and waits until they are established. It
// changes none of them where one is older than what the cluster has, or lacks a
// version in which the cluster stores objects. Fields of Helm and of the chart's own
// job are taken over; those of others are a Conflict.
func (c *Client) ApplyDefinitions(ctx context.Context, d *Definitions) error {
	err := each(d.list, func(_ int, o Object) error { return c.checkDefinition(ctx, o, d) })
	if err != nil {
		return err
	}
	return each(d.list, func(_ int, o Object) error {
		fields := o.annotated(releaseAnnotation, d.source.Chart+" "+d.source.Version)
		_, err := c.write(ctx, o, fields, metav1.PatchOptions{Force: &c.Force})
		if d.mayTakeOver(err) {
			_, err = c.write(ctx, o, fields, metav1.PatchOptions{Force: new(true)})
		}
		if err != nil {
			return err
		}
		return c.awaitOne(ctx, o.Reference, func(string) {})
	})
}

// checkDefinition compares a definition with the one that is there.
func (c *Client) checkDefinition(ctx context.Context, o Object, d *Definitions) error {
	p, err := c.place(ctx, o.Reference)
	if err != nil {
		return err
	}
	live, err := p.Get(ctx, o.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return o.keyed(c.connection.Explain(ctx, err, p.call("get")))
	}
	chart, release, _ := strings.Cut(live.GetAnnotations()[releaseAnnotation], " ")
	if release != "" && d.isOlder(chart, release) {
		return o.errorf(Refused, "%s is that of %s %s, which is newer than %s: an older definition would drop fields that objects have", o.ID, chart, release, d.source.Version)
	}
	stored, _, _ := unstructured.NestedStringSlice(live.Object, "status", "storedVersions")
	for _, name := range stored {
		if !slices.Contains(versionNames(o.Fields), name) {
			return o.errorf(Refused, "%s of %s has no version %s, in which the cluster stores objects. Move these to another version and take %[3]s out of status.storedVersions first", o.ID, d.source, name)
		}
	}
	return nil
}

// versionNames lists the versions of a definition.
func versionNames(fields map[string]any) []string {
	list, _, _ := unstructured.NestedSlice(fields, "spec", "versions")
	var all []string
	for _, element := range list {
		all = append(all, nameOf(element))
	}
	return all
}

// mayTakeOver reports whether an error is a conflict with Helm or the chart's own job
// alone.
func (d *Definitions) mayTakeOver(err error) bool {
	var failed *Error
	if !errors.As(err, &failed) || failed.Reason != Conflict {
		return false
	}
	quoted := regexp.MustCompile(`"([^"]*)"`)
	for _, field := range cluster.Conflicts(failed.cause) {
		_, message, _ := strings.Cut(field, ": conflict")
		for _, match := range quoted.FindAllStringSubmatch(message, -1) {
			if !slices.ContainsFunc(d.managers, func(pattern string) bool { fits, _ := path.Match(pattern, match[1]); return fits }) {
				return false
			}
		}
	}
	return true
}
